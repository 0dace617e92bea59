"""Writes conversations into the log as the app's own turns leave them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from conversations.models import (
    Author,
    Conversation,
    Episode,
    Message,
    Outcome,
    Turn,
    TurnState,
    TurnStep,
    Visitor,
)
from server.database import Database


class Chat:
    """One episode, told turn by turn; `write` stores it."""

    def __init__(self, at: datetime, *, visitor: str | None = None) -> None:
        self.id = uuid.uuid4()
        self.at = at
        self.outcome: Outcome | None = None
        self.slots: dict[str, Any] = {}
        self._visitor = visitor
        self._turns: list[Turn] = []
        self._steps: list[TurnStep] = []
        self._messages: list[Message] = []

    def asks(
        self,
        question: str,
        kind: str = "nothing",
        shown: uuid.UUID | None = None,
        *,
        attempt: int = 1,
        intent: str = "shipping",
        in_scope: bool = True,
        helped: bool | None = None,
        of: uuid.UUID | None = None,
        handoff: str | None = None,
        revision: int = 1,
        entities: list[dict[str, Any]] | None = None,
        state: TurnState = TurnState.DONE,
    ) -> Chat:
        """A turn that searched; with `helped` it also judged the article `of`, as a second try does."""
        decision = {
            "kind": kind,
            "question": question,
            "attempt": attempt,
            "shown": str(shown) if shown else None,
            "candidates": [],
            "versions": {"content_revision": revision},
        }
        parse = {"scope": {"in_scope": in_scope}, "entities": entities or []}
        return self._turn(question, intent, parse, decision, helped, of, handoff, state)

    def picks(self, shown: uuid.UUID) -> Chat:
        decision = {"kind": "answer", "chosen": True, "shown": str(shown), "candidates": []}
        return self._turn("The first one", "give_details", {}, decision, None, None, None)

    def says(
        self,
        text: str,
        *,
        helped: bool | None = None,
        of: uuid.UUID | None = None,
        handoff: str | None = None,
    ) -> Chat:
        """A turn without a search: a yes, a no, or the wish for a person."""
        return self._turn(text, "affirm" if helped else "deny", {}, {}, helped, of, handoff)

    def agent(self, text: str, name: str = "Tom Baker") -> Chat:
        return self._message(Author.AGENT, text, name)

    def customer(self, text: str) -> Chat:
        return self._message(Author.CUSTOMER, text)

    def ends(self, outcome: Outcome) -> Chat:
        self.outcome = outcome
        return self

    def _message(self, author: Author, text: str, name: str | None = None) -> Chat:
        self._messages.append(
            Message(
                conversation_id=self.id,
                seq=len(self._messages) + 1,
                episode=1,
                author=author,
                agent_name=name,
                text=text,
                created_at=self.at,
            )
        )
        return self

    def _turn(
        self,
        text: str,
        intent: str,
        parse: dict[str, Any],
        decision: dict[str, Any],
        helped: bool | None,
        of: uuid.UUID | None,
        handoff: str | None,
        state: TurnState = TurnState.DONE,
    ) -> Chat:
        self._message(Author.CUSTOMER, text)
        at = self.at + timedelta(minutes=len(self._turns))
        turn = Turn(
            id=uuid.uuid4(),
            conversation_id=self.id,
            episode=1,
            epoch=0,
            first_seq=len(self._messages),
            last_seq=len(self._messages),
            text=text,
            state=state,
            intent=intent,
            parse=parse,
            decision=decision,
            started_at=at,
        )
        records: dict[str, Any] = {"decision": decision} if decision else {}
        if helped is not None:
            records["verdict"] = {"article_id": str(of) if of else None, "helped": helped}
        if handoff is not None:
            records["handoff"] = {"reason": handoff, "detail": ""}
        step = TurnStep(turn_id=turn.id, action="action_x", records=records, milliseconds=1.0)
        self._turns.append(turn)
        self._steps.append(step)
        return self

    def repeated(self) -> Chat:
        """The last turn ran twice: its steps stand in the log twice."""
        last = self._steps[-1]
        again = TurnStep(
            turn_id=last.turn_id, action=last.action, records=last.records, milliseconds=1.0
        )
        self._steps.append(again)
        return self

    async def write(self, database: Database) -> Chat:
        visitor = Visitor(
            id=uuid.uuid4(),
            token_hash=uuid.uuid4().hex,
            origin="",
            name=self._visitor,
            created_at=self.at,
            expires_at=self.at + timedelta(days=1),
        )
        async with database.write() as db:
            db.add(visitor)
            await db.flush()
            db.add(
                Conversation(
                    id=self.id,
                    visitor_id=visitor.id,
                    last_seq=len(self._messages),
                    answered_seq=len(self._messages),
                    created_at=self.at,
                    updated_at=self.at,
                )
            )
            await db.flush()
            db.add(
                Episode(
                    conversation_id=self.id,
                    number=1,
                    outcome=self.outcome,
                    slots=self.slots,
                    started_at=self.at,
                    ended_at=self.at if self.outcome else None,
                )
            )
            db.add_all([*self._turns, *self._messages])
            await db.flush()
            db.add_all(self._steps)
        return self
