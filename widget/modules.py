"""The widget's modules as they are served: made small and compressed once for each version of them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from zopfli import gzip

from widget.packs import SHEET, joined
from widget.tight import tight, tight_sheets

STATIC = Path(__file__).parent / "static"
ENTRY = "handrail.js"


@dataclass(frozen=True)
class File:
    """What is sent, plain and compressed."""

    plain: bytes
    packed: bytes
    tag: str

    @classmethod
    def of(cls, content: bytes) -> File:
        # As any gzip to the browser, 4 % smaller than level 9; more than three rounds find 0.1 % more.
        packed = gzip.compress(content, numiterations=3)
        return cls(content, packed, hashlib.sha256(content).hexdigest()[:32])


@dataclass(frozen=True)
class Modules:
    version: str
    """A name for the present contents of all modules; another content has another name."""
    files: dict[str, File]
    """Each by itself, for the console, which uses some of them."""
    sent: dict[str, File]
    """As the widget gets them, joined (widget.packs)."""


_lock = threading.Lock()


def modules() -> Modules:
    """All modules as they are now; the first call takes a second of processor time, for a thread to spend."""
    found = (path for path in sorted(STATIC.iterdir()) if path.suffix == ".js")
    with _lock:
        return _modules(tuple((path, path.stat().st_mtime_ns) for path in found))


def version() -> str:
    return modules().version


@lru_cache(maxsize=2)
def _modules(found: tuple[tuple[Path, int], ...]) -> Modules:
    sources = {path.name: path.read_text("utf-8") for path, _ in found}
    sources |= {name: tight_sheets(text) for name, text in sources.items() if name.endswith(SHEET)}
    files, sent = _files(sources), _files(joined(sources))
    digest = hashlib.sha256()
    for name, file in (*files.items(), *sent.items()):
        digest.update(name.encode() + b"\0" + file.plain + b"\0")
    return Modules(digest.hexdigest()[:16], files, sent)


def _files(sources: Mapping[str, str]) -> dict[str, File]:
    return {name: File.of(tight(text).encode()) for name, text in sources.items()}
