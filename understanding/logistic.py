"""Multinomial logistic regression by L-BFGS, in numpy alone.

Method: Nocedal and Wright, *Numerical Optimization* (2nd ed.), algorithms 7.4 and 7.5, with
backtracking to the Armijo condition. The loss is convex, so the result does not depend on the start.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Objective = Callable[[Array], "tuple[float, Array]"]

#: Pairs of steps and gradient changes that the method remembers; 5 to 20 is usual.
MEMORY = 10
#: A step must bring at least this part of the decrease that the slope promises (Armijo).
SUFFICIENT_DECREASE = 1e-4


def softmax(logits: Array) -> Array:
    """Return rows that are positive and sum to 1; large logits do not overflow."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float64)


def minimise(
    objective: Objective, start: Array, *, steps: int = 200, tolerance: float = 1e-5
) -> Array:
    """Return the point where a smooth convex function's largest slope is below `tolerance`."""
    point = start.copy()
    value, gradient = objective(point)
    memory: deque[tuple[Array, Array, float]] = deque(maxlen=MEMORY)
    for _ in range(steps):
        if float(np.abs(gradient).max()) < tolerance:
            break
        direction = -_times_inverse_hessian(gradient, memory)
        slope = float(gradient @ direction)
        # Without memory the direction is the plain gradient, whose length says nothing of the step.
        length = 1.0 if memory else min(1.0, 1.0 / float(np.linalg.norm(gradient)))
        while True:
            candidate = point + length * direction
            new_value, new_gradient = objective(candidate)
            if new_value <= value + SUFFICIENT_DECREASE * length * slope:
                break
            length *= 0.5
            if length < 1e-12:
                # Rounding hides any further decrease: this is the minimum.
                return point
        step, change = candidate - point, new_gradient - gradient
        curvature = float(step @ change)
        if curvature > 1e-12:
            memory.append((step, change, 1.0 / curvature))
        point, value, gradient = candidate, new_value, new_gradient
    return point


def _times_inverse_hessian(gradient: Array, memory: deque[tuple[Array, Array, float]]) -> Array:
    result = gradient.copy()
    parts: list[float] = []
    for step, change, inverse in reversed(memory):
        part = inverse * float(step @ result)
        parts.append(part)
        result -= part * change
    if memory:
        step, change, inverse = memory[-1]
        result *= 1.0 / (inverse * float(change @ change))
    for (step, change, inverse), part in zip(memory, reversed(parts), strict=True):
        result += step * (part - inverse * float(change @ result))
    return result


def fit_softmax(
    features: NDArray[np.floating[Any]],
    classes: NDArray[np.int64],
    count: int,
    *,
    penalty: float,
    steps: int = 200,
    shares: Array | None = None,
) -> tuple[Array, Array]:
    """Return weights (features, classes) and biases (classes,) of the least regularised loss.

    The loss is the mean cross-entropy plus `penalty`/2 times the sum of squared weights; biases are
    free. `shares` weighs the examples, equally by default. Products are computed in the features'
    own precision: float32 takes half the time.
    """
    rows, columns = features.shape
    share = np.full(rows, 1.0 / rows) if shares is None else shares / shares.sum()
    transposed = np.ascontiguousarray(features.T)
    target = np.zeros((rows, count))
    target[np.arange(rows), classes] = 1.0

    def objective(point: Array) -> tuple[float, Array]:
        matrix = point[: columns * count].reshape(columns, count)
        logits = (features @ matrix.astype(features.dtype)).astype(np.float64)
        logits += point[columns * count :]
        probabilities = softmax(logits)
        chosen = np.maximum(probabilities[np.arange(rows), classes], 1e-300)
        value = -float(share @ np.log(chosen)) + 0.5 * penalty * float(np.sum(matrix * matrix))
        error = (probabilities - target) * share[:, None]
        slope = transposed @ error.astype(features.dtype) + penalty * matrix
        return value, np.concatenate([slope.ravel(), error.sum(axis=0)])

    found = minimise(objective, np.zeros(columns * count + count), steps=steps)
    return found[: columns * count].reshape(columns, count), found[columns * count :]
