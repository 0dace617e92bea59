"""A small memory of recently encoded texts."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

import numpy as np
from numpy.typing import NDArray


class VectorCache:
    """Keep the `size` most recently used vectors; safe to share between threads.

    The same customer text is encoded by understanding, search and the suggestions to the agent, so
    even a small cache saves two encodings of three.
    """

    def __init__(self, size: int) -> None:
        if size < 0:
            raise ValueError(f"the cache size must be 0 or more, got {size}")
        self._size = size
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._vectors)

    def get(self, text: str) -> NDArray[np.float32] | None:
        """Return a copy of the vector kept for this text, or None."""
        with self._lock:
            vector = self._vectors.get(text)
            if vector is None:
                return None
            self._vectors.move_to_end(text)
        # A copy: a caller that normalises in place must not change what the next caller gets.
        return vector.copy()

    def put(self, text: str, vector: NDArray[np.float32]) -> None:
        """Keep a copy of the vector and forget the least recently used one when full."""
        if self._size == 0:
            return
        with self._lock:
            self._vectors[text] = vector.copy()
            self._vectors.move_to_end(text)
            while len(self._vectors) > self._size:
                self._vectors.popitem(last=False)
