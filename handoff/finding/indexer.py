"""Takes what changed into the full-text index, a moment after it was committed."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from sqlalchemy import delete, insert, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.finding import sources
from handoff.finding.tables import ENTRIES, PENDING
from handoff.finding.words import distinct
from server.database import Database

log = structlog.get_logger(__name__)

# On SQLite everybody who writes waits for each step: rather a few larger ones.
PAUSE = 3.0
# Some 10 ms of SQLite's one writer; a message that comes meanwhile waits no longer.
BATCH = 100
BREATH = 0.05
_LOCK = text("SELECT pg_try_advisory_xact_lock(7240915001)")
_FORGET_WORDS = text("DELETE FROM history_words WHERE rowid = :id")
_WORDS = text("INSERT INTO history_words (rowid, words) VALUES (:id, :words)")
_VECTOR = text(
    "UPDATE history_entries SET words = array_to_tsvector(CAST(:words AS text[])) WHERE id = :id"
)


class Indexer:
    """``start`` and ``stop`` belong to the app's life, tests call ``step``. Every process may run one."""

    def __init__(self, database: Database, *, seconds: float = PAUSE) -> None:
        self._database = database
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="history-indexer")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                done = await self.step()
            except (
                Exception
            ) as error:  # the next round tries again; nothing is lost, it is only found later
                log.error("history_index_failed", kind=type(error).__name__, exc_info=error)
                done = 0
            await asyncio.sleep(BREATH if done == BATCH else self._seconds)

    async def step(self) -> int:
        """Take in the oldest changes; how many there were, at most `BATCH`."""
        async with self._database.read() as db:
            if (await db.execute(select(PENDING.c.id).limit(1))).first() is None:
                return 0
        async with self._database.write() as db:
            return await self._take(db)

    async def _take(self, db: AsyncSession) -> int:
        # One at a time over all processes: else an older reading could overwrite a newer one.
        if not self._database.is_sqlite and not await db.scalar(_LOCK):
            return 0
        pending = (await db.execute(select(PENDING).order_by(PENDING.c.id).limit(BATCH))).all()
        if not pending:
            return 0
        await db.execute(delete(PENDING).where(PENDING.c.id.in_([row.id for row in pending])))
        keys = list(dict.fromkeys((row.kind, row.ref) for row in pending))
        await self._forget(db, keys)
        found = await sources.read(db, keys)
        rows: list[dict[str, Any]] = [
            {"kind": kind, "ref": ref, "conversation_id": found[kind, ref].conversation_id}
            for kind, ref in keys
            if (kind, ref) in found
        ]
        if rows:
            made = await db.scalars(
                insert(ENTRIES).returning(ENTRIES.c.id, sort_by_parameter_order=True), rows
            )
            texts = [distinct(found[row["kind"], row["ref"]].text) for row in rows]
            sqlite = self._database.is_sqlite
            await db.execute(
                _WORDS if sqlite else _VECTOR,
                [
                    {"id": entry, "words": " ".join(words) if sqlite else words}
                    for entry, words in zip(made.all(), texts, strict=True)
                ],
            )
        return len(pending)

    async def _forget(self, db: AsyncSession, keys: list[sources.Key]) -> None:
        old = await db.scalars(
            select(ENTRIES.c.id).where(tuple_(ENTRIES.c.kind, ENTRIES.c.ref).in_(keys))
        )
        ids = list(old)
        if not ids:
            return
        if self._database.is_sqlite:
            await db.execute(_FORGET_WORDS, [{"id": one} for one in ids])
        await db.execute(delete(ENTRIES).where(ENTRIES.c.id.in_(ids)))
