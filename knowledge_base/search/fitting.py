"""The three small models that calibration fits, in numpy: choice among candidates, yes or no, and classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 60
CLOSE = 1e-8


def sigmoid(x: Floats | float) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -40, 40))))


def softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


@dataclass(frozen=True)
class Choice:
    """One question's candidates (a row each) and which of them are right; one is enough."""

    candidates: Floats
    right: tuple[int, ...]
    weight: float = 1.0


def fit_choice(
    choices: Sequence[Choice], *, l2: float | Floats, prior: Floats | None = None
) -> Floats:
    """Weights of a conditional logit (McFadden 1974): P(candidate) = softmax(candidates @ weights).

    They are shrunk towards `prior`, or towards 0, by one strength or each by its own.
    """
    width = choices[0].candidates.shape[1]
    shrink = np.broadcast_to(np.asarray(l2, dtype=np.float64), (width,))
    centre = np.zeros(width) if prior is None else prior
    weights = centre.copy()
    for _ in range(STEPS):
        gradient = -shrink * (weights - centre)
        hessian = np.diag(shrink)
        for choice in choices:
            shares = softmax(choice.candidates @ weights)
            mean = shares @ choice.candidates
            right = list(choice.right)
            told = shares[right] @ choice.candidates[right] / max(float(shares[right].sum()), 1e-12)
            gradient += choice.weight * (told - mean)
            spread = choice.candidates - mean
            hessian += choice.weight * (spread * shares[:, None]).T @ spread
        step = np.linalg.solve(hessian, gradient)
        weights = weights + _bounded(step)
        if np.abs(step).max() < CLOSE:
            break
    return weights


def _bounded(step: NDArray[Any]) -> NDArray[Any]:
    """Newton overshoots where the curve is flat; a bounded step still ends at the one optimum."""
    return step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))


@dataclass(frozen=True)
class Logistic:
    """P(yes) = sigmoid(intercept + weights · features)."""

    intercept: float
    weights: tuple[float, ...]

    def probability(self, features: Floats) -> float:
        return float(sigmoid(self.intercept + features @ np.asarray(self.weights)))


def fit_logistic(
    rows: Floats, yes: Floats, sample_weights: Floats, *, l2: float, prior: Logistic | None = None
) -> Logistic:
    """Weighted logistic regression by Newton's method; the intercept is not shrunk.

    With `prior`, weights and intercept are shrunk towards its own instead of towards 0.
    """
    design = np.column_stack([np.ones(len(rows)), rows])
    shrink = l2 * np.eye(design.shape[1])
    shrink[0, 0] = l2 if prior else 1e-6
    centre = np.array([prior.intercept, *prior.weights]) if prior else np.zeros(design.shape[1])
    weights = centre.copy()
    for _ in range(STEPS):
        expected = sigmoid(design @ weights)
        gradient = design.T @ (sample_weights * (yes - expected)) - shrink @ (weights - centre)
        curvature = sample_weights * np.maximum(expected * (1 - expected), 1e-6)
        step = np.linalg.solve((design * curvature[:, None]).T @ design + shrink, gradient)
        weights = weights + _bounded(step)
        if np.abs(step).max() < CLOSE:
            break
    return Logistic(float(weights[0]), tuple(float(weight) for weight in weights[1:]))


@dataclass(frozen=True)
class Classes:
    """A linear head on sentence vectors."""

    names: tuple[str, ...]
    weights: Floats
    intercepts: Floats

    def best(self, vector: NDArray[np.float32]) -> tuple[str, float]:
        """The likeliest class and its probability."""
        shares = softmax(vector.astype(np.float64) @ self.weights + self.intercepts)
        at = int(shares.argmax())
        return self.names[at], float(shares[at])


def fit_classes(
    vectors: NDArray[np.float32], labels: Sequence[str], *, l2: float = 1e-3
) -> Classes:
    """Multinomial logistic regression by gradient descent with momentum, the same on every run."""
    names = tuple(sorted(set(labels)))
    place = {name: at for at, name in enumerate(names)}
    rows = vectors.astype(np.float64)
    wanted = np.eye(len(names))[[place[label] for label in labels]]
    weights, intercepts = np.zeros((rows.shape[1], len(names))), np.zeros(len(names))
    speed = np.zeros_like(weights)
    for _ in range(400):
        error = softmax(rows @ weights + intercepts) - wanted
        speed = 0.9 * speed + rows.T @ error / len(rows) + l2 * weights
        weights = weights - 10.0 * speed
        intercepts = intercepts - error.mean(axis=0)
    return Classes(names, weights, intercepts)
