"""Reading along: finished turns go through a short queue to the shadow, never the other way.

Nothing of this stands in the way of a turn: turns are read from the log when they are over, one at a time,
and what the shadow has no time for is dropped and counted.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from server.clock import Clock
from server.database import Database
from server.errors import Unavailable
from training.shadowing import trials, turns
from training.shadowing.models import ShadowTrial, TrialState
from training.shadowing.reader import Reader
from training.shadowing.trials import Read
from training.shadowing.turns import Said

#: 20 messages at 40 ms each are read within a second; a machine that is behind by more is busy.
QUEUE = 20
#: A turn takes 6 s at most, and one that was taken over by another process some more.
WINDOW = timedelta(seconds=60)
#: So many faults in a row are no accident.
PATIENCE = 5


class Along:
    """One trial's reading; `look` once a second."""

    def __init__(
        self, database: Database, clock: Clock, trial: ShadowTrial, reader: Reader, url: str
    ) -> None:
        self._database, self._clock, self._trial = database, clock, trial
        self._reader, self._url = reader, url
        self._began = clock.now()
        self._queue: asyncio.Queue[Said] = asyncio.Queue(QUEUE)
        self._seen: dict[UUID, datetime] = {}
        self._read: list[Read] = []
        self._dropped = 0
        self.faults = 0
        """Faults in a row, up to now."""

    async def work(self) -> None:
        """Read what is queued, one message after the other, until cancelled."""
        while True:
            said = await self._queue.get()
            reading = await self._reader.read(self._url, said.text)
            self.faults = self.faults + 1 if reading.error else 0
            self._read.append(Read(said.turn_id, reading))
            self._queue.task_done()

    async def look(self) -> None:
        """Queue the share of what customers said since the last look; drop what finds no place."""
        now = self._clock.now()
        async with self._database.read() as db:
            found = await turns.finished(db, self._trial.id, max(self._began, now - WINDOW))
        for said in found:
            if said.turn_id in self._seen:
                continue
            self._seen[said.turn_id] = now
            if not turns.is_chosen(said.turn_id, self._trial.share):
                continue
            try:
                self._queue.put_nowait(said)
            except asyncio.QueueFull:
                self._dropped += 1
        # What is older can't come again: the window is shorter.
        self._seen = {id_: at for id_, at in self._seen.items() if now - at <= 2 * WINDOW}

    async def keep(self) -> TrialState | None:
        """Store what was read; return the trial's state, or None when the database is busy."""
        read, self._read = self._read, []
        dropped, self._dropped = self._dropped, 0
        if not read and not dropped:
            async with self._database.read() as db:
                return await trials.state_of(db, self._trial.id)
        try:
            async with self._database.write() as db:
                return await trials.keep(db, self._clock, self._trial.id, read, dropped)
        except Unavailable:
            # Customers' messages come first; the next second is as good. Never more than fits in memory.
            self._read = [*read, *self._read][-10 * QUEUE :]
            self._dropped += dropped
            return None
