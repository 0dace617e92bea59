"""The training examples beside the messages: how near the nearest is, and what the nearest few would say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 5
"""The second opinion's voters."""
_BLOCK = 512


@dataclass(frozen=True)
class Example:
    text: str
    intent: str
    key: str
    """Of its text, as messages have it."""


@dataclass(frozen=True, slots=True)
class Near:
    """The examples nearest to one message, nearest first."""

    examples: tuple[Example, ...]
    cosines: tuple[float, ...]
    vote: tuple[str, float] | None = field(init=False)
    """The intent that the nearest examples speak for, and its share of their cosines."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "vote", self._vote())

    def _vote(self) -> tuple[str, float] | None:
        shares: dict[str, float] = defaultdict(float)
        for example, cosine in zip(self.examples, self.cosines, strict=True):
            shares[example.intent] += max(0.0, cosine)
        total = sum(shares.values())
        if total <= 0.0:
            return None
        best = max(shares, key=lambda intent: (shares[intent], intent))
        return best, shares[best] / total


class Taught:
    """Examples with their vectors; never changed."""

    def __init__(self, examples: Sequence[Example], vectors: NDArray[np.float32]) -> None:
        self.examples, self.vectors = tuple(examples), vectors

    def near(self, rows: NDArray[np.float32]) -> list[Near]:
        """For each row of (messages, dimension) the nearest examples."""
        found: list[Near] = []
        count = min(NEIGHBOURS, len(self.examples))
        if not count:
            return [Near((), ())] * len(rows)
        for start in range(0, len(rows), _BLOCK):
            cosines = rows[start : start + _BLOCK] @ self.vectors.T
            best = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
            values = np.take_along_axis(cosines, best, axis=1)
            order = np.lexsort((best, -values), axis=1)
            best = np.take_along_axis(best, order, axis=1)
            values = np.take_along_axis(values, order, axis=1)
            found += [
                Near(tuple(self.examples[place] for place in places), tuple(own))
                for places, own in zip(best.tolist(), values.tolist(), strict=True)
            ]
        return found


def merged(one: Near, other: Near) -> Near:
    """The nearest of both."""
    if len(one.cosines) == NEIGHBOURS and other.cosines[0] <= one.cosines[-1]:
        return one
    pairs = sorted(
        zip([*one.cosines, *other.cosines], [*one.examples, *other.examples], strict=True),
        key=lambda pair: -pair[0],
    )[:NEIGHBOURS]
    return Near(tuple(example for _, example in pairs), tuple(cosine for cosine, _ in pairs))
