"""Sentence vectors of a set, encoded once per encoder and kept on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

#: Texts between two lines of progress, and between two saves: a stopped run loses a minute at most.
CHUNK = 2000


class Encodes(Protocol):
    """What this needs of `encoder.Encoder`."""

    checksum: str
    dimension: int

    def encode(self, text: str) -> NDArray[np.float32]: ...

    def is_word(self, word: str) -> bool: ...


class Vectors:
    """Encode texts as the product does, one at a time, and remember them between runs.

    Files are named by the encoder's checksum and the texts', so nothing stale is ever read.
    """

    def __init__(self, encoder: Encodes, folder: Path, say: Callable[[str], None]) -> None:
        self._encoder = encoder
        self._folder = folder
        self._say = say

    @property
    def checksum(self) -> str:
        """The encoder's."""
        return self._encoder.checksum

    def is_word(self, word: str) -> bool:
        """Tell whether the encoder knows these letters as one word."""
        return self._encoder.is_word(word)

    def of(self, name: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimension); `name` is for the progress lines only."""
        found = np.zeros((len(texts), self._encoder.dimension), dtype=np.float32)
        for start in range(0, len(texts), CHUNK):
            chunk = list(texts[start : start + CHUNK])
            path = self._path(chunk)
            rows = self._read(path, len(chunk))
            if rows is None:
                rows = np.stack([self._encoder.encode(text) for text in chunk])
                self._write(path, rows)
                self._say(f"{name}: {start + len(chunk)} of {len(texts)} encoded")
            found[start : start + len(chunk)] = rows
        return found

    def _path(self, texts: Sequence[str]) -> Path:
        digest = hashlib.sha256(self._encoder.checksum.encode())
        for text in texts:
            digest.update(b"\0" + text.encode("utf-8", "surrogatepass"))
        return self._folder / f"{digest.hexdigest()[:32]}.npy"

    def _read(self, path: Path, count: int) -> NDArray[np.float32] | None:
        try:
            rows = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        fits = rows.shape == (count, self._encoder.dimension) and rows.dtype == np.float32
        return rows if fits else None

    def _write(self, path: Path, rows: NDArray[np.float32]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        with draft.open("wb") as file:
            np.save(file, rows)
        draft.replace(path)
