"""Sentence vectors by text key, filled a few at a time, so that nobody waits for thousands of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from training.review.protocols import Vectors

#: 0.1 to 0.2 s of encoding.
AT_ONCE = 32


class Shelf:
    """One per process, over the store on disk. May be shared between threads."""

    def __init__(self, vectors: Vectors | None) -> None:
        self._vectors = vectors
        self._rows: dict[str, NDArray[np.float32]] = {}
        self._lock = Lock()
        self.version = 0
        """Rises when a vector came or went."""

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def get(self, key: str) -> NDArray[np.float32] | None:
        return self._rows.get(key)

    def lacking(self, texts: Mapping[str, str]) -> list[str]:
        """The keys without a vector, in order; none where there is no encoder."""
        return [] if self._vectors is None else [key for key in texts if key not in self._rows]

    def fill(self, texts: Mapping[str, str], most: int = AT_ONCE) -> int:
        """Encode at most so many of the texts (key → text) that have no vector; return how many still lack one."""
        with self._lock:
            wanted = self.lacking(texts)
            some = wanted[:most]
            if self._vectors is not None and some:
                rows = self._vectors.of([texts[key] for key in some])
                self._rows.update(zip(some, rows, strict=True))
                self.version += 1
            return len(wanted) - len(some)

    def keep(self, keys: Iterable[str]) -> None:
        """Forget all others."""
        with self._lock:
            self._rows = {key: self._rows[key] for key in keys if key in self._rows}

    def save(self) -> None:
        if self._vectors is not None:
            self._vectors.save()
