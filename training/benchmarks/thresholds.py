"""From which scope score on a message is answered, chosen without any test message."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.benchmarks.heads import Examples, Head
from training.benchmarks.metrics import Floats, places_of
from understanding.intents import folds

FOLDS = 5
FOLD_SEED = 0


def at_most_rejected(inside: Floats, share: float) -> float:
    """Return the highest threshold that rejects at most `share` of these in-scope scores."""
    return float(np.quantile(inside, share, method="lower"))


def by_false_alarms(
    head: Head,
    examples: Examples,
    names: Sequence[str],
    background: Examples | None,
    share: float,
) -> float:
    """Return the highest threshold that rejects at most `share` of examples kept from training.

    It is how `understanding.scope` sets the one that serves: by a target of false alarms.
    """
    labels = np.array(names)
    scores = np.zeros(len(labels))
    for held in folds(places_of(names, sorted(set(names))), FOLDS, FOLD_SEED):
        seen = np.setdiff1d(np.arange(len(labels)), held)
        fitted = head.fit(examples.take(seen), labels[seen].tolist(), background)
        scores[held] = fitted.answer(examples.take(held)).scope
    return at_most_rejected(scores, share)
