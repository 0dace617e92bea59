"""What the doors for files work with: the shelf, the addresses, and a place where a file is looked at."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

from conversations.files.errors import FileTooLarge, NoRoom
from conversations.files.kinds import Checked, check
from conversations.files.links import Links
from conversations.files.receiving import Received, receive
from conversations.files.shelf import Shelf
from server.clock import Clock
from server.settings import Settings

AT_ONCE = 2
"""Pictures drawn at the same time: each takes a processor for up to five seconds, and at the peak 300 MB."""


@dataclass(frozen=True)
class Kept:
    """A file that lies on the shelf and has no row yet."""

    id: uuid.UUID
    sha256: str
    """Of the bytes as they were sent."""
    checked: Checked

    @property
    def size(self) -> int:
        return len(self.checked.content)


class Files:
    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self.shelf = Shelf(settings.files_path)
        self.links = Links(settings.channel_secret.get_secret_value(), clock)
        self._places = asyncio.Semaphore(AT_ONCE)

    async def receive(self, body: AsyncIterator[bytes], stated: int | None) -> Received:
        """Take a body in. ``stated``: its length by its header, if there was one.

        Raises:
            FileTooLarge: before anything is read where the length was stated. TooSlow. NoRoom.
        """
        limit = self._settings.file_limit
        if stated is not None and stated > limit:
            raise FileTooLarge(limit)
        if not await asyncio.to_thread(self.shelf.has_room, limit):
            raise NoRoom()
        return await receive(self.shelf, body, limit)

    async def keep(self, received: Received, name: str) -> Kept:
        """Look at what came in, and put what may be kept of it on the shelf.

        Raises:
            What `kinds.check` raises.
        """
        async with self._places:
            content = await received.read()
            checked = await asyncio.to_thread(check, name, content, self._settings.file_limit)
        kept = Kept(uuid.uuid4(), received.sha256, checked)
        await asyncio.to_thread(self.shelf.keep, kept.id, checked.content)
        return kept

    async def drop(self, kept: Kept) -> None:
        """Take it back: no row leads to it."""
        await asyncio.to_thread(self.shelf.remove, kept.id)
