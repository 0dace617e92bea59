"""Which differences between two models are larger than noise: exact paired tests, and bootstrapped intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray

#: The chance of marking any intent at all where no intent really changed.
LEVEL = 0.05
#: Resamples of the messages, and the seed that makes the same comparison give the same intervals.
RESAMPLES, SEED = 1000, 20260


def chance(old: Sequence[bool], new: Sequence[bool]) -> float:
    """Return how likely so uneven a split of the changed answers is between equally good models.

    The exact McNemar test: of the messages that only one model gets right, each is a fair coin.
    """
    won = sum(after and not before for before, after in zip(old, new, strict=True))
    lost = sum(before and not after for before, after in zip(old, new, strict=True))
    return chance_of(won, lost)


def chance_of(won: int, lost: int) -> float:
    """Return `chance` of so many messages that only the new, or only the old model gets right.

    >>> chance_of(5, 0)
    0.0625
    """
    flips = won + lost
    tail = sum(comb(flips, k) for k in range(min(won, lost) + 1)) / float(2**flips)
    return min(1.0, 2.0 * tail)


def marked(flips: Mapping[str, tuple[int, int]], level: float = LEVEL) -> frozenset[str]:
    """Return the names whose (won, lost) differ by more than noise, over all names together.

    Holm's step-down correction (1979), over the names that have flips enough to be told from chance at
    all (Tarone 1990): a name with three flips can't be, however they fall, and need not be paid for.

    >>> sorted(marked({"a": (12, 0), "b": (3, 0), "c": (4, 5)}))
    ['a']
    """
    least = {name: chance_of(won + lost, 0) for name, (won, lost) in flips.items()}
    count = next(
        (k for k in range(1, len(flips) + 1) if sum(p <= level / k for p in least.values()) <= k),
        len(flips),
    )
    tested = [name for name, p in least.items() if count and p <= level / count]
    ordered = sorted(tested, key=lambda name: (chance_of(*flips[name]), name))
    found = []
    for place, name in enumerate(ordered):
        if chance_of(*flips[name]) > level / (len(ordered) - place):
            break
        found.append(name)
    return frozenset(found)


def intervals(
    truth: NDArray[np.int64], before: NDArray[np.int64], after: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """Return (count, 2): the 95 % interval of each intent's change of F1, by resampling the messages.

    Intents are numbers below `count`; what a model answered may also be `count`, for none of them.
    """
    size = len(truth)
    random = np.random.default_rng(SEED)
    weights = random.multinomial(size, np.full(size, 1.0 / size), size=RESAMPLES).astype(np.float32)
    names = np.arange(count)
    is_truth = truth[:, None] == names
    real = weights @ is_truth.astype(np.float32)

    def f1(said: NDArray[np.int64]) -> NDArray[np.float64]:
        is_said = said[:, None] == names
        right = weights @ (is_truth & is_said).astype(np.float32)
        everything = real + weights @ is_said.astype(np.float32)
        return np.asarray(2.0 * right / np.maximum(everything, 1e-9), dtype=np.float64)

    low, high = np.quantile(f1(after) - f1(before), (0.025, 0.975), axis=0)
    return np.stack([low, high], axis=1)
