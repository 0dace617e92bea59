"""Where the bytes lie: one file for each id under ``<var>/files``, beside those that are still coming in."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

KEPT_FREE = 512 * 1024 * 1024
"""Bytes of the disk that no file gets: the database needs them."""


@dataclass(frozen=True)
class Found:
    """A file on the disk. ``id`` None: it was still coming in. ``changed``: seconds since 1970."""

    path: Path
    id: uuid.UUID | None
    changed: float


class Shelf:
    """All methods touch the disk: call them in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, file_id: uuid.UUID) -> Path:
        """Where this file lies. The id alone says so, and nobody but us chooses ids."""
        name = file_id.hex
        return self._folder / name[:2] / name

    def begin(self) -> Path:
        """A new empty file for what is coming in, readable for this user only."""
        folder = self._folder / "coming"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / uuid.uuid4().hex
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        return path

    def keep(self, file_id: uuid.UUID, content: bytes) -> None:
        """Write the file so that it is there whole, or not at all, and still there after a power cut."""
        path, coming = self.path(file_id), self.begin()
        try:
            with coming.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            path.parent.mkdir(exist_ok=True, mode=0o700)
            coming.replace(path)
        except BaseException:
            coming.unlink(missing_ok=True)
            raise
        _sync(path.parent)

    def remove(self, file_id: uuid.UUID) -> None:
        """Take the file away; nothing happens where there is none."""
        self.path(file_id).unlink(missing_ok=True)

    def has_room(self, size: int) -> bool:
        """Whether the disk can hold ``size`` more bytes and keep what the rest of us needs."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return shutil.disk_usage(self._folder).free - size > KEPT_FREE

    def all(self) -> Iterator[Found]:
        """Everything that lies here."""
        for path in self._folder.glob("*/*"):
            with suppress(OSError, ValueError):  # gone meanwhile, or none of ours
                known = None if path.parent.name == "coming" else uuid.UUID(path.name)
                yield Found(path, known, path.stat().st_mtime)


def _sync(folder: Path) -> None:
    """Make a new name last: on POSIX the folder is what holds it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
