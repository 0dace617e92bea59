"""Files that are replaced whole, and locks that the kernel releases when their holder dies."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def replace(path: Path, text: str) -> None:
    """Write a file so that a reader, or a crash, finds the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        with draft.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def replace_all(texts: Mapping[Path, str]) -> None:
    """Write several files; when one can't be written, those before it are put back."""
    before = {path: path.read_bytes() if path.exists() else None for path in texts}
    done: list[Path] = []
    try:
        for path, text in texts.items():
            if before[path] != text.encode():
                done.append(path)
                replace(path, text)
    except BaseException:
        for path in done:
            _put_back(path, before[path])
        raise


def _put_back(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    elif path.read_bytes() != content:
        replace(path, content.decode())


def read_json(path: Path) -> dict[str, Any] | None:
    """Return the object in a file, or None when it is missing or no JSON object."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write_json(path: Path, record: dict[str, Any]) -> None:
    replace(path, json.dumps(record, indent=2) + "\n")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for the only place at this lock, across processes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Claim:
    """A lock that is held or not, never waited for; a child that inherits it holds it, too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    @property
    def handle(self) -> int:
        """The file descriptor to pass to a child, so that the claim lives as long as the child."""
        if self._handle is None:
            raise RuntimeError("the claim is not held")
        return self._handle

    def take(self) -> bool:
        """Take the lock; False when it is held, by this process or another."""
        if self._handle is not None:
            return False
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
