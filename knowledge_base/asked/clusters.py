"""Questions of one meaning put together: greedy average linkage on sentence vectors, the same on every run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge_base.search.records import Vector

#: The mean cosine to a group's members from which a question belongs to it. On the 755 question variants
#: of the starter articles, which are written to differ, higher splits more and lower joins other articles'.
NEAR = 0.55


def group(vectors: Vector, weights: Sequence[int], near: float = NEAR) -> list[list[int]]:
    """Groups of rows, in the order in which their first member was seen; give the weightiest rows first.

    Each row joins the group to whose members it is nearest on average, or begins one. O(rows × groups).
    """
    sums = np.zeros((0, vectors.shape[1] if vectors.ndim == 2 else 0), dtype=np.float32)
    totals: list[int] = []
    members: list[list[int]] = []
    for row, vector in enumerate(vectors):
        best, weight = -1, max(1, weights[row])
        if totals:
            nearness = (sums[: len(totals)] @ vector) / np.asarray(totals, dtype=np.float32)
            best = int(nearness.argmax())
            if nearness[best] < near:
                best = -1
        if best < 0:
            best = len(totals)
            totals.append(0)
            members.append([])
            if best == len(sums):
                sums = _grown(sums)
        sums[best] += weight * vector
        totals[best] += weight
        members[best].append(row)
    return members


def typical(vectors: Vector, weights: Sequence[int]) -> int:
    """The row that is nearest to all others on average, counted by weight; of equals the first."""
    mean = np.average(vectors, axis=0, weights=np.asarray(weights, dtype=np.float64))
    return int(np.round(vectors @ mean, 6).argmax())


def _grown(sums: NDArray[np.float32]) -> NDArray[np.float32]:
    more = max(64, len(sums))
    return np.concatenate([sums, np.zeros((more, sums.shape[1]), dtype=np.float32)])
