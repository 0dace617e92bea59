"""The examples in `data/nlu`, read again only when a file has changed, whoever changed it."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import structlog

from training.nlu_files import NluFolder, NotReadable
from training.review.taught import Example
from training.texts import key

log = structlog.get_logger(__name__)


class Examples:
    def __init__(self, folder: NluFolder) -> None:
        self._folder = folder
        self._lock = Lock()
        self._stamps: object = None
        self._read: Sequence[Example] = ()

    def read(self) -> Sequence[Example]:
        """All examples; the same object while nothing changed. A file in an unknown form is told by the page
        that labels; until it is mended the examples are those of before."""
        with self._lock:
            stamps = self._now()
            if stamps != self._stamps:
                try:
                    found = self._folder.examples()
                    self._read = [Example(one.text, one.intent, key(one.text)) for one in found]
                except (NotReadable, OSError) as error:
                    log.warning("examples_not_read", reason=type(error).__name__)
                self._stamps = stamps
            return self._read

    def _now(self) -> object:
        files = sorted(self._folder.folder.glob("*.yml"))
        return [
            (path.name, stat.st_mtime_ns, stat.st_size) for path in files for stat in [path.stat()]
        ]
