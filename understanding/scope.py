"""Whether a message is a shop's business at all, by three kinds of evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understanding.errors import UnderstandingError
from understanding.intents import FOLDS, Trained, folds
from understanding.logistic import Array, fit_softmax, softmax

OUT_OF_SCOPE = "out_of_scope"
#: Evidence has three columns, so this only keeps separable data from infinite weights.
PENALTY = 1e-3
#: Nearest examples averaged: one alone may be an oddity of the training data.
NEIGHBOURS = 3


@dataclass(frozen=True)
class ScopeVerdict:
    """`probability` that the message is in scope, and whether that is enough."""

    probability: float
    in_scope: bool
    similarity: float
    """Mean cosine to the nearest in-scope examples, -1 to 1."""


@dataclass(frozen=True)
class ScopeModel:
    """Logistic regression on evidence, with a threshold from held-out training examples."""

    examples: NDArray[np.float32]
    """(in-scope examples, dimension), of length 1 each."""
    weights: NDArray[np.float64]
    bias: float
    threshold: float
    outside: int
    """The column of the out_of_scope intent."""

    def judge(self, vector: NDArray[np.float32], probabilities: Array) -> ScopeVerdict:
        """Weigh one message by its sentence vector and its intents' probabilities."""
        similarity = nearest(vector[None, :], self.examples)
        evidence = collect(similarity, probabilities[None, :], self.outside)
        probability = float(_sigmoid(evidence @ self.weights + self.bias)[0])
        return ScopeVerdict(probability, probability >= self.threshold, float(similarity[0]))


@dataclass(frozen=True)
class ScopeQuality:
    """Shares of held-out training examples."""

    false_alarms: float
    """In-scope examples called out of scope."""
    caught: float
    """Out-of-scope examples called out of scope."""


def nearest(vectors: NDArray[np.float32], examples: NDArray[np.float32]) -> Array:
    """Return each vector's mean cosine to its nearest examples."""
    near = np.sort(vectors @ examples.T, axis=1)[:, -NEIGHBOURS:]
    return np.asarray(near.mean(axis=1), dtype=np.float64)


def collect(similarity: Array, probabilities: Array, outside: int) -> Array:
    """Return (messages, 3): similarity, the best in-scope intent, log-odds of out_of_scope."""
    inside = np.delete(probabilities, outside, axis=1).max(axis=1)
    away = np.clip(probabilities[:, outside], 1e-6, 1 - 1e-6)
    return np.stack([similarity, inside, np.log(away / (1 - away))], axis=1)


def train(
    trained: Trained, vectors: NDArray[np.float32], *, false_alarms: float, seed: int = 1
) -> tuple[ScopeModel, ScopeQuality]:
    """Learn from the intent training's held-out probabilities.

    The threshold calls at most the share `false_alarms` of in-scope examples out of scope, measured
    on examples that neither the intent model nor the evidence weights had seen.

    Raises:
        UnderstandingError: the training data has no out_of_scope examples, or nothing else.
    """
    names: Sequence[str] = trained.model.intents
    if OUT_OF_SCOPE not in names:
        raise UnderstandingError(f"the training data has no examples of {OUT_OF_SCOPE}")
    outside = names.index(OUT_OF_SCOPE)
    inside = trained.labels != outside
    vectors = np.asarray(vectors, dtype=np.float32)
    examples = vectors[inside]
    if len(examples) <= NEIGHBOURS:
        raise UnderstandingError(f"scope needs more than {NEIGHBOURS} in-scope examples")
    similarity = np.zeros(len(vectors))
    similarity[inside] = _nearest_other(examples)
    similarity[~inside] = nearest(vectors[~inside], examples)
    evidence = collect(similarity, trained.unseen, outside)
    labels = inside.astype(np.int64)
    held_out = np.zeros(len(labels))
    for held in folds(labels, FOLDS, seed):
        seen = np.setdiff1d(np.arange(len(labels)), held)
        weights, bias = _fit(evidence[seen], labels[seen])
        held_out[held] = _sigmoid(evidence[held] @ weights + bias)
    threshold = float(np.quantile(held_out[inside], false_alarms, method="lower"))
    weights, bias = _fit(evidence, labels)
    quality = ScopeQuality(
        float(np.mean(held_out[inside] < threshold)), float(np.mean(held_out[~inside] < threshold))
    )
    return ScopeModel(examples, weights, bias, threshold, outside), quality


def _nearest_other(examples: NDArray[np.float32]) -> Array:
    # An example is its own nearest neighbour; what a new message would find are the others.
    similarities = examples @ examples.T
    np.fill_diagonal(similarities, -2.0)
    near = np.sort(similarities, axis=1)[:, -NEIGHBOURS:]
    return np.asarray(near.mean(axis=1), dtype=np.float64)


def _fit(evidence: Array, labels: NDArray[np.int64]) -> tuple[Array, float]:
    # Both sides weigh the same: training data has 30 times more in-scope examples than others.
    inside = max(1, int(labels.sum()))
    outside = max(1, len(labels) - inside)
    shares = np.where(labels == 1, 0.5 / inside, 0.5 / outside)
    weights, biases = fit_softmax(evidence, labels, 2, penalty=PENALTY, shares=shares)
    return weights[:, 1] - weights[:, 0], float(biases[1] - biases[0])


def _sigmoid(values: Array) -> Array:
    return softmax(np.stack([np.zeros_like(values), values], axis=1))[:, 1]
