"""Whether a message is a shop's business at all, by four kinds of evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understanding.errors import UnderstandingError
from understanding.intents import FOLDS, Trained, folds
from understanding.logistic import Array, fit_softmax, softmax

OUT_OF_SCOPE = "out_of_scope"
#: Evidence has few columns, so this only keeps separable data from infinite weights.
PENALTY = 1e-3
#: Nearest examples averaged: one alone may be an oddity of the training data.
NEIGHBOURS = 3
#: Examples that a message is compared with at most, evenly of all intents: 0.5 ms.
KEPT = 5000
#: Messages compared at once: 256 x 5,000 cosines are 5 MB.
BLOCK = 256
#: Stands for the logarithm of no probability at all.
LEAST = 1e-30
NO_INTENT = -1


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
    """The column of the out_of_scope intent, or NO_INTENT."""

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
    """Out-of-scope examples called out of scope; without any, examples of intents not known."""


def nearest(
    vectors: NDArray[np.float32],
    examples: NDArray[np.float32],
    apart: Callable[[NDArray[np.int64]], NDArray[np.bool_]] | None = None,
) -> Array:
    """Return each vector's mean cosine to its nearest examples.

    ``apart`` says of some of the vectors, by their places, which examples don't count for each.
    """
    found = np.zeros(len(vectors))
    for start in range(0, len(vectors), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(vectors)))
        cosines = vectors[rows] @ examples.T
        if apart is not None:
            cosines[apart(rows)] = -1.0
        found[rows] = np.partition(cosines, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:].mean(axis=1)
    return found


def collect(similarity: Array, probabilities: Array, outside: int) -> Array:
    """Return (messages, 4): similarity, the best in-scope intent, log-odds of out_of_scope, prominence.

    Prominence is how far the best in-scope intent stands above their average, as a logarithm: of a
    message of no known kind the classifier is as unsure as of all, and says so by little prominence
    even where its best is far above the second. Intents of probability 0 are left out.
    """
    inside, away = probabilities, np.zeros(len(probabilities))
    if outside != NO_INTENT:
        inside = np.delete(probabilities, outside, axis=1)
        share = np.clip(probabilities[:, outside], 1e-6, 1 - 1e-6)
        away = np.log(share / (1 - share))
    logs = np.where(inside > 0, np.log(np.maximum(inside, LEAST)), np.nan)
    prominence = np.nanmax(logs, axis=1) - np.nanmean(logs, axis=1)
    return np.stack([similarity, inside.max(axis=1), away, prominence], axis=1)


def train(
    trained: Trained, vectors: NDArray[np.float32], *, false_alarms: float, seed: int = 1
) -> tuple[ScopeModel, ScopeQuality]:
    """Learn from the intent training's held-out probabilities.

    What is out of scope it learns from examples of that intent, where there are any, and from every
    other example as it would look if nobody had thought of its intent: without that intent's
    probability, and without its examples as neighbours.

    The threshold calls at most the share `false_alarms` of in-scope examples out of scope, measured
    on examples that neither the intent model nor the evidence weights had seen.

    Raises:
        UnderstandingError: too few examples, or fewer than two intents in scope.
    """
    names: Sequence[str] = trained.model.intents
    outside = names.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in names else NO_INTENT
    inside = np.flatnonzero(trained.labels != outside)
    vectors = np.asarray(vectors, dtype=np.float32)
    labels, known = trained.labels[inside], vectors[inside]
    if len(inside) <= NEIGHBOURS or len(set(labels.tolist())) < 2:
        raise UnderstandingError(f"scope needs two intents and more than {NEIGHBOURS} examples")
    kept = _kept(labels)
    examples = known[kept]

    def itself(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        return np.equal(kept[None, :], rows[:, None])

    def its_intent(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        return np.equal(labels[kept][None, :], labels[rows][:, None])

    parts = [
        collect(nearest(known, examples, itself), trained.unseen[inside], outside),
        collect(
            nearest(known, examples, its_intent), _unknown(trained.unseen[inside], labels), outside
        ),
    ]
    if outside != NO_INTENT:
        strange = trained.labels == outside
        parts.append(collect(nearest(vectors[strange], examples), trained.unseen[strange], outside))
    evidence = np.vstack(parts)
    kinds = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    held_out = np.zeros(len(evidence))
    for held in folds(kinds, FOLDS, seed):
        seen = np.setdiff1d(np.arange(len(kinds)), held)
        weights, bias = _fit(evidence[seen], kinds[seen])
        held_out[held] = _sigmoid(evidence[held] @ weights + bias)
    threshold = float(np.quantile(held_out[kinds == 0], false_alarms, method="lower"))
    weights, bias = _fit(evidence, kinds)
    quality = ScopeQuality(
        float(np.mean(held_out[kinds == 0] < threshold)),
        float(np.mean(held_out[kinds == kinds.max()] < threshold)),
    )
    return ScopeModel(examples, weights, bias, threshold, outside), quality


def _kept(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of KEPT examples at most, as even as can be over intents."""
    turn = np.zeros(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        turn[np.random.default_rng(0).permutation(places)] = np.arange(len(places))
    return np.sort(np.argsort(turn, kind="stable")[:KEPT])


def _unknown(probabilities: Array, labels: NDArray[np.int64]) -> Array:
    """Return the probabilities of a classifier that does not know each row's own intent."""
    others = probabilities.copy()
    others[np.arange(len(labels)), labels] = 0.0
    return np.asarray(others / np.maximum(others.sum(axis=1, keepdims=True), LEAST))


def _fit(evidence: Array, kinds: NDArray[np.int64]) -> tuple[Array, float]:
    # Both sides weigh the same, and so do the kinds of one side: training data has 30 times more
    # in-scope examples than others.
    counts = np.bincount(kinds)
    sides = np.array([0.5, *[0.5 / (len(counts) - 1)] * (len(counts) - 1)])
    shares = (sides / np.maximum(counts, 1))[kinds]
    middle, spread = evidence.mean(axis=0), evidence.std(axis=0) + 1e-9
    weights, biases = fit_softmax(
        (evidence - middle) / spread,
        (kinds == 0).astype(np.int64),
        2,
        penalty=PENALTY,
        shares=shares,
    )
    slopes = (weights[:, 1] - weights[:, 0]) / spread
    return slopes, float(biases[1] - biases[0] - slopes @ middle)


def _sigmoid(values: Array) -> Array:
    return softmax(np.stack([np.zeros_like(values), values], axis=1))[:, 1]
