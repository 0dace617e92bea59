"""Which intent a message has, as calibrated probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understanding.errors import UnderstandingError
from understanding.features import build
from understanding.lessons import Encode, Lessons, gather
from understanding.logistic import Array, fit_softmax, softmax

#: Intents decided by a component of their own. The encoder reads English: other languages would look alike
#: to it, and like the gibberish that is out of scope.
DECIDED_ELSEWHERE = frozenset({"foreign_language"})

#: The loss still falls after 50 steps, the error on unseen examples does not.
STEPS = 60
FOLDS = 5
#: From so many examples on one fold compares settings well enough, and three calibrate.
MANY = 1000
FOLDS_OF_MANY = 3
#: What misspelt copies count where settings are compared: they slip in most of their words.
SLIPPED = 0.25


@dataclass(frozen=True)
class Setting:
    """What is chosen by held-out examples."""

    words: float
    """What hashed words count beside the sentence vector."""
    penalty: float


#: On train parts of banking77: with 5 or 10 examples of an intent words at half are 1 to 3 points better
#: than at one, with 40 or more they are level; 1e-5 is half a point better with all examples, and
#: 1 to 2 points worse on data/nlu.
SETTINGS = (Setting(0.5, 3e-5), Setting(1.0, 3e-5), Setting(1.0, 1e-5))


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
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    intents: Sequence[str],
    *,
    encode: Encode | None = None,
    seed: int = 0,
) -> Trained:
    """Train on examples; the same examples in the same order give the same model.

    With ``encode`` it learns from the intents' names and from misspelt copies as well (`lessons`).

    Raises:
        UnderstandingError: fewer than two intents, or lengths differ.
    """
    names, labels = _labels_of(texts, vectors, intents)
    lessons = gather(texts, vectors, labels, names, encode, seed=seed)
    parts = list(folds(labels, FOLDS_OF_MANY if len(labels) >= MANY else FOLDS, seed))
    tried = parts[:1] if len(labels) >= MANY else parts
    school = _School(lessons, len(names), vectors.shape[1])
    found = {setting: school.unseen(setting, tried) for setting in SETTINGS}
    setting = min(SETTINGS, key=lambda one: school.loss(found[one], tried))
    logits = found[setting]
    if rest := parts[len(tried) :]:
        others = np.concatenate(rest)
        logits[others] = school.unseen(setting, rest)[others]
    logits = logits[: len(labels)]
    sharpness = calibrate(logits, labels)
    weights, biases = school.fit(setting, np.arange(len(lessons.labels)))
    model = IntentModel(names, weights.astype(np.float32), biases.astype(np.float32), sharpness)
    return Trained(model, softmax(sharpness * logits), labels)


def train_as_set(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    intents: Sequence[str],
    *,
    setting: Setting,
    sharpness: float,
    encode: Encode | None = None,
    seed: int = 0,
) -> IntentModel:
    """Train as `train` does, with a setting and a sharpness that were found elsewhere.

    For an encoder that was tuned on these very examples: to it none of them is unseen, and folds would
    find it surer and better than it is.

    Raises:
        UnderstandingError: as `train`.
    """
    names, labels = _labels_of(texts, vectors, intents)
    lessons = gather(texts, vectors, labels, names, encode, seed=seed)
    school = _School(lessons, len(names), vectors.shape[1])
    weights, biases = school.fit(setting, np.arange(len(lessons.labels)))
    return IntentModel(names, weights.astype(np.float32), biases.astype(np.float32), sharpness)


def _labels_of(
    texts: Sequence[str], vectors: NDArray[np.float32], intents: Sequence[str]
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    names = tuple(sorted(set(intents)))
    if len(names) < 2:
        raise UnderstandingError(f"a classifier needs two intents or more, got {list(names)}")
    if not len(texts) == len(vectors) == len(intents):
        raise UnderstandingError(
            f"{len(texts)} texts, {len(vectors)} vectors and {len(intents)} intents: not the same"
        )
    places = {name: place for place, name in enumerate(names)}
    labels = np.array([places[intent] for intent in intents], dtype=np.int64)
    return names, labels


class _School:
    """Fits on lessons with one setting or another."""

    def __init__(self, lessons: Lessons, count: int, dimension: int) -> None:
        self._lessons = lessons
        self._count = count
        self._dimension = dimension

    def unseen(self, setting: Setting, parts: Iterable[NDArray[np.int64]]) -> Array:
        """Return (rows, intents): logits of each part's examples, and of their copies, without them."""
        features = self._lessons.features
        logits = np.zeros((len(features), self._count))
        for held in parts:
            weights, biases = self.fit(setting, self._lessons.without(held))
            rows = self._lessons.of(held)
            logits[rows] = features[rows] @ weights + biases
        return logits

    def loss(self, logits: Array, parts: Sequence[NDArray[np.int64]]) -> float:
        """Return how badly these parts were understood, as typed well and with slips."""
        rows = self._lessons.of(np.concatenate(parts))
        real = rows == self._lessons.source[rows]
        sharp = calibrate(logits[rows[real]], self._lessons.labels[rows[real]])
        clean, slipped = (
            _loss(sharp * logits[some], self._lessons.labels[some]) if len(some) else 0.0
            for some in (rows[real], rows[~real])
        )
        return clean + SLIPPED * slipped

    def fit(self, setting: Setting, rows: NDArray[np.int64]) -> tuple[Array, Array]:
        """Return weights and biases for features as `build` gives them."""
        features = self._lessons.features[rows]
        features[:, self._dimension :] *= np.float32(setting.words)
        weights, biases = fit_softmax(
            features,
            self._lessons.labels[rows],
            self._count,
            penalty=setting.penalty,
            steps=STEPS,
            shares=self._lessons.balanced(rows),
        )
        # Words at a half with a weight are words at one with half of it.
        weights[self._dimension :] *= setting.words
        return weights, biases


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
    ratio = (5**0.5 - 1) / 2
    low, high = 0.05, 5.0
    while high - low > 1e-3:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if _loss(left * logits, labels) < _loss(right * logits, labels):
            high = right
        else:
            low = left
    return (low + high) / 2


def _loss(logits: Array, labels: NDArray[np.int64]) -> float:
    chosen = softmax(logits)[np.arange(len(labels)), labels]
    return -float(np.mean(np.log(np.maximum(chosen, 1e-300))))
