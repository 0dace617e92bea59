"""What every set's run is given: the two heads, vectors, seeds and a voice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from encoder.kept import Vectors
from training.benchmarks.heads import Cost, Examples, Fitted, Head, Ours, Plain, timed

T = TypeVar("T")
#: Draws and seeds of a quick run: enough to see that it runs, not to report.
QUICK = 2


@dataclass(frozen=True)
class Pair(Generic[T]):
    """The same thing of both heads."""

    plain: T
    ours: T


@dataclass(frozen=True)
class Bench:
    """One run of the benchmarks."""

    vectors: Vectors
    say: Callable[[str], None]
    quick: bool = False
    chosen: Pair[Head] | None = None
    """The heads compared; the plain one and ours by default."""

    @property
    def heads(self) -> Pair[Head]:
        """The plain head, and ours with what it encodes for itself kept as all vectors are."""
        return self.chosen or Pair(Plain(), Ours(self.encode))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of what a head makes for itself: misspelt copies, intents' names."""
        return self.vectors.of("what ours adds", texts)

    def examples(self, name: str, texts: Sequence[str]) -> Examples:
        """Return the texts with their vectors."""
        return Examples(tuple(texts), self.vectors.of(name, texts))

    def seeds(self, count: int) -> list[int]:
        """Return the seeds of `count` draws: 1, 2, …"""
        return list(range(1, (min(count, QUICK) if self.quick else count) + 1))

    def fit(
        self, examples: Examples, names: Sequence[str], outside: Pair[Examples | None] | None = None
    ) -> tuple[Pair[Fitted], Pair[Cost]]:
        """Train both heads, each with its own messages out of scope, and take the time."""
        beside: Pair[Examples | None] = outside or Pair(None, None)
        plain, plain_cost = timed(self.heads.plain, examples, names, beside.plain)
        ours, our_cost = timed(self.heads.ours, examples, names, beside.ours)
        if plain.intents != ours.intents:
            raise ValueError("the heads know different intents")
        return Pair(plain, ours), Pair(plain_cost, our_cost)


def listed(seeds: Sequence[int]) -> str:
    """Return "1 to 5"."""
    return f"{seeds[0]} to {seeds[-1]}"
