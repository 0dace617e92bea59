"""Which messages say something alike: cosines of sentence vectors, kept and added to as messages come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

FAR = 0.7
"""The cosine up to which two messages have nothing to teach about each other. On banking77, from 5 examples an
intent and 20 labels a day, .5 and .7 learned as fast (10 days, 2 seeds); .7 has a fifth of the neighbours."""
#: Rows of one product: 512 × 5,000 cosines are 10 MB.
_BLOCK = 512


class Neighbourhood:
    """Messages by number, in the order in which they were added, each with those that are nearer than `FAR`."""

    def __init__(self, dimension: int) -> None:
        self.vectors: Vectors = np.zeros((0, dimension), dtype=np.float32)
        self.near: list[NDArray[np.int32]] = []
        """For each message the numbers of its neighbours, itself among them."""
        self.cosines: list[NDArray[np.float32]] = []

    def __len__(self) -> int:
        return len(self.near)

    def add(self, vectors: Vectors, looked_at: NDArray[np.int64] | None = None) -> None:
        """Add messages, as (messages, dimension) of length 1. Costs new × all.

        To an empty one with `looked_at`: only these messages get to know their neighbours.
        """
        if looked_at is not None and not len(self):
            self._add_rows(vectors, looked_at)
            return
        before = len(self)
        self.vectors = np.concatenate([self.vectors, vectors.astype(np.float32, copy=False)])
        extra: dict[int, list[tuple[int, float]]] = {}
        for start in range(before, len(self.vectors), _BLOCK):
            block = self.vectors[start : start + _BLOCK] @ self.vectors.T
            rows, columns = np.nonzero(block > FAR)
            cosines = block[rows, columns]
            ends = np.searchsorted(rows, np.arange(1, len(block)))
            self.near += np.split(columns.astype(np.int32), ends)
            self.cosines += np.split(cosines.astype(np.float32), ends)
            old = np.flatnonzero(columns < before)
            for row, column, cosine in zip(
                rows[old].tolist(), columns[old].tolist(), cosines[old].tolist(), strict=True
            ):
                extra.setdefault(column, []).append((start + row, cosine))
        for number, more in extra.items():
            near = np.array([place for place, _ in more], dtype=np.int32)
            close = np.array([cosine for _, cosine in more], dtype=np.float32)
            self.near[number] = np.append(self.near[number], near)
            self.cosines[number] = np.append(self.cosines[number], close)

    def flat(
        self, numbers: Sequence[int]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]]:
        """The neighbours and cosines of some messages in a row, and where each message's begin."""
        near = [self.near[number] for number in numbers]
        lengths = np.fromiter(map(len, near), np.int64, len(near))
        starts = np.cumsum(lengths) - lengths
        return np.concatenate(near), np.concatenate([self.cosines[at] for at in numbers]), starts

    def _add_rows(self, vectors: Vectors, numbers: NDArray[np.int64]) -> None:
        self.vectors = vectors.astype(np.float32, copy=False)
        self.near = [np.zeros(0, dtype=np.int32)] * len(vectors)
        self.cosines = [np.zeros(0, dtype=np.float32)] * len(vectors)
        for start in range(0, len(numbers), _BLOCK):
            part = numbers[start : start + _BLOCK]
            block = self.vectors[part] @ self.vectors.T
            for number, row in zip(part.tolist(), block, strict=True):
                self.near[number] = np.flatnonzero(row > FAR).astype(np.int32)
                self.cosines[number] = row[self.near[number]]


def leaders(near: Neighbourhood, order: Sequence[int], alike: float) -> NDArray[np.int64]:
    """Return for each message the number of the one that leads its cluster, which may be itself.

    Taken in `order`, each joins the nearest leader whose cosine is `alike` or more, or leads a cluster of its
    own: the same on every run, and a message that comes last moves no other.
    """
    leader = np.full(len(near), -1, dtype=np.int64)
    for number in order:
        places, cosines = near.near[number], near.cosines[number]
        fits = (cosines >= alike) & (leader[places] == places)
        if fits.any():
            places, cosines = places[fits], cosines[fits]
            leader[number] = places[np.lexsort((places, -np.round(cosines, 5)))[0]]
        else:
            leader[number] = number
    return leader
