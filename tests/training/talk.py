"""Conversations as the turn runner leaves them in the database."""

from __future__ import annotations

import uuid
from typing import Any

from conversations.models import Author, Conversation, Message, Owner, Turn, TurnState, Visitor
from server.clock import Clock
from server.database import Database


class Talk:
    """What one customer says, turn by turn; ``over`` begins another conversation."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._conversation: uuid.UUID | None = None
        self._seq = 0

    def over(self) -> None:
        self._conversation, self._seq = None, 0

    async def says(
        self,
        text: str,
        intent: str = "greet",
        confidence: float = 0.9,
        *,
        runner_up: tuple[str, float] = ("deny", 0.05),
        state: TurnState = TurnState.DONE,
        button: bool = False,
        **parse: Any,
    ) -> uuid.UUID:
        """Store one turn and return its id."""
        async with self._database.write() as db:
            if self._conversation is None:
                visitor = Visitor(
                    token_hash=uuid.uuid4().hex,
                    origin="http://shop.example",
                    created_at=self._clock.now(),
                    expires_at=self._clock.now(),
                )
                db.add(visitor)
                await db.flush()
                conversation = Conversation(
                    visitor_id=visitor.id,
                    owner=Owner.BOT,
                    created_at=self._clock.now(),
                    updated_at=self._clock.now(),
                )
                db.add(conversation)
                await db.flush()
                self._conversation = conversation.id
            self._seq += 1
            ranking = [
                {"name": intent, "confidence": confidence},
                {"name": runner_up[0], "confidence": runner_up[1]},
            ]
            turn = Turn(
                conversation_id=self._conversation,
                episode=1,
                epoch=0,
                first_seq=self._seq,
                last_seq=self._seq,
                text=text,
                state=state,
                intent=intent,
                confidence=confidence,
                parse={"intent": ranking[0], "intent_ranking": ranking, **parse},
                started_at=self._clock.now(),
            )
            db.add(turn)
            db.add(
                Message(
                    conversation_id=self._conversation,
                    seq=self._seq,
                    episode=1,
                    author=Author.CUSTOMER,
                    text=text,
                    payload={"button": {"seq": 1, "index": 0}} if button else {},
                    created_at=self._clock.now(),
                )
            )
            await db.flush()
            return turn.id
