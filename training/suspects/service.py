"""Suspicious examples as the room uses them: the list without what was decided, and the decisions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import Conflict, Invalid, NotFound
from training.models import IGNORED, Label
from training.nlu_files import Example, NluFolder
from training.paths import Paths, Tools
from training.suspects.finding import fingerprint
from training.suspects.looking import PROGRAM, AlreadyLooking, Looking, Result
from training.suspects.models import Decision, SuspectDecision
from training.texts import key, normalise

SHOWN = 50


class Moves(Protocol):
    """What this needs of training.labels.Labels."""

    @property
    def folder(self) -> NluFolder: ...

    async def move_example(self, text: str, intent: str, to: str, by: Staff | None) -> None: ...

    async def undo_example(self, text: str) -> None: ...


@dataclass(frozen=True)
class Suspicious:
    """One example with what speaks against its intent."""

    text: str
    intent: str
    likely: str
    probability: float
    """Of its own intent, by a model that did not see it."""
    likely_probability: float
    near: tuple[str, ...]
    """The examples of its own intent that are most like it."""
    likely_near: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    items: tuple[Suspicious, ...]
    total: int
    looking: bool
    """Whether the examples are being looked through now."""
    at: datetime | None
    """When they were; None: never."""
    changed: bool
    """Whether the training files have changed since."""
    examples: int
    left_out: tuple[str, ...]
    """Intents with too few examples to judge."""
    problem: str | None


class Suspects:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        paths: Paths,
        labels: Moves,
        tools: Tools,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self._database, self._clock, self._labels = database, clock, labels
        self.looking = Looking(clock, paths, tools, program)

    async def page(self, size: int = SHOWN) -> Found:
        """The examples that look wrong and still stand, the clearest first. Begins a search where there was
        none, or the files have changed since an old one.

        Raises:
            NotReadable: a training file was edited into an unknown form.
        """
        async with self._database.read() as db:
            kept = await _kept(db)
        found, due = await asyncio.to_thread(self._read, kept, size)
        if not due:
            return found
        try:
            await self.looking.begin()
        except AlreadyLooking:
            return found
        return Found(**{**vars(found), "looking": True})

    async def look(self) -> None:
        """Look through the examples again, in the background.

        Raises:
            AlreadyLooking: that is being done.
        """
        await self.looking.begin()

    async def is_looking(self) -> bool:
        """Whether the examples are being looked through now, by any process."""
        return await asyncio.to_thread(self.looking.is_running)

    async def close(self) -> None:
        await self.looking.close()

    async def keep(self, text: str, intent: str, by: Staff | None) -> SuspectDecision:
        """Its intent is right: never offer this text under this intent again.

        Raises:
            NotFound: it is no example of this intent (any more).
        """
        there = await asyncio.to_thread(self._labels.folder.known)
        example = there.get(normalise(text))
        if example is None or example.intent != intent:
            raise NotFound("This is no example of that intent any more.")
        return await self._note(example.text, intent, Decision.KEPT, None, by)

    async def relabel(self, text: str, intent: str, to: str, by: Staff | None) -> SuspectDecision:
        """Make it an example of another intent.

        Raises:
            NotFound: it is no example of this intent (any more). Invalid: the other intent is unknown, or
            the same. NotReadable: a training file was edited into an unknown form.
        """
        if to == intent:
            raise Invalid("It has this intent already; keep it, or choose another.")
        if to == IGNORED:
            raise Invalid("Remove it instead.")
        await self._labels.move_example(text, intent, to, by)
        return await self._note(text, intent, Decision.MOVED, to, by)

    async def remove(self, text: str, intent: str, by: Staff | None) -> SuspectDecision:
        """Take it out of the training files; a customer's message that reads so stays ignored.

        Raises: as `relabel`.
        """
        await self._labels.move_example(text, intent, IGNORED, by)
        return await self._note(text, intent, Decision.REMOVED, None, by)

    async def undo(self, decision_id: UUID, by: Staff | None) -> None:
        """Take a decision back; the example stands where it stood.

        Raises:
            NotFound: there is no such decision. Conflict: the example was changed again since.
        """
        async with self._database.read() as db:
            decided = await db.get(SuspectDecision, decision_id)
            if decided is None:
                raise NotFound("There is nothing to take back.")
            label = await db.scalar(select(Label).where(Label.key == decided.key))
        if decided.decision is not Decision.KEPT:
            now = decided.moved_to or IGNORED
            if label is None or label.intent != now:
                raise Conflict("Somebody has changed this example again since.")
            await self._labels.undo_example(decided.text)
        async with self._database.write() as db:
            await db.execute(delete(SuspectDecision).where(SuspectDecision.id == decision_id))

    async def _note(
        self, text: str, intent: str, decision: Decision, to: str | None, by: Staff | None
    ) -> SuspectDecision:
        row = SuspectDecision(
            key=key(text), intent=intent, text=text, decision=decision, moved_to=to,
            by=by.id if by else None, at=self._clock.now(),
        )  # fmt: skip
        same = (SuspectDecision.key == row.key, SuspectDecision.intent == intent)
        try:
            async with self._database.write() as db:
                await db.execute(delete(SuspectDecision).where(*same))
                db.add(row)
        except IntegrityError:
            # Somebody decided the same at this moment: theirs stands.
            async with self._database.read() as db:
                return (await db.scalars(select(SuspectDecision).where(*same))).one()
        return row

    def _read(self, kept: set[tuple[str, str]], size: int) -> tuple[Found, bool]:
        """What is known, and whether a search is due; reads files."""
        examples = self._labels.folder.examples()
        result, digest = self.looking.result(), fingerprint(examples)
        items = _standing(result, examples, kept)
        listed = result.found or {}
        found = Found(
            items=tuple(items[:size]),
            total=len(items),
            looking=result.looking,
            at=result.at,
            changed=bool(listed) and listed.get("fingerprint") != digest,
            examples=int(listed.get("examples", 0)),
            left_out=tuple(listed.get("left_out", ())),
            problem=result.problem,
        )
        return found, self.looking.is_due(result, digest)


def _standing(
    result: Result, examples: Sequence[Example], kept: set[tuple[str, str]]
) -> list[Suspicious]:
    """The listed examples that stand where they stood, and that nobody confirmed."""
    there = {(normalise(one.text), one.intent) for one in examples}
    listed: Sequence[Mapping[str, Any]] = (result.found or {}).get("suspects", [])
    return [
        Suspicious(
            text=str(one["text"]),
            intent=str(one["intent"]),
            likely=str(one["likely"]),
            probability=float(one["probability"]),
            likely_probability=float(one["likely_probability"]),
            near=tuple(one["near"]),
            likely_near=tuple(one["likely_near"]),
        )
        for one in listed
        if (normalise(one["text"]), one["intent"]) in there
        and (key(one["text"]), one["intent"]) not in kept
    ]


async def _kept(db: AsyncSession) -> set[tuple[str, str]]:
    rows = select(SuspectDecision.key, SuspectDecision.intent).where(
        SuspectDecision.decision == Decision.KEPT
    )
    return {(name, intent) for name, intent in (await db.execute(rows)).all()}
