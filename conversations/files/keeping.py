"""Clears files away: those past their time, the bytes of deleted chats, and what a crash has left on the disk."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from datetime import timedelta

import structlog
from sqlalchemy import select

from conversations.files.models import ChatFile
from conversations.files.removing import forget
from conversations.files.service import Files
from server.clock import Clock
from server.database import Database
from server.errors import NotFound
from server.settings import Settings

log = structlog.get_logger(__name__)

PAUSE = 3600.0
BATCH = 200
# A file lies on the disk before its row is committed: far longer than any transaction, and than any body may take.
FRESH = timedelta(hours=1)


class FileSweeper:
    """Looks once an hour; several processes may do so at the same time."""

    def __init__(self, database: Database, clock: Clock, settings: Settings, files: Files) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._files = files
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def sweep(self) -> int:
        """One round; returns how many files were taken from the disk."""
        while await self._forget_some():
            pass
        return await self._clear_the_disk()

    async def _forget_some(self) -> bool:
        """Take rows away that are past their time; whether there may be more. Their bytes follow at once."""
        if not self._settings.file_days:
            return False
        before = self._clock.now() - timedelta(days=self._settings.file_days)
        async with self._database.read() as db:
            past = list(await db.scalars(select(ChatFile).where(ChatFile.at < before).limit(BATCH)))
        for row in past:
            with suppress(NotFound):  # deleted meanwhile, and the row with its chat
                async with self._database.write() as db:
                    await forget(db, row)
        return len(past) == BATCH

    async def _clear_the_disk(self) -> int:
        """Remove what no row knows, and what stopped on its way in, unless it is fresh."""
        before = self._clock.now().timestamp() - FRESH.total_seconds()
        found = await asyncio.to_thread(lambda: list(self._files.shelf.all()))
        old = [one for one in found if one.changed < before]
        ids = [one.id for one in old if one.id is not None]
        known: set[uuid.UUID] = set()
        async with self._database.read() as db:
            for at in range(0, len(ids), BATCH):
                part = ids[at : at + BATCH]
                known |= set(await db.scalars(select(ChatFile.id).where(ChatFile.id.in_(part))))
        lost = [one.path for one in old if one.id not in known]
        for path in lost:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        if lost:
            log.info("files_cleared", count=len(lost))
        return len(lost)

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception as error:
                log.error("file_sweep_broke", exc_info=error)
            await asyncio.sleep(PAUSE)
