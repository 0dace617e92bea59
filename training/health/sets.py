"""What is looked at: the examples and what customers wrote, with their sentence vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from understanding.intents import DECIDED_ELSEWHERE
from understanding.moments import KINDS
from understanding.scope import OUT_OF_SCOPE

#: Rare by nature, or no matter of a shop's: their numbers say nothing about the data.
BY_NATURE = frozenset({*KINDS, *DECIDED_ELSEWHERE, OUT_OF_SCOPE})
WEEK = timedelta(days=7)
#: Rows compared at once: 1,024 x 5,000 cosines are 20 MB.
BLOCK = 1024


@dataclass(frozen=True)
class Examples:
    """The training data; `vectors` (examples, dimension) of length 1."""

    texts: tuple[str, ...]
    intents: tuple[str, ...]
    vectors: NDArray[np.float32]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.intents)))

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        place = {name: number for number, name in enumerate(self.names)}
        return np.array([place[intent] for intent in self.intents], dtype=np.int64)


@dataclass(frozen=True)
class Messages:
    """What customers typed, each time it was; `vectors` as for the examples."""

    texts: tuple[str, ...]
    """Masked."""
    intents: tuple[str | None, ...]
    at: tuple[datetime, ...]
    vectors: NDArray[np.float32]

    def weeks_ago(self, now: datetime) -> NDArray[np.int64]:
        """Return for each the whole weeks that have passed since: 0 is this week."""
        return np.array([max(0, (now - at) // WEEK) for at in self.at], dtype=np.int64)


def nearest(
    rows: NDArray[np.float32], others: NDArray[np.float32], *, themselves: bool = False
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return each row's highest cosine among the others, -1 without any, and which it is.

    `themselves`: both are the same rows, and none is its own neighbour.
    """
    best = np.full(len(rows), -1.0, dtype=np.float32)
    which = np.full(len(rows), -1, dtype=np.int64)
    if len(others) > int(themselves):
        for start in range(0, len(rows), BLOCK):
            part = rows[start : start + BLOCK] @ others.T
            if themselves:
                places = np.arange(len(part))
                part[places, start + places] = -2.0
            which[start : start + BLOCK] = part.argmax(axis=1)
            best[start : start + BLOCK] = part.max(axis=1)
    return best, which


def as_rows(found: Sequence[NDArray[np.float32]], dimension: int) -> NDArray[np.float32]:
    """Return vectors as one matrix, also when there are none."""
    return np.stack(found) if found else np.zeros((0, dimension), dtype=np.float32)
