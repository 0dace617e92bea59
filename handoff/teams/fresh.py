"""What every request reads and people seldom change, read again every two seconds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import Clock
from server.database import Database

# How long another process may still go by what held before.
AT_MOST = timedelta(seconds=2)
T = TypeVar("T")


class Fresh(Generic[T]):
    """Keeps what ``load`` read for at most two seconds."""

    def __init__(self, clock: Clock, load: Callable[[AsyncSession], Awaitable[T]]) -> None:
        self._clock = clock
        self._load = load
        self._held: tuple[datetime, T] | None = None
        self._changes = 0

    async def now(self, db: AsyncSession) -> T:
        now, changes = self._clock.now(), self._changes
        if self._held is not None and now - self._held[0] < AT_MOST:
            return self._held[1]
        found = await self._load(db)
        # Something may have changed while this was read from an older snapshot.
        if changes == self._changes:
            self._held = (now, found)
        return found

    def forget(self) -> None:
        """Read again at the next question."""
        self._changes += 1
        self._held = None

    @asynccontextmanager
    async def changing(self, database: Database) -> AsyncIterator[AsyncSession]:
        """A writing session for a change of what is kept here: it is forgotten after the commit."""
        async with database.write() as db:
            yield db
        self.forget()
