"""The three small models that calibration fits, in numpy: choice among candidates, yes or no, and classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    """One question's candidates (a row each) and which of them is the right one."""

    candidates: Floats
    right: int
    weight: float = 1.0


def fit_choice(choices: Sequence[Choice], *, l2: float) -> Floats:
    """Weights of a conditional logit (McFadden 1974): P(candidate) = softmax(candidates @ weights)."""
    width = choices[0].candidates.shape[1]
    weights = np.zeros(width)
    for _ in range(STEPS):
        gradient = -l2 * weights
        hessian = l2 * np.eye(width)
        for choice in choices:
            shares = softmax(choice.candidates @ weights)
            mean = shares @ choice.candidates
            gradient += choice.weight * (choice.candidates[choice.right] - mean)
            spread = choice.candidates - mean
            hessian += choice.weight * (spread * shares[:, None]).T @ spread
        step = np.linalg.solve(hessian, gradient)
        weights = weights + step
        if np.abs(step).max() < CLOSE:
            break
    return weights


@dataclass(frozen=True)
class Logistic:
    """P(yes) = sigmoid(intercept + weights · features)."""

    intercept: float
    weights: tuple[float, ...]

    def probability(self, features: Floats) -> float:
        return float(sigmoid(self.intercept + features @ np.asarray(self.weights)))


def fit_logistic(rows: Floats, yes: Floats, sample_weights: Floats, *, l2: float) -> Logistic:
    """Weighted logistic regression by Newton's method; the intercept is not shrunk."""
    design = np.column_stack([np.ones(len(rows)), rows])
    shrink = l2 * np.eye(design.shape[1])
    shrink[0, 0] = 1e-6
    weights = np.zeros(design.shape[1])
    for _ in range(STEPS):
        expected = sigmoid(design @ weights)
        gradient = design.T @ (sample_weights * (yes - expected)) - shrink @ weights
        curvature = sample_weights * np.maximum(expected * (1 - expected), 1e-6)
        step = np.linalg.solve((design * curvature[:, None]).T @ design + shrink, gradient)
        # Newton overshoots where the curve is flat; a bounded step still ends at the one optimum.
        weights = weights + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
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
