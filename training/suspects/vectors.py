"""Sentence vectors of the training examples, kept between runs: an edit encodes only what is new."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

_SIZE = 16


class Encodes(Protocol):
    """What this needs of `encoder.Encoder`."""

    checksum: str
    dimension: int

    def encode(self, text: str) -> NDArray[np.float32]: ...


class KeptVectors:
    """Text → vector of one encoder, in one file of plain arrays; a damaged file is made anew."""

    def __init__(self, encoder: Encodes, folder: Path) -> None:
        self._encoder = encoder
        self._path = folder / f"vectors-{encoder.checksum[:16]}.npz"

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each text, and keep these and no others."""
        kept = self._read()
        names = [_name(text) for text in texts]
        rows = np.empty((len(texts), self._encoder.dimension), dtype=np.float32)
        fresh = 0
        for place, (name, text) in enumerate(zip(names, texts, strict=True)):
            found = kept.get(name)
            fresh += found is None
            rows[place] = self._encoder.encode(text) if found is None else found
        if fresh:
            self._write(names, rows)
        return rows

    def _read(self) -> dict[bytes, NDArray[np.float32]]:
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as held:
                names, rows = held["names"].tobytes(), held["rows"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return {}
        if rows.dtype != np.float32 or rows.shape != (len(names) // _SIZE, self._encoder.dimension):
            return {}
        return {names[at * _SIZE : (at + 1) * _SIZE]: row for at, row in enumerate(rows)}

    def _write(self, names: Sequence[bytes], rows: NDArray[np.float32]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        with draft.open("wb") as file:
            np.savez(file, names=np.frombuffer(b"".join(names), dtype=np.uint8), rows=rows)
        draft.replace(self._path)


def _name(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_SIZE).digest()
