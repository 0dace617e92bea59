"""The classifiers that are compared: the plain head, and the one that serves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from training.benchmarks.metrics import Floats, places_of
from understanding import intents, scope
from understanding.lessons import Encode
from understanding.logistic import fit_softmax, softmax

T = TypeVar("T")
Vectors = NDArray[np.float32]

#: Inverse regularisation of the plain head, in scikit-learn's meaning (C). Trained on a part of
#: banking77's train and asked the rest: 3, 10, 30 and 100 gave 77.9, 79.1, 79.1 and 79.0 % with 5
#: examples per intent, 83.2, 84.2, 84.3 and 84.3 % with 10, and 90.9, 92.0, 92.1 and 91.9 % with 90.
PLAIN_C = 30.0
#: In-scope messages that may be rejected: of scope training, and of thresholds from held-out examples.
FALSE_ALARMS = 0.05


@dataclass(frozen=True)
class Examples:
    """Texts with their vectors."""

    texts: tuple[str, ...]
    vectors: Vectors

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, places: NDArray[np.int64]) -> Examples:
        """Return the rows at these places, in their order."""
        return Examples(tuple(self.texts[place] for place in places), self.vectors[places])


@dataclass(frozen=True)
class Answer:
    """What a head says of messages."""

    probabilities: Floats
    """(messages, in-scope intents)."""
    scope: Floats
    """(messages,), 0 to 1; higher is more in scope."""


class Fitted(Protocol):
    """A trained head."""

    @property
    def intents(self) -> tuple[str, ...]:
        """The in-scope intents, in the order of the probabilities' columns."""

    @property
    def size(self) -> int:
        """Bytes of its arrays as they are kept for serving."""

    def answer(self, messages: Examples) -> Answer: ...


class Head(Protocol):
    """A way to train on examples; `outside` are messages known to be out of scope, or None."""

    @property
    def name(self) -> str: ...

    def fit(self, examples: Examples, names: Sequence[str], outside: Examples | None) -> Fitted: ...


@dataclass(frozen=True)
class FittedPlain:
    intents: tuple[str, ...]
    weights: Vectors
    biases: Vectors

    @property
    def size(self) -> int:
        return self.weights.nbytes + self.biases.nbytes

    def answer(self, messages: Examples) -> Answer:
        logits = (messages.vectors @ self.weights + self.biases).astype(np.float64)
        probabilities = softmax(logits)
        return Answer(probabilities, probabilities.max(axis=1))


class Plain:
    """Logistic regression on sentence vectors alone; the highest probability speaks for scope.

    It cannot learn from messages out of scope: they have no intent.
    """

    name = "plain head"

    def fit(self, examples: Examples, names: Sequence[str], outside: Examples | None) -> Fitted:
        known = tuple(sorted(set(names)))
        labels = places_of(names, known)
        penalty = 1.0 / (PLAIN_C * len(labels))
        weights, biases = fit_softmax(examples.vectors, labels, len(known), penalty=penalty)
        return FittedPlain(known, weights.astype(np.float32), biases.astype(np.float32))


@dataclass(frozen=True)
class FittedOurs:
    model: intents.IntentModel
    scope: scope.ScopeModel

    @property
    def intents(self) -> tuple[str, ...]:
        return tuple(name for name in self.model.intents if name != scope.OUT_OF_SCOPE)

    @property
    def size(self) -> int:
        model = self.model
        return model.weights.nbytes + model.biases.nbytes + self.scope.examples.nbytes

    def answer(self, messages: Examples) -> Answer:
        probabilities = self.model.probabilities_of_many(messages.texts, messages.vectors)
        similarity = scope.nearest(messages.vectors, self.scope.examples)
        evidence = scope.collect(similarity, probabilities, self.scope.outside)
        logits = evidence @ self.scope.weights + self.scope.bias
        known = [place for place, name in enumerate(self.model.intents) if name in self.intents]
        inside = probabilities[:, known]
        return Answer(inside, softmax(np.stack([np.zeros_like(logits), logits], axis=1))[:, 1])


@dataclass(frozen=True)
class Ours:
    """`understanding.intents` and `understanding.scope` as they serve."""

    encode: Encode
    """For the intents' names and the misspelt copies."""
    name: str = "Handrail"

    def fit(self, examples: Examples, names: Sequence[str], outside: Examples | None) -> Fitted:
        texts, vectors, labels = list(examples.texts), examples.vectors, list(names)
        if outside is not None:
            texts += outside.texts
            vectors = np.vstack([vectors, outside.vectors])
            labels += [scope.OUT_OF_SCOPE] * len(outside)
        trained = intents.train(texts, vectors, labels, encode=self.encode)
        model, _ = scope.train(trained, vectors, false_alarms=FALSE_ALARMS)
        return FittedOurs(trained.model, model)


@dataclass(frozen=True)
class FittedIntents:
    model: intents.IntentModel

    @property
    def intents(self) -> tuple[str, ...]:
        return self.model.intents

    @property
    def size(self) -> int:
        return self.model.weights.nbytes + self.model.biases.nbytes

    def answer(self, messages: Examples) -> Answer:
        probabilities = self.model.probabilities_of_many(messages.texts, messages.vectors)
        return Answer(probabilities, probabilities.max(axis=1))


@dataclass(frozen=True)
class OurIntents:
    """`understanding.intents` alone: where out_of_scope is an intent, it is one among the others."""

    encode: Encode
    name: str = "Handrail"

    def fit(self, examples: Examples, names: Sequence[str], outside: Examples | None) -> Fitted:
        trained = intents.train(examples.texts, examples.vectors, names, encode=self.encode)
        return FittedIntents(trained.model)


@dataclass(frozen=True)
class Cost:
    """What a head costs on one set; seconds of training with vectors at hand."""

    train_seconds: float
    message_ms: float
    """Median of one message alone, its vector at hand."""
    size: int


def timed(
    head: Head, examples: Examples, names: Sequence[str], outside: Examples | None
) -> tuple[Fitted, Cost]:
    """Train and take the time of training and of single training messages, in processor time.

    Processor time, because other work on the machine must not count as ours.
    """
    started = time.process_time()
    fitted = head.fit(examples, names, outside)
    seconds = time.process_time() - started
    return fitted, Cost(seconds, _message_ms(fitted, examples), fitted.size)


def _message_ms(fitted: Fitted, examples: Examples, count: int = 100) -> float:
    places = range(min(count, len(examples)))
    return median_ms(fitted.answer, [examples.take(np.array([place])) for place in places])


def median_ms(work: Callable[[T], object], items: Iterable[T]) -> float:
    """Return the median processor time of the work on one item, in ms."""
    times = []
    for item in items:
        started = time.process_time()
        work(item)
        times.append(time.process_time() - started)
    return 1000 * float(np.median(times))
