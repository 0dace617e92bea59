"""Second opinions as the room uses them: which labels wait, what two people came to, how it gets written."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Turn
from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import Conflict, HandrailError, Invalid, NotFound
from training.models import IGNORED, Label, Source
from training.opinions import agreement, cases, lists
from training.opinions import rules as ruling
from training.opinions.agreement import Measured
from training.opinions.models import CaseState, OpinionCase, Why
from training.opinions.rules import Rules, RulesChanged
from training.review.items import Opinion as Heard
from training.spans import Span
from training.texts import key, prepare

log = structlog.get_logger(__name__)

#: What was decided is written at once; what is older than this was left by a crash, or a file that can't
#: be written.
PATIENCE = timedelta(seconds=30)


class Writer(Protocol):
    """What writes labels (training.opinions.checked)."""

    async def names(self) -> list[str]: ...

    async def write(self, case: OpinionCase, author: Staff | None, approver: Staff | None) -> str:
        """Write what a case came to over what stands now; returns why that was not possible, or nothing."""


@dataclass(frozen=True)
class Outcome:
    """What became of a case by an answer."""

    case_id: UUID
    state: CaseState
    intent: str | None
    """What it came to, if it did."""
    problem: str = ""
    """Why nothing is written (yet)."""


class Opinions:
    def __init__(self, database: Database, clock: Clock, writer: Writer) -> None:
        self._database, self._clock, self._writer = database, clock, writer

    async def ask(self, turn_id: UUID, intent: str | None, by: Staff) -> Outcome:
        """Send a label for a second opinion because its author is not sure; `intent` None: the label stands
        already, and stays until the other has answered.

        Raises:
            NotFound: no such message, or no such label of this person. Invalid: an intent is needed, or it is
            unknown. Conflict: the message waits for an opinion already, or its label is somebody else's.
        """
        async with self._database.read() as db:
            turn = await db.get(Turn, turn_id)
            text = prepare(turn.text, turn.parse) if turn else ""
            if not text:
                raise NotFound("There is no such message to label.")
            label = await db.scalar(select(Label).where(Label.key == key(text)))
        if label is not None:
            if label.by != by.id:
                raise Conflict("Only who labelled this can ask for a second opinion on it.")
            intent = label.intent
        if intent is None:
            raise Invalid("Say what you would label this as.")
        await self._check(intent)
        case = await self.open(turn_id, text, Why.UNSURE, intent, by)
        return Outcome(case.id, case.state, None)

    async def ask_about(self, turn_ids: Sequence[UUID], by: Staff) -> int:
        """Ask about labels of one's own that stand already, where the rules say so; returns about how many."""
        holding = await self.rules()
        async with self._database.read() as db:
            own = select(Label).where(Label.turn_id.in_(turn_ids), Label.by == by.id)
            labels = list(await db.scalars(own))
        asked = 0
        for label in labels:
            why = holding.why(label.key, label.intent, {})
            if why is None or label.turn_id is None:
                continue
            with contextlib.suppress(cases.AlreadyWaiting):
                await self.open(label.turn_id, label.text, why, label.intent, by)
                asked += 1
        return asked

    async def open(
        self,
        turn_id: UUID,
        text: str,
        why: Why,
        intent: str,
        by: Staff,
        spans: Sequence[Span] | None = None,
    ) -> OpinionCase:
        """Keep a first opinion; nothing is written.

        Raises:
            AlreadyWaiting: somebody gave one on a message that reads so.
        """
        marked = None if spans is None else [one.as_dict() for one in spans]
        try:
            async with self._database.write() as db:
                return await cases.open_case(
                    db, self._clock, turn_id=turn_id, key=key(text), text=text, why=why,
                    intent=intent, by=by.id, spans=marked,
                )  # fmt: skip
        except IntegrityError as error:
            raise cases.AlreadyWaiting from error

    async def give(self, case_id: UUID, intent: str, by: Staff) -> Outcome:
        """Answer as the second person; equal answers are written. Raises: as `cases.give`, and Invalid."""
        await self._check(intent)
        async with self._database.write() as db:
            case = await cases.give(db, self._clock, case_id, intent, by)
        return await self._after(case)

    async def revise(self, case_id: UUID, intent: str, reason: str, by: Staff) -> Outcome:
        """Change one's opinion after talking about it. Raises: as `cases.revise`, and Invalid."""
        await self._check(intent)
        async with self._database.write() as db:
            case = await cases.revise(db, self._clock, case_id, intent, reason, by)
        return await self._after(case)

    async def settle(self, case_id: UUID, intent: str, reason: str, by: Staff) -> Outcome:
        """Decide between two others. Raises: as `cases.settle`, and Invalid."""
        await self._check(intent)
        async with self._database.write() as db:
            case = await cases.settle(db, self._clock, case_id, intent, reason, by)
        return await self._after(case)

    async def withdraw(self, case_id: UUID, by: Staff) -> None:
        """Take one's first opinion back; the message can be labelled anew. Raises: as `cases.withdraw`."""
        async with self._database.write() as db:
            await cases.withdraw(db, self._clock, case_id, by)

    async def ask_no_more(self, turn_id: UUID) -> None:
        """Drop the question about a label that stands and is about to be taken back; does nothing when it was
        answered, or when the opinion is another than the label."""
        async with self._database.write() as db:
            turn = await db.get(Turn, turn_id)
            name = key(prepare(turn.text, turn.parse)) if turn else ""
            label = await db.scalar(select(Label).where(Label.key == name))
            case = (await cases.open_of(db, [name])).get(name)
            if label is None or case is None or case.state is not CaseState.WAITING:
                return
            first = (await cases.opinions_of(db, case.id))[0]
            if (first.by, first.intent) == (label.by, label.intent):
                await cases.drop(db, self._clock, case.id)

    async def lists(self, reader: Staff) -> lists.Lists:
        """What stands before this reader."""
        await self.write_pending()
        async with self._database.read() as db:
            return await lists.of(db, reader)

    async def given(self, db: AsyncSession) -> dict[str, list[Heard]]:
        """Who said what, by key, of messages that two people see differently (training.review.queue.Opinions).
        Nothing of those that wait: whoever reads the queue may be the one who is asked."""
        return {
            name: [Heard(who, intent) for who, intent in said]
            for name, said in (await lists.revealed(db)).items()
        }

    async def open_keys(self, db: AsyncSession) -> set[str]:
        """The keys of all messages that are before two people now (training.review.queue.Opinions)."""
        return await lists.open_keys(db)

    async def counts(self, reader: Staff) -> tuple[int, int]:
        """Second opinions that this reader could give, and disputed messages."""
        async with self._database.read() as db:
            return await lists.counts(db, reader)

    async def agreement(self, since: datetime | None = None) -> Measured:
        """How well people agree on what they labelled both, blind."""
        async with self._database.read() as db:
            pairs = await lists.pairs(db, since)
        return await asyncio.to_thread(agreement.measure, pairs)

    async def rules(self) -> Rules:
        async with self._database.read() as db:
            return await ruling.newest(db)

    async def labellers(self) -> int:
        """How many people may label."""
        async with self._database.read() as db:
            return await ruling.labellers(db)

    async def set_rules(self, rules: Rules, by: Staff) -> Rules:
        """Let these rules hold from now on. Raises: as `rules.change`."""
        known = await self._writer.names()
        try:
            async with self._database.write() as db:
                await ruling.change(db, self._clock, rules, known, by)
        except IntegrityError as error:
            raise RulesChanged from error
        return await self.rules()

    async def write_pending(self) -> int:
        """Write what was decided but is not written; returns how many cases that were."""
        late = self._clock.now() - PATIENCE
        async with self._database.read() as db:
            left = select(OpinionCase).where(
                OpinionCase.state == CaseState.AGREED, OpinionCase.decided_at <= late
            )
            found = list(await db.scalars(left.order_by(OpinionCase.decided_at)))
        outcomes = [await self._after(case) for case in found]
        return sum(outcome.state is CaseState.DONE for outcome in outcomes)

    async def _check(self, intent: str) -> None:
        if intent != IGNORED and intent not in await self._writer.names():
            raise Invalid(f"There is no intent “{intent[:80]}” in domain.yml.")

    async def _after(self, case: OpinionCase) -> Outcome:
        """Write a case that is agreed; on a failure it stays agreed, for `write_pending`."""
        outcome = Outcome(case.id, case.state, case.intent)
        if case.state is not CaseState.AGREED:
            return outcome
        async with self._database.read() as db:
            author, approver = cases.signatures(case, await cases.opinions_of(db, case.id))
            people = [await db.get(Staff, author), await db.get(Staff, approver)]
        try:
            problem = await self._writer.write(case, *people)
        except (HandrailError, OSError, IntegrityError) as error:
            log.warning("opinion_not_written", case_id=str(case.id), kind=type(error).__name__)
            said = str(error) if isinstance(error, HandrailError) else "The files can't be written."
            return replace(outcome, problem=f"Decided, but not written yet: {said}")
        async with self._database.write() as db:
            if not problem:
                await db.execute(
                    update(Label)
                    .where(Label.key == case.key, Label.intent == case.intent)
                    .values(by=author, approved_by=approver)
                )
                await db.execute(
                    update(Label)
                    .where(Label.key == case.key, Label.source == Source.TURN)
                    .values(source=Source.OPINION)
                )
            await db.execute(
                update(OpinionCase)
                .where(OpinionCase.id == case.id, OpinionCase.state == CaseState.AGREED)
                .values(state=CaseState.DONE, open_key=None, problem=problem)
            )
        return replace(outcome, state=CaseState.DONE, problem=problem)
