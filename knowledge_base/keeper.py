"""Keeps the index equal to the article table: loads, builds, follows, rebuilds."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from knowledge_base import catalogue
from knowledge_base.index import Segment, Snapshot, build_base, encode_records
from knowledge_base.records import Record, TextEncoder
from knowledge_base.storage import IndexUnusable, load_base, save_base
from server.clock import Clock
from server.database import Database
from server.errors import Unavailable
from server.events import Bus

log = structlog.get_logger(__name__)
T = TypeVar("T")

#: How often the content revision is read, so that another process's publish is seen (seconds).
POLL = 0.5
#: The delta is folded into a new base beyond this many articles, or this share of the base.
DELTA_LIMIT, DELTA_SHARE = 200, 0.1


class IndexKeeper:
    """Holds the one current snapshot. All work on it runs in one thread of its own, all swaps on the loop."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        database: Database,
        encoder: TextEncoder,
        bus: Bus | None = None,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._database = database
        self._encoder = encoder
        self._bus = bus
        self._snapshot: Snapshot | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._applied = asyncio.Condition()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def snapshot(self) -> Snapshot:
        """The current one.

        Raises:
            Unavailable: the index is not there yet.
        """
        if self._snapshot is None:
            raise Unavailable("The knowledge base is starting.")
        return self._snapshot

    async def start(self) -> None:
        """Load or build the index, then follow the table."""
        revision, alive = await self._read(since=-1, before={})
        self._snapshot = await self._in_thread(lambda: self._open(revision, alive))
        self._tasks = [asyncio.create_task(self._follow())]
        if self._bus is not None:
            self._tasks.append(asyncio.create_task(self._listen(self._bus)))
        log.info("index_ready", revision=revision, articles=len(alive))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        self._thread.shutdown(wait=True)

    async def wait_for(self, revision: int, seconds: float) -> bool:
        """Wait until the snapshot holds this revision; False when it took longer."""
        self._wake.set()
        try:
            async with asyncio.timeout(seconds), self._applied:
                await self._applied.wait_for(lambda: self.snapshot.revision >= revision)
        except TimeoutError:
            return False
        return True

    def _open(self, revision: int, alive: Mapping[UUID, Record]) -> Snapshot:
        """The stored base where it serves; whatever it lacks is laid over it."""
        try:
            base, stored = load_base(self._folder, self._encoder)
        except IndexUnusable as error:
            log.info("index_rebuilt", reason=str(error), articles=len(alive))
            return self._build(revision, alive, known=None)
        snapshot = Snapshot.overlay(revision, base, alive, self._encoder.encode)
        if stored != revision or snapshot.stale:
            log.info("index_rebuilt", reason="old", stored=stored, changed=snapshot.stale)
            return self._build(revision, alive, known=snapshot)
        return snapshot

    def _build(
        self, revision: int, alive: Mapping[UUID, Record], known: Snapshot | None
    ) -> Snapshot:
        """A base of everything, on disk too; vectors of `known` texts are taken over."""
        records = sorted(alive.values(), key=lambda record: str(record.id))
        vectors = {}
        for segment in known.segments if known else ():
            vectors.update(segment.vectors_by_text(alive))
        encode = self._encoder.encode
        base = build_base(
            records, encode_records(records, self._encoder.dimension, encode, vectors)
        )
        self._save(base, revision)
        return Snapshot.overlay(revision, base, alive, encode)

    def _save(self, base: Segment, revision: int) -> None:
        try:
            now = self._clock.now()
            save_base(self._folder, base, encoder=self._encoder, revision=revision, now=now)
        except OSError as error:
            # The index serves from memory; the next start builds it again.
            log.warning("index_not_saved", reason=type(error).__name__)

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._catch_up()
            except (SQLAlchemyError, OSError, Unavailable) as error:
                # What answers stays as it is; the next round tries again.
                log.warning("articles_not_read", reason=type(error).__name__)

    async def _listen(self, bus: Bus) -> None:
        async with bus.subscribe("articles") as subscription:
            while True:
                await subscription.next()
                self._wake.set()

    async def _catch_up(self) -> None:
        before = self.snapshot
        async with self._database.read() as db:
            if await catalogue.content_revision(db) == before.revision:
                return
        revision, alive = await self._read(since=before.revision, before=before.alive)
        encode = self._encoder.encode
        after = await self._in_thread(
            lambda: Snapshot.overlay(revision, before.base, alive, encode, before.delta)
        )
        await self._swap(after)
        log.info("index_changed", revision=revision, articles=len(alive), delta=len(after.delta))
        if after.stale > max(DELTA_LIMIT, DELTA_SHARE * len(after.base)):
            built = await self._in_thread(lambda: self._build(revision, alive, known=after))
            await self._swap(built)
            log.info("index_rebuilt", reason="large delta", articles=len(alive))

    async def _swap(self, snapshot: Snapshot) -> None:
        async with self._applied:
            self._snapshot = snapshot
            self._applied.notify_all()

    async def _read(
        self, *, since: int, before: Mapping[UUID, Record]
    ) -> tuple[int, dict[UUID, Record]]:
        """The present revision and all published articles, reading only what changed since."""
        async with self._database.read() as db:
            revision = await catalogue.content_revision(db)
            # A counter that went back is another database, a restored backup: read everything.
            if revision < since:
                since, before = -1, {}
            changed = await catalogue.published_since(db, since)
        alive = dict(before)
        for article, version in changed:
            alive.pop(article.id, None)
            if version is not None:
                alive[article.id] = Record.of(article, version)
        return revision, alive

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
