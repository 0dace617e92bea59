"""Which examples probably have the wrong intent, by confident learning (Northcutt et al. 2021, arXiv:1911.00068).

Every example is judged by a classifier that did not see it. It counts for an intent when its probability there
reaches what the examples of that intent reach on average; how many count for another intent than their own (the
confident joint) says how many are wrong. So many are listed: those that another intent explains most times better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understanding.intents import SETTINGS, calibrate, folds, train_as_set
from understanding.logistic import Array, softmax

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]

FOLDS = 5
#: From so many examples on two thirds of them teach enough, and three folds take half the time.
MANY, FOLDS_OF_MANY = 5000, 3
SEED = 5
TINY = 1e-12
#: An intent with fewer examples is not judged, nor thought likelier: in a fold too few are left to learn from.
SMALL = 8
#: As the classifier that serves, with its words at one: what folds choose most often (understanding.intents).
SETTING = SETTINGS[1]


@dataclass(frozen=True)
class Unseen:
    """What classifiers that had not seen them said of the examples."""

    intents: tuple[str, ...]
    labels: Labels
    probabilities: Array
    """(examples, intents), calibrated."""


@dataclass(frozen=True)
class Suspect:
    """One example by its place; intents by their column."""

    place: int
    given: int
    likely: int
    of_given: float
    of_likely: float

    @property
    def margin(self) -> float:
        """How many times likelier the other intent is, as a logarithm.

        The difference of the two probabilities ranks as well where intents lie far apart, and worse where they lie
        close: of the first hundred listed in data/nlu 62 were wrong on purpose with ratios, 54 with differences
        (seeds 11 to 13 of training.suspects.measure, in the list of that time).
        """
        return float(np.log(self.of_likely + TINY) - np.log(self.of_given + TINY))


def unseen(
    texts: Sequence[str], vectors: Vectors, intents: Sequence[str], *, seed: int = SEED
) -> Unseen:
    """Return each example's probabilities by the head that serves, trained on the other folds.

    The same examples in the same order give the same probabilities.
    """
    names = tuple(sorted(set(intents)))
    columns = {name: column for column, name in enumerate(names)}
    labels = np.array([columns[intent] for intent in intents], dtype=np.int64)
    logits = np.full((len(texts), len(names)), -np.inf)
    for held in folds(labels, FOLDS if len(labels) < MANY else FOLDS_OF_MANY, seed):
        rest = np.setdiff1d(np.arange(len(texts)), held)
        model = train_as_set(
            [texts[place] for place in rest], vectors[rest], [intents[place] for place in rest],
            setting=SETTING, sharpness=1.0, seed=seed,
        )  # fmt: skip
        # Before the softmax: all folds are calibrated together.
        said = np.log(
            model.probabilities_of_many([texts[place] for place in held], vectors[held]) + 1e-300
        )
        # An intent with a single example is unknown where that one is held out.
        known = np.array([columns[name] for name in model.intents])
        logits[np.ix_(held, known)] = said
    judged = np.flatnonzero(np.bincount(labels)[labels] >= SMALL)
    sharpness = calibrate(logits[judged], labels[judged]) if len(judged) else 1.0
    return Unseen(names, labels, softmax(sharpness * logits))


def suspects(found: Unseen, small: int = SMALL) -> list[Suspect]:
    """Return as many examples as the confident joint says are wrong, the clearest first."""
    sizes = np.bincount(found.labels, minlength=len(found.intents))
    rows = np.arange(len(found.labels))
    own = found.probabilities[rows, found.labels]
    judged = sizes[found.labels] >= small
    others = np.where(sizes >= small, found.probabilities, -1.0)
    others[rows, found.labels] = -1.0
    likely = others.argmax(axis=1)
    listed = [
        Suspect(
            int(place), int(found.labels[place]), int(likely[place]), float(own[place]),
            float(others[place, likely[place]]),
        )
        for place in np.flatnonzero(judged & (others[rows, likely] > own))
    ]  # fmt: skip
    listed.sort(key=lambda one: (-one.margin, one.place))
    return listed[: _wrong(found, sizes, own, small)]


def _wrong(found: Unseen, sizes: Labels, own: Array, small: int) -> int:
    """Return how many examples count for another intent than their own."""
    sums = np.bincount(found.labels, weights=own, minlength=len(found.intents))
    with np.errstate(divide="ignore", invalid="ignore"):
        thresholds = np.where(sizes >= small, sums / sizes, np.inf)
    counted = np.where(found.probabilities >= thresholds, found.probabilities, -1.0)
    counts_for = counted.argmax(axis=1)
    reached = counted.max(axis=1) >= 0
    return int(np.sum(reached & (counts_for != found.labels) & (sizes[found.labels] >= small)))


def nearest(vectors: Vectors, labels: Labels, place: int, intent: int, count: int = 2) -> list[int]:
    """Return the places of the intent's examples that are most like the one at `place`, without it."""
    others = np.flatnonzero(labels == intent)
    others = others[others != place]
    likeness = vectors[others] @ vectors[place]
    return [int(others[at]) for at in np.argsort(-likeness, kind="stable")[:count]]
