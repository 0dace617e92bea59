"""What readers of the help centre searched for: kept in memory, written with the counted views."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.asked.masking import key_of, question
from knowledge_base.models import HelpSearch
from knowledge_base.search.decision import Decision, Kind
from server.clock import Clock
from server.database import Database

log = structlog.get_logger(__name__)

#: Different questions of one reader on one day; an office behind one address asks no more in vain.
PER_READER = 20
#: Searches that wait to be written; the first ones in a rush are kept.
WAITING = 2000
#: Searches of the day remembered, so that each counts once (about 300 bytes each).
REMEMBERED = 50_000
#: How long they are kept, and how many at most, the newest.
KEPT = timedelta(days=90)
MOST = 200_000
TEXT = 400
_MARK = 16
"""Characters of a question's key that lead from a result back to its search."""


@dataclass(frozen=True)
class Searched:
    """One search, as it will be written."""

    text: str
    kind: str
    probability: float
    first: UUID | None
    opened: bool
    reader: str
    at: datetime


class Searches:
    """Notes searches and what became of them; `flush` writes. Several app processes note each for itself."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: dict[tuple[str, str], Searched] = {}
        self._told: dict[tuple[str, str], bool] = {}
        """Of searches that are written already: whether a result was opened."""
        self._days: OrderedDict[str, dict[str, datetime]] = OrderedDict()
        """By reader, when each question of today was first asked."""
        self._remembered = 0
        self._day: date | None = None

    def note(self, reader: str, asked: str, decision: Decision, *, listed: bool = False) -> str:
        """Keep a search for writing; returns the mark that its results carry.

        A question counts once a day for each reader, and only so many different ones do. `listed`: the
        reader sees titles alone, so that even an answer is yet to be opened.
        """
        text = question(asked)[:TEXT]
        mark = key_of(text)[:_MARK]
        if not text or len(self._waiting) >= WAITING or not self._remember(reader, mark):
            return mark
        first = decision.candidates[0].article_id if decision.candidates else None
        # An answer stands open on the page of results.
        opened = decision.kind == Kind.ANSWER.value and not listed
        self._waiting[reader, mark] = Searched(
            text, decision.kind, decision.probability, first, opened, reader, self._clock.now()
        )
        return mark

    def tell(self, reader: str, mark: str, *, opened: bool = True) -> None:
        """A reader followed a result of their search of today, or says that what it opened did not help."""
        if not mark:
            return
        waiting = self._waiting.get((reader, mark))
        if waiting is not None:
            self._waiting[reader, mark] = replace(waiting, opened=opened)
        elif len(self._told) < WAITING:
            self._told[reader, mark] = opened

    async def flush(self) -> None:
        """Write what was noted, in one transaction; on an error it is kept for the next time.

        Raises:
            Unavailable: the database can't be written now.
        """
        waiting, self._waiting = self._waiting, {}
        told, self._told = self._told, {}
        if not waiting and not told:
            return
        try:
            async with self._database.write() as db:
                if waiting:
                    await db.execute(insert(HelpSearch), [asdict(one) for one in waiting.values()])
                if told:
                    await self._settle(db, told)
        except BaseException:
            self._waiting = {**waiting, **self._waiting}
            self._told = {**told, **self._told}
            raise

    async def _settle(self, db: AsyncSession, told: dict[tuple[str, str], bool]) -> None:
        """Find the searches that were written before, by reader and question, and say what became of them."""
        now = self._clock.now()
        # Another process may have noted it, or this one before it was started again.
        start = datetime(now.year, now.month, now.day, tzinfo=UTC)
        since = min(self._days.get(reader, {}).get(mark, start) for reader, mark in told)
        readers = sorted({reader for reader, _ in told})
        for part in range(0, len(readers), 500):
            rows = await db.execute(
                select(HelpSearch.id, HelpSearch.reader, HelpSearch.text).where(
                    HelpSearch.at >= since, HelpSearch.reader.in_(readers[part : part + 500])
                )
            )
            ids: dict[bool, list[int]] = {True: [], False: []}
            for row_id, reader, text in await asyncio.to_thread(_marked, rows.all()):
                opened = told.get((reader, text))
                if opened is not None:
                    ids[opened].append(row_id)
            for opened, found in ids.items():
                if found:
                    await db.execute(
                        update(HelpSearch).where(HelpSearch.id.in_(found)).values(opened=opened)
                    )

    def _remember(self, reader: str, mark: str) -> bool:
        """Whether it counts: this reader's first search for it today, and not one too many."""
        now = self._clock.now()
        if now.date() != self._day:
            self._day, self._remembered = now.date(), 0
            self._days.clear()
        asked = self._days.setdefault(reader, {})
        self._days.move_to_end(reader)
        if mark in asked or len(asked) >= PER_READER:
            return False
        asked[mark] = now
        self._remembered += 1
        # Whoever was quiet longest is forgotten first.
        while self._remembered > REMEMBERED:
            _, oldest = self._days.popitem(last=False)
            self._remembered -= len(oldest)
        return True


def _marked(rows: Sequence[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    return [(row_id, reader, key_of(text)[:_MARK]) for row_id, reader, text in rows]


async def forget(database: Database, clock: Clock) -> int:
    """Delete what is older than 90 days, and beyond the newest 200,000; returns how many went."""
    async with database.read() as db:
        oldest, newest = (
            await db.execute(select(func.min(HelpSearch.id), func.max(HelpSearch.id)))
        ).one()
        if newest is None:
            return 0
        old = HelpSearch.at < clock.now() - KEPT
        if newest - oldest < MOST and not await db.scalar(
            select(HelpSearch.id).where(old).limit(1)
        ):
            return 0
    async with database.write() as db:
        gone = await db.execute(
            delete(HelpSearch)
            .where(old | (HelpSearch.id <= newest - MOST))
            .execution_options(synchronize_session=False)
        )
    count: int = gone.rowcount  # type: ignore[attr-defined]
    log.info("searches_forgotten", searches=count)
    return count
