"""A body as it comes in: onto the disk piece by piece, never whole in memory, and not for ever."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from conversations.files.errors import FileTooLarge
from conversations.files.shelf import Shelf
from server.errors import TooSlow

IDLE = 20.0
"""Seconds without a byte after which the sender counts as gone; the whole may take `server.web.FILE_SECONDS`."""
PIECE = 256 * 1024


@dataclass(frozen=True)
class Received:
    """What came in; `sha256` of the bytes as they were sent, which tells a retry."""

    path: Path
    size: int
    sha256: str

    async def read(self) -> bytes:
        return await asyncio.to_thread(self.path.read_bytes)

    async def drop(self) -> None:
        await asyncio.to_thread(self.path.unlink, missing_ok=True)


async def receive(shelf: Shelf, body: AsyncIterator[bytes], limit: int) -> Received:
    """Write the body down; the caller drops it.

    Raises:
        FileTooLarge: more than ``limit`` bytes came. TooSlow: none came for 20 s. Nothing is left behind then.
    """
    path = await asyncio.to_thread(shelf.begin)
    try:
        size, sha256 = await _write(path, body, limit)
    except BaseException:
        # Also of a sender who went away: nobody else knows of this file.
        path.unlink(missing_ok=True)
        raise
    return Received(path, size, sha256)


async def _write(path: Path, body: AsyncIterator[bytes], limit: int) -> tuple[int, str]:
    digest, size, waiting = hashlib.sha256(), 0, bytearray()
    async for piece in _in_time(body):
        size += len(piece)
        if size > limit:
            raise FileTooLarge(limit)
        digest.update(piece)
        waiting += piece
        if len(waiting) >= PIECE:
            await asyncio.to_thread(_append, path, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(_append, path, bytes(waiting))
    return size, digest.hexdigest()


async def _in_time(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    with suppress(StopAsyncIteration):
        while True:
            try:
                async with asyncio.timeout(IDLE):
                    piece = await anext(body)
            except TimeoutError as error:
                raise TooSlow() from error
            yield piece


def _append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)
