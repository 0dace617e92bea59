"""Sentence vectors kept on disk by text, so that a second look encodes only what is new."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder import Encoder
from training.health.sets import as_rows

#: Texts between two lines of progress.
CHUNK = 100
DIGEST = 16

Tell = Callable[[int, int], None]


class VectorShelf:
    """One file for each encoder; only digests of the texts are in it, never words."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._path = folder / f"{encoder.checksum[:16]}.npz"
        self._encoder = encoder

    def of(self, texts: Sequence[str], tell: Tell) -> NDArray[np.float32]:
        """Return (texts, dimension); afterwards the file holds these texts and no others.

        `tell` hears how many of the new ones are encoded, and how many there are.
        """
        keys = [hashlib.sha256(text.encode()).digest()[:DIGEST] for text in texts]
        known = self._read()
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        for number, (key, text) in enumerate(new.items()):
            if number % CHUNK == 0:
                tell(number, len(new))
            known[key] = self._encoder.encode(text)
        if new or len(set(keys)) < len(known):
            self._write({key: known[key] for key in dict.fromkeys(keys)})
        return as_rows([known[key] for key in keys], self._encoder.dimension)

    def _read(self) -> dict[bytes, NDArray[np.float32]]:
        try:
            with np.load(self._path, allow_pickle=False) as stored:
                keys, rows = stored["keys"], stored["rows"].astype(np.float32)
        except (OSError, ValueError, KeyError, EOFError):
            return {}
        if keys.shape != (len(rows), DIGEST) or rows.shape[1:] != (self._encoder.dimension,):
            return {}
        return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}

    def _write(self, kept: dict[bytes, NDArray[np.float32]]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        keys = np.array([list(key) for key in kept], dtype=np.uint8).reshape(len(kept), DIGEST)
        rows = as_rows(list(kept.values()), self._encoder.dimension)
        with draft.open("wb") as file:
            np.savez(file, keys=keys, rows=rows)
        draft.replace(self._path)
