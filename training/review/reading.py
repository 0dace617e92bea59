"""Everything that a view is made of, read from the database and the training files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import Clock
from server.database import Database
from training import models, proposals
from training.nlu_files import NluFolder
from training.review import sent
from training.review.examples import Examples
from training.review.items import Opinion
from training.review.log import HORIZON, TurnLog
from training.review.view import Inputs, Label
from training.shadowing.results import disagreements

#: Rows between two looks at other work: some 3 ms.
AT_ONCE = 1000


class Heard(Protocol):
    """Who said what a message is about."""

    @property
    def name(self) -> str: ...

    @property
    def intent(self) -> str: ...


class Opinions(Protocol):
    """What trainers said of messages that wait for a second opinion (training.opinions)."""

    async def given(self, db: AsyncSession) -> Mapping[str, Sequence[Heard]]:
        """By text key."""
        ...

    async def open_keys(self, db: AsyncSession) -> set[str]:
        """The keys of all texts that are before two people now."""
        ...


class Reading:
    """One per process; keeps the log and the examples, and reads the rest each time."""

    def __init__(
        self, database: Database, clock: Clock, folder: NluFolder, *, horizon: int = HORIZON
    ) -> None:
        self._database, self._clock = database, clock
        self._log = TurnLog(database, horizon=horizon)
        self._examples = Examples(folder)
        self.opinions: Opinions | None = None

    async def now(self) -> Inputs:
        await self._log.refresh()
        examples = await asyncio.to_thread(self._examples.read)
        async with self._database.read() as db:
            said = await proposals.open_ones(db)
            labels = await _labels(db)
            to_editors = await sent.read(db)
            given = await self.opinions.given(db) if self.opinions else {}
            shadowed = await disagreements(db)
            asked = await self.opinions.open_keys(db) if self.opinions else set()
        return Inputs(
            version=self._log.version,
            turns=self._log.turns,
            low_rated=self._log.low_rated,
            thumbs=self._log.thumbs,
            proposals=said,
            labels=labels,
            sent=to_editors,
            opinions={
                key: tuple(Opinion(one.name, one.intent) for one in some)
                for key, some in given.items()
            },
            asked=frozenset(asked),
            examples=examples,
            now=self._clock.now(),
            shadowed=shadowed,
        )


async def _labels(db: AsyncSession) -> dict[str, Label]:
    """What trainers said, by text key."""
    of = models.Label
    columns = select(of.key, of.intent, of.predicted, of.turn_id).order_by(of.key).limit(AT_ONCE)
    found: dict[str, Label] = {}
    last = ""
    while True:
        rows = (await db.execute(columns.where(of.key > last))).all()
        for name, intent, predicted, turn_id in rows:
            found[name] = Label(intent, predicted, turn_id)
        if len(rows) < AT_ONCE:
            return found
        last = rows[-1][0]
