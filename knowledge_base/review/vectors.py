"""Vectors of texts that are looked at again and again, kept beside the encoder's own small cache."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
import structlog

from knowledge_base.search.records import TextEncoder, Vector

log = structlog.get_logger(__name__)

#: 18 MB at 384 dimensions: all questions, and the sentences of some hundred articles.
LIMIT = 12_000
#: Fewer new ones are sooner encoded again than all are written.
WORTH_SAVING = 50


class Vectors:
    """Text → vector of one encoder. On disk under the text's digest, so that a restart encodes nothing twice.

    The oldest go first when it is full. May be shared between threads.
    """

    def __init__(self, encoder: TextEncoder, folder: Path | None = None) -> None:
        self._encoder = encoder
        self._path = folder and folder / f"{encoder.checksum[:16]}.npz"
        self._rows: dict[bytes, Vector] = {}
        self._lock = Lock()
        self._unsaved = 0
        self._load()

    def of(self, texts: Sequence[str]) -> Vector:
        """A row for each text; only unseen ones are encoded."""
        rows = np.empty((len(texts), self._encoder.dimension), dtype=np.float32)
        for at, text in enumerate(texts):
            rows[at] = self.one(text)
        return rows

    def one(self, text: str) -> Vector:
        key = _key(text)
        vector = self._rows.get(key)
        if vector is None:
            vector = self._encoder.encode(text)
            self._put(key, vector)
        return vector

    def save(self) -> None:
        """Write to disk when that is worth it; a disk that refuses costs a later start its time, no more."""
        if self._path is None or self._unsaved < WORTH_SAVING:
            return
        with self._lock:
            keys, rows = list(self._rows), list(self._rows.values())
            self._unsaved = 0
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._path.parent, delete=False) as file:
                np.savez(
                    file, keys=np.frombuffer(b"".join(keys), dtype=np.uint8), rows=np.stack(rows)
                )
            Path(file.name).replace(self._path)
        except OSError as error:
            log.warning("question_vectors_not_saved", reason=type(error).__name__)

    def _put(self, key: bytes, vector: Vector) -> None:
        with self._lock:
            self._rows[key] = vector
            self._unsaved += 1
            while len(self._rows) > LIMIT:
                del self._rows[next(iter(self._rows))]

    def _load(self) -> None:
        if self._path is None or not self._path.is_file():
            return
        try:
            with np.load(self._path, allow_pickle=False) as held:
                keys, rows = held["keys"].tobytes(), held["rows"].astype(np.float32)
        except (OSError, ValueError, KeyError) as error:
            log.info("question_vectors_unreadable", reason=type(error).__name__)
            return
        if rows.shape != (len(keys) // _SIZE, self._encoder.dimension):
            return
        self._rows = {keys[at * _SIZE : (at + 1) * _SIZE]: row for at, row in enumerate(rows)}


_SIZE = 16


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_SIZE).digest()
