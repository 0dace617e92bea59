"""Sentence vectors of examples, kept between programs: of 2,600, a training finds all but the new ones."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]

#: 18 MB at 384 dimensions.
LIMIT = 12_000
_SIZE = 16


class VectorFile:
    """Text → vector of one encoder, whose name the file bears; no text stands in it, only digests.

    A file that is missing, damaged or of another dimension costs the time of encoding, no more.
    """

    def __init__(self, encode: Encode, path: Path) -> None:
        self._encode, self._path = encode, path
        self._rows: dict[bytes, Vectors] = {}
        self._used: dict[bytes, None] = {}
        self._fresh = False
        with suppress(OSError, ValueError, KeyError, EOFError, BadZipFile):
            # Opened here: what is no archive, numpy would leave open.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                keys, rows = stored["keys"].tobytes(), stored["rows"].astype(np.float32)
            if len(rows) * _SIZE == len(keys):
                self._rows = {
                    keys[at * _SIZE : (at + 1) * _SIZE]: row for at, row in enumerate(rows)
                }

    @classmethod
    def of_encoder(cls, encode: Encode, checksum: str, folder: Path) -> VectorFile:
        """Return the file of the encoder with this checksum."""
        return cls(encode, folder / f"{checksum[:16]}.npz")

    def of(self, texts: Sequence[str]) -> Vectors:
        """Return (texts, dimension); only what is not known is encoded."""
        keys = [_key(text) for text in texts]
        unknown = {
            key: text for key, text in zip(keys, texts, strict=True) if key not in self._rows
        }
        if unknown:
            self._rows |= dict(zip(unknown, self._encode(list(unknown.values())), strict=True))
            self._fresh = True
        self._used |= dict.fromkeys(keys)
        return np.stack([self._rows[key] for key in keys])

    def save(self) -> None:
        """Write what is new; of more than `LIMIT`, those go that nobody asked for this time."""
        if not self._fresh:
            return
        others = [key for key in self._rows if key not in self._used]
        keys = [*self._used, *others][:LIMIT]
        draft = self._path.with_name(f".{os.getpid()}-{self._path.name}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                np.savez(
                    file,
                    keys=np.frombuffer(b"".join(keys), dtype=np.uint8),
                    rows=np.stack([self._rows[key] for key in keys]),
                )
            draft.replace(self._path)
        except OSError:
            # A full disk: the next training encodes them again.
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_SIZE).digest()
