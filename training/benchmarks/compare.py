"""Two heads on the same messages: every figure with its interval, and the difference paired."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.benchmarks import metrics
from training.benchmarks.heads import Answer, Cost
from training.benchmarks.metrics import Floats, Interval, Labels


@dataclass(frozen=True)
class Comparison:
    """One measure of both heads on one set; `difference` is ours less the plain head."""

    subject: str
    measure: str
    plain: Interval
    ours: Interval
    difference: Interval
    published: str = ""


@dataclass(frozen=True)
class Costs:
    """Means over a set's training runs."""

    subject: str
    examples: int
    plain: Cost
    ours: Cost


@dataclass(frozen=True)
class Result:
    """What one set gave: tables and sentences about how they came about."""

    comparisons: tuple[Comparison, ...]
    costs: tuple[Costs, ...]
    notes: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    """Pages and pictures of its own, by name, to be written beside the tables."""


@dataclass(frozen=True)
class Guesses:
    """One head's first choices over runs (training draws, or seeds of slips)."""

    chosen: NDArray[np.int64]
    """(runs, messages), places in the list of intents."""
    confidence: Floats
    """(runs, messages), its probability."""

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> Guesses:
        chosen = np.stack([answer.probabilities.argmax(axis=1) for answer in answers])
        confidence = np.stack([answer.probabilities.max(axis=1) for answer in answers])
        return cls(chosen, confidence)


def pairs(
    subject: str,
    measures: Sequence[tuple[str, str]],
    figures: Callable[..., tuple[Floats, Floats]],
    *sizes: int,
) -> list[Comparison]:
    """Return a comparison of each measure, given as (name, published figures).

    `figures` is given places as `metrics.bootstrap` gives them, and returns the plain head's
    figures and ours, each in the order of the measures.
    """

    def all_figures(*places: Labels) -> Floats:
        plain, ours = figures(*places)
        return np.concatenate([plain, ours, ours - plain])

    found = metrics.bootstrap(all_figures, *sizes)
    count = len(measures)
    return [
        Comparison(
            subject,
            name,
            found[number],
            found[count + number],
            found[2 * count + number],
            published,
        )
        for number, (name, published) in enumerate(measures)
    ]


def classification(
    subject: str, truth: Labels, plain: Guesses, ours: Guesses, classes: int, published: str
) -> list[Comparison]:
    """Compare accuracy, macro-F1 and calibration, each the mean over runs."""

    def of(guesses: Guesses, runs: Labels, messages: Labels) -> Floats:
        rows = []
        true = truth[messages]
        for run in runs:
            chosen, confidence = guesses.chosen[run][messages], guesses.confidence[run][messages]
            rows.append(
                (
                    metrics.accuracy(true, chosen),
                    metrics.macro_f1(true, chosen, classes),
                    metrics.calibration_error(confidence, chosen == true),
                )
            )
        means: Floats = np.mean(np.array(rows), axis=0)
        return means

    measures = [("accuracy", published), ("macro-F1", ""), ("calibration error", "")]
    return pairs(
        subject,
        measures,
        lambda runs, messages: (of(plain, runs, messages), of(ours, runs, messages)),
        *plain.chosen.shape,
    )


def mean_cost(costs: Sequence[Cost]) -> Cost:
    """Return the mean seconds and milliseconds, and the largest size."""
    return Cost(
        float(np.mean([cost.train_seconds for cost in costs])),
        float(np.mean([cost.message_ms for cost in costs])),
        max(cost.size for cost in costs),
    )
