"""In which order messages come to the trainer: the queue's own, and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.review.evidence import NEAR_ENOUGH, VOTE
from training.review.ranking import Rankable, rank
from training.review.reasons import Doubt, Reason
from training.review.taught import Example, Near, Taught
from training.review.wrongness import FEATURES, features, fit

Floats = NDArray[np.float64]
DOUBT = Doubt()


@dataclass(frozen=True)
class Morning:
    """What the trainer's room knows when the trainer comes in."""

    waiting: NDArray[np.int64]
    """Places of the messages that nobody has labelled."""
    vectors: NDArray[np.float32]
    """Theirs."""
    probabilities: Floats
    """What last night's model makes of them, (messages, intents)."""
    intents: tuple[str, ...]
    taught_vectors: NDArray[np.float32]
    taught_intents: tuple[str, ...]
    seen: Sequence[tuple[Floats, bool]]
    """Features of the messages labelled so far, and whether the model had misread them."""
    random: np.random.Generator


Order = Callable[[Morning, int], list[int]]
"""The places within `waiting` of those to label, best first."""


def by_chance(morning: Morning, count: int) -> list[int]:
    size = min(count, len(morning.waiting))
    return [int(one) for one in morning.random.choice(len(morning.waiting), size, replace=False)]


def least_sure(morning: Morning, count: int) -> list[int]:
    """The textbook's: the lowest best probability first."""
    best = morning.probabilities.max(axis=1)
    return [int(one) for one in np.argsort(best, kind="stable")[:count]]


def as_the_queue(morning: Morning, count: int) -> list[int]:
    """As the trainer's page has it: the reasons, the chance of being misread, and `rank`, unchanged.

    Of the reasons only those that a message alone gives: nobody in a public set asks again or goes to a person.
    """
    chances = fit(morning.seen).of_many(rows(morning))
    items = [
        Rankable(vector, probabilities, float(wrong), 1)
        for vector, probabilities, wrong in zip(
            morning.vectors, morning.probabilities, chances, strict=True
        )
    ]
    return rank(items, morning.taught_vectors, count)


def rows(morning: Morning, places: Sequence[int] | None = None, *, second: bool = True) -> Floats:
    """The features (training.review.wrongness) of these of the messages, or of all.

    Without the second model's word where they are lessons: the queue learns without it, too.
    """
    which = np.arange(len(morning.waiting)) if places is None else np.array(places, dtype=np.int64)
    probabilities = morning.probabilities[which]
    taught = Taught(
        [Example("", intent, "") for intent in morning.taught_intents], morning.taught_vectors
    )
    nearest = taught.near(morning.vectors[which]) if second else [Near((), ())] * len(which)
    two, said = np.sort(probabilities, axis=1)[:, -2:], probabilities.argmax(axis=1)
    found = []
    for near, (runner_up, first), guess in zip(nearest, two, said, strict=True):
        reasons = set()
        if first < DOUBT.low:
            reasons.add(Reason.LOW_CONFIDENCE)
        if first - runner_up < DOUBT.margin:
            reasons.add(Reason.CLOSE_RUNNER_UP)
        if _disagrees(near, morning.intents[guess]):
            reasons.add(Reason.MODELS_DISAGREE)
        found.append(features(reasons, float(first), float(first - runner_up)))
    return np.stack(found) if found else np.zeros((0, len(FEATURES)))


def _disagrees(near: Near, guess: str) -> bool:
    """As the queue has it (training.review.sight)."""
    vote = near.vote
    return (
        vote is not None and near.cosines[0] >= NEAR_ENOUGH and vote[1] >= VOTE and vote[0] != guess
    )


ORDERS: dict[str, Order] = {
    "the queue": as_the_queue,
    "by chance": by_chance,
    "least sure first": least_sure,
}
