"""Labels: what a trainer says a message means, written into the training files or remembered as ignored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, update

from conversations.models import Turn
from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import Conflict, Invalid, NotFound
from training import domain, proposals
from training.models import IGNORED, Label
from training.nlu_files import Example, NluFolder
from training.paths import Paths
from training.texts import key, prepare

log = structlog.get_logger(__name__)

AT_ONCE = 100


@dataclass(frozen=True)
class Refused:
    turn_id: UUID
    problem: str
    """Why, in words for the trainer."""


@dataclass(frozen=True)
class Labelled:
    done: tuple[UUID, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True)
class Intent:
    name: str
    examples: int


class Labels:
    def __init__(self, database: Database, clock: Clock, paths: Paths) -> None:
        self._database, self._clock = database, clock
        self._domain = paths.domain
        self.folder = NluFolder(paths.nlu, paths.var / "nlu.lock")
        # Between the note in the database and the file nobody else of this process may come.
        self._turn = asyncio.Lock()

    async def names(self) -> list[str]:
        """Return every intent that a message may be given, in the order of the domain."""
        return list(await asyncio.to_thread(domain.intents, self._domain))

    async def intents(self) -> list[Intent]:
        """Return every intent that a message may be given, with its number of examples."""
        names = await self.names()
        examples = await asyncio.to_thread(self.folder.examples)
        counts = dict.fromkeys(names, 0)
        for example in examples:
            if example.intent in counts:
                counts[example.intent] += 1
        return [Intent(name, count) for name, count in counts.items()]

    async def label(self, turn_ids: Sequence[UUID], intent: str, by: Staff | None) -> Labelled:
        """Give messages their right intent, and add them to its examples in the order given.

        A message that is an example already, or was labelled meanwhile, is refused; the others go ahead.

        Raises:
            Invalid: the intent is not in the domain, or there are none or too many messages.
            NotFound: one of the messages does not exist; nothing is labelled.
            NotReadable: a training file was edited into an unknown form; nothing is labelled.
        """
        if intent == IGNORED or intent not in await asyncio.to_thread(domain.intents, self._domain):
            raise Invalid(f"There is no intent “{intent[:80]}” in domain.yml.")
        async with self._turn:
            noted, refused = await self._note(turn_ids, intent, by)
            done, known = await self._write(noted)
        return Labelled(tuple(done), (*refused, *known))

    async def ignore(self, turn_ids: Sequence[UUID], by: Staff | None) -> Labelled:
        """Never list these messages again, nor others that read the same.

        Raises:
            Invalid: there are none or too many messages. NotFound: one of them does not exist.
        """
        async with self._turn:
            noted, refused = await self._note(turn_ids, IGNORED, by)
        return Labelled(tuple(label.turn_id for label in noted), tuple(refused))

    async def undo(self, turn_id: UUID) -> None:
        """Take a label back: the example leaves its file, the message returns to the inbox.

        Raises:
            NotFound: the message has no label. Conflict: somebody else took it back first.
        """
        async with self._turn:
            async with self._database.read() as db:
                turn = await db.get(Turn, turn_id)
                name = key(prepare(turn.text, turn.parse)) if turn else ""
                label = await db.scalar(select(Label).where(Label.key == name))
            if label is None:
                raise NotFound("This message has no label.")
            if label.intent != IGNORED:
                await asyncio.to_thread(self.folder.remove, Example(label.intent, label.text))
            await self._forget([label.id])
            async with self._database.write() as db:
                await proposals.reopen(db, label.key, label.at)

    async def waiting(self) -> int:
        """Return how many labels no finished training has seen."""
        async with self._database.read() as db:
            fresh = select(func.count()).where(Label.written, Label.run_id.is_(None))
            return int(await db.scalar(fresh) or 0)

    async def write_pending(self) -> int:
        """Write what a crash left noted but unwritten; returns how many labels that were."""
        async with self._turn:
            async with self._database.read() as db:
                pending = select(Label).where(Label.written.is_(False), Label.intent != IGNORED)
                left = list(await db.scalars(pending.order_by(Label.at, Label.id)))
            if left:
                await self._write(left, again=True)
                log.info("labels_written_late", count=len(left))
        return len(left)

    async def _note(
        self, turn_ids: Sequence[UUID], intent: str, by: Staff | None
    ) -> tuple[list[Label], list[Refused]]:
        wanted = list(dict.fromkeys(turn_ids))
        if not 1 <= len(wanted) <= AT_ONCE:
            raise Invalid(f"Choose 1 to {AT_ONCE} messages.")
        noted: list[Label] = []
        refused: list[Refused] = []
        chosen = select(Turn).where(Turn.id.in_(wanted))
        async with self._database.write() as db:
            turns = {turn.id: turn for turn in await db.scalars(chosen)}
            if len(turns) < len(wanted):
                raise NotFound("One of these messages does not exist.")
            texts = {turn_id: prepare(turn.text, turn.parse) for turn_id, turn in turns.items()}
            keys = {turn_id: key(text) for turn_id, text in texts.items()}
            labelled = select(Label).where(Label.key.in_(keys.values()) | Label.turn_id.in_(wanted))
            taken = {
                name for label in await db.scalars(labelled) for name in (label.key, label.turn_id)
            }
            for turn_id in wanted:
                if not texts[turn_id]:
                    refused.append(Refused(turn_id, "Nothing readable is in this message."))
                elif turn_id in taken or keys[turn_id] in taken:
                    refused.append(Refused(turn_id, "This message has been dealt with already."))
                else:
                    taken.add(keys[turn_id])
                    noted.append(
                        Label(
                            turn_id=turn_id,
                            key=keys[turn_id],
                            text=texts[turn_id],
                            predicted=turns[turn_id].intent,
                            confidence=turns[turn_id].confidence,
                            intent=intent,
                            by=by.id if by else None,
                            at=self._clock.now(),
                            written=False,
                        )
                    )
            db.add_all(noted)
            if intent == IGNORED:  # a label settles them once it is written
                await proposals.settle(db, [label.key for label in noted], self._clock.now())
        return noted, refused

    async def _write(
        self, labels: Sequence[Label], *, again: bool = False
    ) -> tuple[list[UUID], list[Refused]]:
        """Append to the files, then note that it is done; `again` accepts what stands there already."""
        examples = [Example(label.intent, label.text) for label in labels]
        try:
            answers = await asyncio.to_thread(self.folder.add, examples)
        except Exception:
            # Nothing stands in the files. A failure later on leaves the notes to write_pending.
            if not again:
                await self._forget([label.id for label in labels])
            raise
        done, refused, void = [], [], []
        for label, there in zip(labels, answers, strict=True):
            if there is None or (again and there == label.intent):
                done.append(label)
                continue
            void.append(label.id)
            refused.append(
                Refused(
                    label.turn_id, f"This is an example of “{there}” already; ignore it instead."
                )
            )
        async with self._database.write() as db:
            ids = [label.id for label in done]
            await db.execute(update(Label).where(Label.id.in_(ids)).values(written=True))
            await db.execute(delete(Label).where(Label.id.in_(void)))
            await proposals.settle(db, [label.key for label in done], self._clock.now())
        return [label.turn_id for label in done], refused

    async def _forget(self, ids: Sequence[UUID]) -> None:
        async with self._database.write() as db:
            gone = await db.execute(delete(Label).where(Label.id.in_(ids)).returning(Label.id))
            if len(gone.all()) < len(ids):
                raise Conflict("Somebody else changed this label first.")
