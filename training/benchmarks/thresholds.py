"""From which scope score on a message is answered, chosen without any test message."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.benchmarks.heads import Examples, Head
from training.benchmarks.metrics import Floats, mcc, places_of
from understanding.intents import folds

GROUPS = 5
GROUP_SEED = 0
#: Thresholds tried: so many quantiles of the scores.
CANDIDATES = 200


def at_most_rejected(inside: Floats, share: float) -> float:
    """Return the highest threshold that rejects at most `share` of these in-scope scores."""
    return float(np.quantile(inside, share, method="lower"))


def by_left_out_intents(
    head: Head, examples: Examples, names: Sequence[str], background: Examples | None
) -> float:
    """Return the threshold of the best MCC where whole intents were kept from training.

    Intents are dealt into five groups, and so are each intent's examples. Training leaves out a
    group of intents, whose examples then are out of scope, and a group of the others' examples,
    which are in scope. An example whose intent was not trained counts as out of scope.
    """
    labels = np.array(names)
    known = sorted(set(names))
    order = np.random.default_rng(GROUP_SEED).permutation(len(known))
    group_of = {known[place]: turn % GROUPS for turn, place in enumerate(order)}
    groups = np.array([group_of[name] for name in names])
    codes = places_of(names, known)
    scores, truth, guess = [], [], []
    for number, held in enumerate(folds(codes, GROUPS, GROUP_SEED)):
        strange = groups == number
        kept = ~strange
        kept[held] = False
        rows = np.flatnonzero(kept)
        asked = np.union1d(held, np.flatnonzero(strange))
        fitted = head.fit(examples.take(rows), labels[rows].tolist(), background)
        answer = fitted.answer(examples.take(asked))
        scores.append(answer.scope)
        truth.append(np.where(np.isin(labels[asked], fitted.intents), codes[asked], -1))
        guess.append(places_of(fitted.intents, known)[answer.probabilities.argmax(axis=1)])
    return best_mcc(
        np.concatenate(scores), np.concatenate(truth), np.concatenate(guess), len(known)
    )


def best_mcc(
    scores: Floats, truth: NDArray[np.int64], guess: NDArray[np.int64], classes: int
) -> float:
    """Return the threshold of the best MCC; `truth` is -1 where no intent is right."""
    candidates = np.unique(np.quantile(scores, np.linspace(0, 1, CANDIDATES)))
    outside = classes
    true = np.where(truth < 0, outside, truth)
    figures = [
        mcc(true, np.where(scores >= candidate, guess, outside), classes + 1)
        for candidate in candidates
    ]
    return float(candidates[int(np.argmax(figures))])
