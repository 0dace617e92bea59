"""Keeps the index equal to the article table: loads, builds, follows, rebuilds."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from knowledge_base import catalogue
from knowledge_base.catalogue import State
from knowledge_base.search.index import Segment, Snapshot, build_base, encode_records
from knowledge_base.search.records import Record, TextEncoder
from knowledge_base.search.storage import IndexUnusable, load_base, save_base
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
    """Holds the one current snapshot, swapped on the loop only.

    Changes are laid over it in one thread, a new base is built in another, so that what is published
    meanwhile answers as soon as ever.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        database: Database,
        encoder: TextEncoder,
        bus: Bus | None = None,
        on_state: Callable[[State], None] | None = None,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._database = database
        self._encoder = encoder
        self._bus = bus
        self._on_state = on_state
        self._snapshot: Snapshot | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._builder = ThreadPoolExecutor(1, thread_name_prefix="index-builder")
        self._turn = asyncio.Lock()
        self._applied = asyncio.Condition()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._fold: asyncio.Task[None] | None = None

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
        await self.read_state()
        revision, alive = await self._read(since=-1, before={})
        self._snapshot = await self._in_thread(lambda: self._open(revision, alive))
        if self._snapshot.stale:
            self._start_fold("old")
        self._tasks = [asyncio.create_task(self._follow())]
        if self._bus is not None:
            self._tasks.append(asyncio.create_task(self._listen(self._bus)))
        log.info("index_ready", revision=revision, articles=len(alive))

    async def stop(self) -> None:
        running = [*self._tasks, *([self._fold] if self._fold else [])]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._tasks, self._fold = [], None
        self._thread.shutdown(wait=True)
        self._builder.shutdown(wait=True)

    async def read_state(self) -> State:
        """Read the state's row, and tell whoever follows it; one short query."""
        async with self._database.read() as db:
            state = await catalogue.state(db)
        if self._on_state is not None:
            self._on_state(state)
        return state

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
            base, _ = load_base(self._folder, self._encoder)
        except IndexUnusable as error:
            log.info("index_rebuilt", reason=str(error), articles=len(alive))
            base = self._build(revision, alive)
        return Snapshot.overlay(revision, base, alive, self._encoder.encode)

    def _build(
        self, revision: int, alive: Mapping[UUID, Record], known: Sequence[Segment] = ()
    ) -> Segment:
        """A base of everything, on disk too; vectors of `known` texts are taken over."""
        records = sorted(alive.values(), key=lambda record: str(record.id))
        encoder = self._encoder
        base = build_base(
            records, encode_records(records, encoder.dimension, encoder.encode, known)
        )
        self._save(base, revision)
        return base

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
        async with self._turn:
            before = self.snapshot
            if (await self.read_state()).revision == before.revision:
                return
            revision, alive = await self._read(since=before.revision, before=before.alive)
            after = await self._lay_over(before.base, revision, alive, before.delta)
        log.info("index_changed", revision=revision, articles=len(alive), delta=len(after.delta))
        if after.stale > max(DELTA_LIMIT, DELTA_SHARE * len(after.base)):
            self._start_fold("large delta")

    async def _lay_over(
        self, base: Segment, revision: int, alive: Mapping[UUID, Record], known: Segment
    ) -> Snapshot:
        encode = self._encoder.encode
        after = await self._in_thread(
            lambda: Snapshot.overlay(revision, base, alive, encode, known)
        )
        await self._swap(after)
        return after

    def _start_fold(self, reason: str) -> None:
        if self._fold is None or self._fold.done():
            now = self.snapshot
            log.info("index_rebuilt", reason=reason, articles=len(now.alive), changed=now.stale)
            self._fold = asyncio.create_task(self._fold_in(now))

    async def _fold_in(self, start: Snapshot) -> None:
        """Build a base of all that answers now; what changes meanwhile is laid over it at the end."""
        try:
            base = await self._in_builder(
                partial(self._build, start.revision, start.alive, start.segments)
            )
        except (OSError, MemoryError, RuntimeError, ValueError) as error:
            # What answers stays as it is; the next publish tries again.
            log.warning("index_not_rebuilt", reason=type(error).__name__)
            return
        async with self._turn:
            now = self.snapshot
            after = await self._lay_over(base, now.revision, now.alive, now.delta)
        log.info("index_swapped", articles=len(after.alive), delta=len(after.delta))
        # The old base goes when its last reader does: none holds on to it here.
        del start, now
        await self._in_builder(_give_memory_back)

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

    async def _in_builder(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._builder, work)


def _give_memory_back() -> None:
    """Hand what a rebuild freed to the system; where the C library can't, it stays with the process.

    glibc keeps freed blocks for itself: 85 of 590 MB after a rebuild of 10,000 articles. It takes 40 ms.
    """
    if (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)
