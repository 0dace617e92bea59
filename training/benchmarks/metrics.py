"""Measures of a classifier and their 95 % intervals, in numpy alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
Floats = NDArray[np.float64]

RESAMPLES = 1000
BOOTSTRAP_SEED = 20
#: Bins of equal width of the calibration error; 15 as in Guo et al. 2017 (arXiv:1706.04599).
BINS = 15


@dataclass(frozen=True)
class Interval:
    """A figure with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


def places_of(names: Sequence[str], intents: Sequence[str]) -> Labels:
    """Return each name's place in the list of intents; `len(intents)` where it is not in it."""
    places = {intent: place for place, intent in enumerate(intents)}
    return np.array([places.get(name, len(intents)) for name in names], dtype=np.int64)


def accuracy(truth: Labels, guess: Labels) -> float:
    return float(np.mean(truth == guess))


def confusion(truth: Labels, guess: Labels, classes: int) -> Floats:
    """Return (classes, classes): how often row was called column."""
    counts = np.bincount(truth * classes + guess, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.float64)


def macro_f1(truth: Labels, guess: Labels, classes: int) -> float:
    """Return the mean F1 of the classes that occur in truth or guess (as scikit-learn has it)."""
    table = confusion(truth, guess, classes)
    sums = table.sum(axis=0) + table.sum(axis=1)
    occurs = sums > 0
    return float(np.mean(2 * np.diag(table)[occurs] / sums[occurs]))


def mcc(truth: Labels, guess: Labels, classes: int) -> float:
    """Return Matthews' correlation for several classes, -1 to 1 (Gorodkin 2004), 0 if undefined."""
    table = confusion(truth, guess, classes)
    true, called, all_rows = table.sum(axis=1), table.sum(axis=0), table.sum()
    spread = np.sqrt(all_rows**2 - true @ true) * np.sqrt(all_rows**2 - called @ called)
    return float((np.trace(table) * all_rows - true @ called) / spread) if spread > 0 else 0.0


def auroc(inside: Floats, outside: Floats) -> float:
    """Return the chance that a message in scope scores higher than one outside; ties count half."""
    ordered = np.sort(inside)
    below = np.searchsorted(ordered, outside, side="left")
    equal = np.searchsorted(ordered, outside, side="right") - below
    above = len(ordered) - below - equal
    return float(np.mean((above + 0.5 * equal) / len(ordered)))


def calibration_error(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """Return the expected gap between confidence and accuracy over equal bins, 0 to 1."""
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, weights=confidence - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def bootstrap(figures: Callable[..., Floats], *sizes: int) -> list[Interval]:
    """Return each figure of all rows, with the percentiles over resampled rows about their mean.

    `figures` is given one array of places for each size, and returns a vector. A size may be of
    messages or of random training draws: resampling both counts both sources of chance. Figures of
    two classifiers on the same places, and their difference, make it a paired bootstrap.

    About their mean, because resampling itself shifts some figures: rows that repeat make the
    calibration error larger and macro-F1 smaller, by more than the interval's width on small sets.
    """
    random = np.random.default_rng(BOOTSTRAP_SEED)
    drawn = np.stack(
        [figures(*(random.integers(0, size, size) for size in sizes)) for _ in range(RESAMPLES)]
    )
    values = figures(*(np.arange(size) for size in sizes))
    low, high = np.percentile(drawn, (2.5, 97.5), axis=0) - drawn.mean(axis=0) + values
    return [Interval(*map(float, row)) for row in zip(values, low, high, strict=True)]
