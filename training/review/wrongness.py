"""How likely a message was misread, from the reasons that speak for it; the house's labels correct it.

A logistic that starts from shipped weights. Those of confidence, margin and the nearest examples' vote were fitted
on banking77 with 5 and 10 examples an intent (on clinc150, not seen, they tell misread from right with an area of
.92 under the ROC curve; docs/benchmarks/wrongness.md has them fitted again). The two reasons that confidence and
margin give at a threshold say almost nothing beside them, so they weigh almost nothing. What customers did next is
in no public set: those weights are odds that we take for likely, and some ten labels of the house outweigh each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.review.reasons import Reason

Numbers = NDArray[np.float64]

#: In this order before the reasons.
NUMBERS = ("always", "unsure", "close")
FEATURES: tuple[str, ...] = (*NUMBERS, *Reason)
_COLUMN = {name: place for place, name in enumerate(FEATURES)}
#: Log odds: of a message with nothing against it, per unit of 1 - confidence and of 1 - margin, per reason.
SHIPPED: dict[str, float] = {
    "always": -3.2,
    "unsure": 4.6,
    "close": 1.4,
    Reason.AGENT_SAID: 4.0,
    Reason.SAID_NO: 1.5,
    Reason.THUMBS_DOWN: 1.5,
    Reason.REPHRASED: 1.5,
    Reason.ASKED_PERSON: 0.8,
    Reason.HANDED_OFF: 1.0,
    Reason.MODELS_DISAGREE: 0.3,
    Reason.SEARCH_DISAGREES: 1.0,
    Reason.LOW_CONFIDENCE: 0.1,
    Reason.CLOSE_RUNNER_UP: 0.1,
    Reason.OUT_OF_SCOPE: 0.8,
    Reason.BOT_FAILED: 0.5,
    Reason.FRUSTRATION: 0.5,
}
#: How hard the shipped weights hold: a weight moves by one when some ten labels speak for it.
HOLD = 2.0
STEPS = 25


@dataclass(frozen=True)
class Wrongness:
    weights: Numbers
    """In the order of `FEATURES`."""
    labels: int = 0
    """So many of the house's labels are in it."""

    @classmethod
    def shipped(cls) -> Wrongness:
        return cls(np.array([SHIPPED[name] for name in FEATURES], dtype=np.float64))

    def of(
        self, reasons: Iterable[Reason], confidence: float | None, margin: float | None
    ) -> float:
        """The probability that the predicted intent is wrong."""
        return float(self.of_many(features(reasons, confidence, margin)[None, :])[0])

    def of_many(self, rows: Numbers) -> Numbers:
        return _sigmoid(rows @ self.weights)


def features(
    reasons: Iterable[Reason], confidence: float | None, margin: float | None
) -> NDArray[np.float64]:
    """One row, in the order of `FEATURES`; what the model did not say counts as an even chance."""
    row = np.zeros(len(FEATURES), dtype=np.float64)
    row[0] = 1.0
    row[1] = 1.0 - (0.5 if confidence is None else confidence)
    row[2] = 1.0 - (0.5 if margin is None else margin)
    for reason in reasons:
        row[_COLUMN[reason]] = 1.0
    return row


def fit(seen: Sequence[tuple[Numbers, bool]]) -> Wrongness:
    """Correct the shipped weights by past labels: each message's features, and whether its intent was wrong.

    Newton's method on the log loss with a Gaussian prior around the shipped weights; convex, so it ends at
    the one optimum.
    """
    start = Wrongness.shipped()
    if not seen:
        return start
    rows = np.stack([row for row, _ in seen])
    wrong = np.array([answer for _, answer in seen], dtype=np.float64)
    weights = start.weights.copy()
    for _ in range(STEPS):
        chance = _sigmoid(rows @ weights)
        gradient = rows.T @ (chance - wrong) + HOLD * (weights - start.weights)
        curve = rows.T @ (rows * (chance * (1.0 - chance))[:, None])
        step = np.linalg.solve(curve + HOLD * np.eye(len(weights)), gradient)
        weights -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    return Wrongness(weights, len(seen))


def _sigmoid(values: Numbers) -> Numbers:
    chances: Numbers = 1.0 / (1.0 + np.exp(-np.clip(values, -40.0, 40.0)))
    return chances
