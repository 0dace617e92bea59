"""Conversations made by hand: messages and turns as the turn runner would have written them."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from conversations import handover, messages, visitors
from conversations.desk import Reason
from conversations.models import Author, Conversation, Message, Turn, TurnState, TurnStep
from handoff.desk import HandoffDesk
from server.clock import Clock


class Chat:
    """One customer's conversation; ``says`` and ``answers`` append to it."""

    def __init__(self, db: AsyncSession, clock: Clock, conversation: Conversation) -> None:
        self.db = db
        self.clock = clock
        self.conversation = conversation

    @classmethod
    async def begin(
        cls, db: AsyncSession, clock: Clock, *, name: str | None = None, email: str | None = None
    ) -> Chat:
        visitor, _ = await visitors.create(db, clock, "http://testserver")
        visitor.name, visitor.email = name, email
        await db.flush()
        return cls(db, clock, await visitors.conversation_of(db, visitor.id))

    @property
    def id(self) -> uuid.UUID:
        return self.conversation.id

    async def says(
        self,
        text: str,
        intent: str | None = None,
        *,
        ranking: list[tuple[str, float]] | None = None,
        entities: dict[str, str] | None = None,
        frustration: float | None = None,
        signals: list[dict[str, Any]] | None = None,
        candidates: list[dict[str, Any]] | None = None,
        error: str | None = None,
        failed_action: str | None = None,
    ) -> Turn:
        """A customer's message and the turn that the bot made of it."""
        message = await messages.append(
            self.db, self.clock, self.conversation, author=Author.CUSTOMER, text=text
        )
        pairs = ranking or ([(intent, 0.9)] if intent else [])
        turn = Turn(
            conversation_id=self.id,
            episode=self.conversation.episode,
            epoch=self.conversation.epoch,
            first_seq=message.seq,
            last_seq=message.seq,
            text=text,
            state=TurnState.FAILED if error else TurnState.DONE,
            error=error,
            intent=pairs[0][0] if pairs else None,
            confidence=pairs[0][1] if pairs else None,
            parse={
                "intent_ranking": [{"name": name, "confidence": score} for name, score in pairs],
                "entities": [{"entity": k, "value": v} for k, v in (entities or {}).items()],
                "frustration": {"score": frustration, "signals": signals or []},
            },
            decision={"candidates": candidates or []},
            frustration=frustration,
            started_at=self.clock.now(),
            finished_at=self.clock.now(),
        )
        self.db.add(turn)
        await self.db.flush()
        if failed_action:
            self.db.add(
                TurnStep(
                    turn_id=turn.id, action=failed_action, failed="ValueError", milliseconds=1.0
                )
            )
            await self.db.flush()
        return turn

    async def answers(self, turn: Turn, text: str, **payload: Any) -> Message:
        return await messages.append(
            self.db,
            self.clock,
            self.conversation,
            author=Author.BOT,
            text=text,
            payload=payload,
            turn_id=turn.id,
        )

    async def needs_person(
        self,
        desk: HandoffDesk,
        reason: Reason = Reason.ASKED,
        *,
        detail: str = "",
        turn: Turn | None = None,
    ) -> Conversation:
        self.conversation = await handover.to_people(
            self.db,
            self.clock,
            desk,
            self.conversation,
            epoch=self.conversation.epoch,
            reason=reason,
            detail=detail,
            turn=turn,
        )
        return self.conversation


def article(title: str, score: float = 0.7, probability: float = 0.83) -> dict[str, Any]:
    return {
        "article_id": str(uuid.uuid5(uuid.NAMESPACE_URL, title)),
        "title": title,
        "slug": title.lower().replace(" ", "-"),
        "score": score,
        "probability": probability,
    }


def source(shown: dict[str, Any]) -> dict[str, Any]:
    return {
        "article_id": shown["article_id"],
        "title": shown["title"],
        "url": f"/help/{shown['slug']}",
    }
