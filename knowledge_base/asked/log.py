"""The recorded turns of the last weeks, kept in memory and read on from where the last reading ended."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from knowledge_base.asked import outcomes, turns
from knowledge_base.asked.outcomes import Question, Step
from server.clock import Clock
from server.database import Database

#: How far back a question counts; beyond the newest MOST turns older ones are left out (about 25 MB).
HORIZON = timedelta(days=90)
MOST = 60_000
#: A turn may change this long after it began: its episode ends, or it ran before it was first read.
SETTLED = timedelta(days=2)
#: Two looks within this time see the same.
FRESH = timedelta(seconds=20)


class Log:
    """What every process keeps of the turns: 100,000 of them take some seconds once, then only new ones are
    read."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._steps: dict[UUID, Step] = {}
        self._questions: list[Question] = []
        self._read_at: datetime | None = None
        self._lock = asyncio.Lock()

    async def questions(self) -> list[Question]:
        """Every question of the last 90 days with its fate."""
        async with self._lock:
            now = self._clock.now()
            if self._read_at is None or now - self._read_at >= FRESH:
                await self._catch_up(now)
            return self._questions

    async def _catch_up(self, now: datetime) -> None:
        since, end = now - HORIZON, now + timedelta(minutes=1)
        if self._read_at is not None:
            since = max(since, self._read_at - SETTLED)
        found: list[Step] = []
        async with self._database.read() as db:
            async for part in turns.read(db, since=since, until=end, most=MOST):
                found += part
        # Some ten thousand turns: not on the event loop.
        self._steps, self._questions = await asyncio.to_thread(
            _folded, self._steps, found, now - HORIZON, since
        )
        self._read_at = now


def _folded(
    before: Mapping[UUID, Step], found: Sequence[Step], oldest: datetime, since: datetime
) -> tuple[dict[UUID, Step], list[Question]]:
    """What was known from before `since`, with what was found after it; at most MOST, the newest."""
    kept = {turn: step for turn, step in before.items() if oldest <= step.at < since}
    kept |= {step.turn_id: step for step in found}
    if len(kept) > MOST:
        newest = heapq.nlargest(MOST, kept.values(), key=lambda step: step.at)
        kept = {step.turn_id: step for step in newest}
    return kept, outcomes.fates(kept.values())
