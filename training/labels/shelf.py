"""What every verb of labelling works with: the database, the files, and the right to be the only writer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import Clock
from server.database import Database
from server.errors import Conflict, Invalid
from training import domain, proposals
from training.files import Claim
from training.labels.results import Busy
from training.models import IGNORED, Label
from training.nlu_files import Example, NluFolder
from training.paths import Paths
from training.spans import Span

WAIT, LOOK = 30.0, 0.02


class Elsewhere(Protocol):
    """What names intents besides the training data: the articles."""

    def concerns(self, intent: str) -> bool: ...


class Shelf:
    def __init__(
        self, database: Database, clock: Clock, paths: Paths, elsewhere: Elsewhere | None = None
    ) -> None:
        self.database, self.clock, self.paths = database, clock, paths
        self.elsewhere = elsewhere
        self.folder = NluFolder(paths.nlu, paths.locks / "nlu")
        self._turn = asyncio.Lock()
        self._claim = Claim(paths.locks / "labels")

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Be the only one who labels, in all processes: between note and file nobody else may come.

        Raises:
            Busy: another process does not finish.
        """
        async with self._turn:
            for _ in range(round(WAIT / LOOK)):
                if self._claim.take():
                    break
                await asyncio.sleep(LOOK)
            else:
                raise Busy
            try:
                yield
            finally:
                self._claim.release()

    async def intents(self) -> list[str]:
        """Return every intent that a message may be given, in alphabetical order."""
        return await asyncio.to_thread(domain.intents, self.paths.domain)

    async def check_intent(self, intent: str) -> None:
        """Raises Invalid: no message can have this intent."""
        if intent == IGNORED or intent not in await self.intents():
            raise Invalid(f"There is no intent “{intent[:80]}” in domain.yml.")

    async def entities(self) -> dict[str, tuple[str, ...]]:
        return await asyncio.to_thread(domain.entities, self.paths.domain)

    async def forget(self, labels: Sequence[Label]) -> None:
        """Take labels out of the database.

        Raises:
            Conflict: somebody else was faster.
        """
        ids = [label.id for label in labels]
        async with self.database.write() as db:
            gone = await db.execute(delete(Label).where(Label.id.in_(ids)).returning(Label.id))
            if len(gone.all()) < len(ids):
                raise Conflict("Somebody else changed this label first.")

    @asynccontextmanager
    async def noting(self) -> AsyncIterator[AsyncSession]:
        """A transaction that notes new labels.

        Raises:
            Conflict: a process that does not share our lock noted one of them first.
        """
        try:
            async with self.database.write() as db:
                yield db
                await db.flush()
        except IntegrityError as error:
            raise Conflict("Somebody else labelled this first.") from error

    async def change(self, db: AsyncSession, label: Label, **values: object) -> None:
        """Give a label other values, if it still says what was read.

        Raises:
            Conflict: it does not.
        """
        changed = await db.execute(
            update(Label)
            .where(Label.id == label.id, Label.intent == label.intent, Label.at == label.at)
            .values(**values)
            .returning(Label.id)
        )
        if changed.first() is None:
            raise Conflict("Somebody else changed this label first.")

    async def dealt_with(self, db: AsyncSession, labels: Sequence[Label]) -> None:
        """What agents said about these messages is settled, too."""
        await proposals.settle(db, [label.key for label in labels], self.clock.now())


def example_of(label: Label) -> Example:
    return Example(label.intent, label.text, tuple(Span.of(one) for one in label.spans))
