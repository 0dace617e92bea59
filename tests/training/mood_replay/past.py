"""Past chats as the turn runner leaves them: turns with scores, and real handoffs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages, owners, visitors
from conversations.models import Author, Conversation, Episode, Outcome, Turn, TurnState
from server.auth import Staff
from server.database import Database
from tests.support import FakeClock
from understanding.frustration_version import scoring_version

HOLDS = 0.60
TEXT = "this is message {0} and it still does not work"


class Past:
    """Writes chats; `threshold` is the one that held when they happened."""

    def __init__(
        self, database: Database, clock: FakeClock, encoder: str, model: str = "model-1"
    ) -> None:
        self._database, self._clock = database, clock
        self.versions = {"frustration": scoring_version(), "encoder": encoder, "model": model}

    async def chat(
        self,
        scores: Sequence[float | None],
        *,
        threshold: float = HOLDS,
        outcome: Outcome | None = None,
        rating: int | None = None,
        asked_at: int | None = None,
        pressed: Sequence[int] = (),
        failed: Sequence[int] = (),
        texts: Sequence[str] | None = None,
        waiting: Sequence[str] = (),
        after_agent: Sequence[str] = (),
        agent: Staff | None = None,
        versions: Mapping[str, Any] | None = None,
    ) -> uuid.UUID:
        """One chat: it is handed over by the first score at the threshold, or at message `asked_at`."""
        async with self._database.write() as db:
            visitor, _ = await visitors.create(db, self._clock, "https://shop.example")
            chat = await visitors.conversation_of(db, visitor.id)
            for place, score in enumerate(scores):
                text = texts[place] if texts else TEXT.format(place + 1)
                fails = place in failed
                await self._turn(db, chat, text, score, place in pressed, fails, versions)
                hands = (score or 0.0) >= threshold and place not in pressed and not fails
                if hands or asked_at == place:
                    reason = "frustration" if hands else "asked"
                    await owners.request_handoff(
                        db, self._clock, chat, epoch=chat.epoch, reason=reason
                    )
                    break
            for text in waiting:
                await self._says(db, chat, text)
            if agent is not None:
                await owners.claim(db, self._clock, chat.id, agent)
                await messages.append(
                    db,
                    self._clock,
                    chat,
                    author=Author.AGENT,
                    text="Hello, I am here.",
                    agent=agent,
                )
                for text in after_agent:
                    await self._says(db, chat, text)
            await db.execute(
                update(Episode)
                .where(Episode.conversation_id == chat.id)
                .values(outcome=outcome, rating=rating)
            )
            return chat.id

    async def _turn(
        self,
        db: AsyncSession,
        chat: Conversation,
        text: str,
        score: float | None,
        pressed: bool,
        fails: bool,
        versions: Mapping[str, Any] | None,
    ) -> None:
        self._clock.advance(20)
        payload = {"button": {"seq": 1, "index": 0}} if pressed else {}
        seq = await self._says(db, chat, text, payload)
        signals = [
            {"name": "wording", "value": (score or 0) - 0.05, "evidence": "sounds upset, 80%"},
            {"name": "denied", "value": 0.05, "evidence": "said no"},
        ]
        db.add(
            Turn(
                conversation_id=chat.id,
                episode=1,
                epoch=chat.epoch,
                first_seq=seq,
                last_seq=seq,
                text=text,
                state=TurnState.FAILED if fails else TurnState.DONE,
                intent="order_status",
                confidence=0.9,
                frustration=score,
                parse={"frustration": {"score": score, "signals": signals if score else []}},
                versions=dict(self.versions if versions is None else versions),
                started_at=self._clock.now(),
                finished_at=self._clock.now(),
            )
        )
        await messages.append(db, self._clock, chat, author=Author.BOT, text="An answer.")

    async def _says(
        self, db: AsyncSession, chat: Conversation, text: str, payload: Any = None
    ) -> int:
        message = await messages.append(
            db, self._clock, chat, author=Author.CUSTOMER, text=text, payload=payload
        )
        return message.seq


async def turns_of(database: Database) -> list[Turn]:
    async with database.read() as db:
        return list(await db.scalars(select(Turn).order_by(Turn.started_at)))
