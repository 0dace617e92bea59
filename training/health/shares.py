"""Shares with their intervals: how much of a difference is noise."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

LEVEL = 0.95


@dataclass(frozen=True)
class Share:
    """`count` of `total`, with Wilson's interval (Wilson 1927), which holds for small numbers, too."""

    count: int
    total: int
    level: float = LEVEL

    @property
    def value(self) -> float:
        return self.count / self.total if self.total else 0.0

    @property
    def low(self) -> float:
        return self._bound(-1.0)

    @property
    def high(self) -> float:
        return self._bound(1.0)

    def _bound(self, side: float) -> float:
        if not self.total:
            return 0.0 if side < 0 else 1.0
        z, n, p = quantile(self.level), self.total, self.value
        middle = p + z * z / (2 * n)
        spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        bound = (middle + side * spread) / (1 + z * z / n)
        # Rounding must not put 0 of 17 outside of its own interval.
        return max(0.0, min(bound, p)) if side < 0 else min(1.0, max(bound, p))


def quantile(level: float) -> float:
    """Return how many standard deviations hold this share of a normal distribution's middle."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def difference(after: Share, before: Share) -> tuple[float, float]:
    """Return the interval of `after` minus `before`, by both shares' Wilson bounds (Newcombe 1998, method 10)."""
    step = after.value - before.value
    low = step - sqrt((after.value - after.low) ** 2 + (before.high - before.value) ** 2)
    high = step + sqrt((after.high - after.value) ** 2 + (before.value - before.low) ** 2)
    return low, high
