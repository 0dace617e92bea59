"""Which intent a message has, as calibrated probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understanding.errors import UnderstandingError
from understanding.features import build
from understanding.logistic import Array, fit_softmax, softmax

#: Chosen with the columns of `features` by cross-validation: 1e-4 and 1e-5 were 1 to 2 points worse.
PENALTY = 3e-5
#: The loss still falls after 100 steps, the error on unseen examples does not.
STEPS = 100
FOLDS = 5


@dataclass(frozen=True)
class IntentModel:
    """A linear classifier; probabilities are softmax(sharpness * (features @ weights + biases))."""

    intents: tuple[str, ...]
    weights: NDArray[np.float32]
    biases: NDArray[np.float32]
    sharpness: float

    def probabilities(self, text: str, vector: NDArray[np.float32]) -> Array:
        """Return the probability of each of `intents`, in their order; they sum to 1."""
        row: Array = self.probabilities_of_many([text], vector[None, :])[0]
        return row

    def probabilities_of_many(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> Array:
        """Return (texts, intents)."""
        features = build(texts, vectors)
        if features.shape[1] != self.weights.shape[0]:
            raise UnderstandingError(
                f"the model reads {self.weights.shape[0]} features, got {features.shape[1]}: "
                "it was trained with another encoder"
            )
        logits = (features @ self.weights + self.biases).astype(np.float64)
        return softmax(self.sharpness * logits)

    def ranking(self, probabilities: Array, length: int) -> list[tuple[str, float]]:
        """Return the `length` most probable intents, the best first."""
        order = np.argsort(-probabilities, kind="stable")[:length]
        return [(self.intents[place], float(probabilities[place])) for place in order]


@dataclass(frozen=True)
class Trained:
    """A model with what cross-validation said of its training examples, in their order."""

    model: IntentModel
    unseen: Array
    """(examples, intents): calibrated probabilities by models that did not see the example."""
    labels: NDArray[np.int64]

    @property
    def accuracy(self) -> float:
        return float(np.mean(self.unseen.argmax(axis=1) == self.labels))

    def confused(self, length: int) -> list[tuple[str, str, int]]:
        """Return (true intent, predicted intent, times), the most frequent mistake first."""
        names = self.model.intents
        table = np.zeros((len(names), len(names)), dtype=np.int64)
        np.add.at(table, (self.labels, self.unseen.argmax(axis=1)), 1)
        np.fill_diagonal(table, 0)
        order = np.argsort(-table, axis=None, kind="stable")[:length]
        pairs = [divmod(int(place), len(names)) for place in order]
        return [(names[a], names[b], int(table[a, b])) for a, b in pairs if table[a, b]]


def train(
    texts: Sequence[str], vectors: NDArray[np.float32], intents: Sequence[str], *, seed: int = 0
) -> Trained:
    """Train on examples; the same examples in the same order give the same model.

    Raises:
        UnderstandingError: fewer than two intents, or lengths differ.
    """
    names = tuple(sorted(set(intents)))
    if len(names) < 2:
        raise UnderstandingError(f"a classifier needs two intents or more, got {list(names)}")
    if not len(texts) == len(vectors) == len(intents):
        raise UnderstandingError(
            f"{len(texts)} texts, {len(vectors)} vectors and {len(intents)} intents: not the same"
        )
    places = {name: place for place, name in enumerate(names)}
    labels = np.array([places[intent] for intent in intents], dtype=np.int64)
    features = build(texts, vectors)
    logits = np.zeros((len(labels), len(names)))
    for held in folds(labels, FOLDS, seed):
        seen = np.setdiff1d(np.arange(len(labels)), held)
        weights, biases = _fit(features[seen], labels[seen], len(names))
        logits[held] = features[held] @ weights + biases
    sharpness = calibrate(logits, labels)
    weights, biases = _fit(features, labels, len(names))
    model = IntentModel(names, weights.astype(np.float32), biases.astype(np.float32), sharpness)
    return Trained(model, softmax(sharpness * logits), labels)


def _fit(
    features: NDArray[np.float32], labels: NDArray[np.int64], count: int
) -> tuple[Array, Array]:
    return fit_softmax(features, labels, count, penalty=PENALTY, steps=STEPS)


def folds(labels: NDArray[np.int64], count: int, seed: int) -> Iterable[NDArray[np.int64]]:
    """Deal every class evenly into `count` parts; return the places of each part."""
    random = np.random.default_rng(seed)
    part = np.zeros(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        random.shuffle(places)
        part[places] = np.arange(len(places)) % count
    return [found for found in (np.flatnonzero(part == n) for n in range(count)) if len(found)]


def calibrate(logits: Array, labels: NDArray[np.int64]) -> float:
    """Return the factor on unseen logits that makes the probabilities fit what happened.

    One temperature for all classes (Guo et al. 2017, arXiv:1706.04599), by golden section on the
    mean log loss, which has one minimum.
    """
    rows = np.arange(len(labels))

    def loss(factor: float) -> float:
        chosen = softmax(factor * logits)[rows, labels]
        return -float(np.mean(np.log(np.maximum(chosen, 1e-300))))

    ratio = (5**0.5 - 1) / 2
    low, high = 0.05, 5.0
    while high - low > 1e-3:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return (low + high) / 2
