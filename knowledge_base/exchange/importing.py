"""A whole import: dry or for real, in batches that let customers' messages through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from knowledge_base.exchange import store
from knowledge_base.exchange.plan import Options, Step
from knowledge_base.exchange.portable import Portable, Source
from knowledge_base.exchange.report import Report, Row
from knowledge_base.exchange.ruling import Answering, Gate, Ruling
from server.clock import Clock
from server.database import Database
from server.errors import HandrailError

#: Articles per transaction; on SQLite everybody else who writes waits for it (50 took 40 ms).
BATCH = 50

Progress = Callable[[int, int], None]
"""Called with how many rows are done, and of how many."""


async def run(
    database: Database,
    clock: Clock,
    sources: Sequence[Source],
    options: Options | None = None,
    *,
    dry: bool = False,
    progress: Progress | None = None,
    gate: Gate | None = None,
) -> Report:
    """Create or update one article per source, known by its slug; what did not change is left alone.

    Each row is reported; rows with errors are left out and the rest goes in. `dry` stores nothing and gives
    the report that the same run for real would give now. What `gate` objects to waits for review, unless the
    options hold a lead's reason; without a gate everything answers that is to.

    Raises:
        Unavailable: the index is not there yet, and nothing was stored; or the database can't be written
            now, and the batches before this one are in.
    """
    options = options or Options()
    rows, batches = _sort_out(sources)
    work = _Work(database, clock, options)
    if gate is not None:
        work.ruling = await _rule(work, batches, gate)
    for batch in batches:
        taken = [article for _, _, article in batch]
        found = await (_plan if dry else _take)(work, taken)
        for (at, name, article), step in zip(batch, found, strict=True):
            rows[at] = step.row(name, article)
        if progress is not None:
            progress(len(rows), len(sources))
        await asyncio.sleep(0)  # a batch that only read never left the loop to others
    return Report([rows[at] for at in sorted(rows)])


def _sort_out(
    sources: Iterable[Source],
) -> tuple[dict[int, Row], list[list[tuple[int, str, Portable]]]]:
    """Rows that are wrong in themselves, and the others in batches."""
    rows: dict[int, Row] = {}
    first: dict[str, str] = {}
    good: list[tuple[int, str, Portable]] = []
    for at, (name, source) in enumerate(sources):
        if isinstance(source, HandrailError):
            rows[at] = Row(name, "error", code=source.code, message=str(source))
        elif source.slug in first:
            message = f"“{first[source.slug]}” has this address already."
            title = source.draft.title
            rows[at] = Row(name, "error", source.slug, "duplicate", message, title)
        else:
            first[source.slug] = name
            good.append((at, name, source))
    return rows, [good[at : at + BATCH] for at in range(0, len(good), BATCH)]


@dataclass
class _Work:
    """What every batch of a run shares."""

    database: Database
    clock: Clock
    options: Options
    ruling: Ruling = store.NOTHING_SAID


async def _rule(
    work: _Work, batches: Iterable[Sequence[tuple[int, str, Portable]]], gate: Gate
) -> Ruling:
    """Ask the gate about everything that would answer otherwise after this import."""
    answering = Answering(work.options, work.clock.now())
    for batch in batches:
        articles = [article for _, _, article in batch]
        async with work.database.read() as db:
            found = await store.steps(db, articles, work.options, work.clock.now())
            await answering.add(db, articles, found)
    if not answering.records and not answering.gone:
        return work.ruling
    lost = await gate(answering.records, answering.gone)
    return answering.ruling(lost, work.options.reason)


async def _plan(work: _Work, batch: Sequence[Portable]) -> list[Step]:
    async with work.database.read() as db:
        found = await store.steps(db, batch, work.options, work.clock.now(), work.ruling)
    return [step for _, step in found]


async def _take(work: _Work, batch: Sequence[Portable]) -> list[Step]:
    try:
        async with work.database.write() as db:
            return await store.take(db, batch, work.options, work.clock.now(), work.ruling)
    except IntegrityError:
        # Another writer made one of these just now. One by one, only that one is told so.
        return [await _take_alone(work, article) for article in batch]


async def _take_alone(work: _Work, article: Portable) -> Step:
    try:
        async with work.database.write() as db:
            taken = await store.take(db, [article], work.options, work.clock.now(), work.ruling)
            return taken[0]
    except IntegrityError:
        message = "Somebody else made this article just now. Import it again."
        return Step("error", message, code="conflict")
