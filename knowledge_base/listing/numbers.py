"""The health of every article over the last weeks, kept so that the editor's list opens at once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from knowledge_base.asked import health
from knowledge_base.asked.health import Health
from knowledge_base.listing import browse
from server.clock import Clock
from server.database import Database
from server.errors import HandrailError

log = structlog.get_logger(__name__)

DAYS = 30
#: Numbers older than this are counted again before they are shown; from half of it on while they are.
OLDEST = timedelta(minutes=1)
FRESH = OLDEST / 2
#: Chats that ended so long ago are counted once: nothing changes in them any more.
SETTLED = timedelta(hours=1)
#: The settled ones are counted again so often, for the period moves on.
COUNTED_AGAIN = timedelta(hours=6)


@dataclass(frozen=True)
class _Settled:
    """Chats that ended before `until`, from `since` on."""

    since: datetime
    until: datetime
    at: datetime
    found: Mapping[uuid.UUID, Health]


class RecentHealth:
    """What happened with each article in the last 30 days, never more than a minute old.

    100,000 turns take some seconds to count. So chats that have ended are counted a few times a day, in the
    background, and a look counts only the others. The period may begin some hours early.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._settled: _Settled | None = None
        self._found: Mapping[uuid.UUID, Health] = {}
        self._found_at: datetime | None = None
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def now(self) -> Mapping[uuid.UUID, Health]:
        """The numbers of every article: as they stand when they were counted within a minute, else counted."""
        age = self._age()
        if age > OLDEST:
            await self.refresh(settle=self._settled is None)
        elif age > FRESH and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._refresh_quietly())
        return self._found

    async def refresh(self, *, settle: bool = True) -> None:
        """Count what is due; without `settle`, only what may have changed since chats were settled last."""
        seen = self._found_at
        async with self._lock:
            if self._found_at != seen:
                return  # somebody else counted while this one waited
            now = self._clock.now()
            before = self._settled
            if before is None or (settle and now - before.at >= COUNTED_AGAIN):
                before = self._settled = await self._settle(now)
            async with self._database.read() as db:
                articles = await browse.everyone(db)
                moving = await health.unsettled(
                    db, articles, since=before.since, until=before.until
                )
            self._found = {one: before.found.get(one, Health()) + moving[one] for one in articles}
            self._found_at = now

    async def stop(self) -> None:
        """End what is counted in the background."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _settle(self, now: datetime) -> _Settled:
        since, until = now - timedelta(days=DAYS), now - SETTLED
        async with self._database.read() as db:
            articles = await browse.everyone(db)
            found = await health.settled(db, articles, since=since, until=until)
        return _Settled(since, until, now, found)

    async def _refresh_quietly(self) -> None:
        try:
            await self.refresh()
        except (SQLAlchemyError, HandrailError, OSError) as error:
            # Whoever looks once these are a minute old counts, and is told.
            log.warning("health_not_counted", reason=type(error).__name__)

    def _age(self) -> timedelta:
        return timedelta.max if self._found_at is None else self._clock.now() - self._found_at
