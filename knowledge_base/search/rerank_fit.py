"""What a reranker learns from, and what its scores weigh beside the other features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from encoder.tune_reranker import Lesson
from knowledge_base.search.calibration import Calibration
from knowledge_base.search.evaluation import Case, fit_probabilities, weighed
from knowledge_base.search.find import FEATURES, Query, mend
from knowledge_base.search.fitting import Choice, Logistic, fit_choice
from knowledge_base.search.index import Snapshot
from knowledge_base.search.records import TextEncoder
from knowledge_base.search.rerank import nearest_passage

#: Wrong passages that a question offers, of the articles that search puts first.
HARD = 10
#: Keeps the other features' weights where they are, and the reranker's near 0 while little speaks for it.
FIXED_L2, RERANKED_L2 = 1e6, 0.03


def lessons_of(
    snapshot: Snapshot, encoder: TextEncoder, cases: Sequence[Case], calibration: Calibration
) -> list[Lesson]:
    """Of each question whose article was found: its nearest passage, and those of the articles beside it."""
    lessons = []
    for case in cases:
        query = mend(snapshot, Query(case.example.text), encoder.is_word)
        vector = encoder.encode(query.text)
        order = calibration.rank(case.found)
        right = [one.found.record for one in order if case.right(one.found)]
        wrong = [one.found.record for one in order if not case.right(one.found)][:HARD]
        if right and wrong:
            lessons.append(
                Lesson(
                    query.text,
                    nearest_passage(snapshot, right[0], vector),
                    tuple(nearest_passage(snapshot, record, vector) for record in wrong),
                )
            )
    return lessons


def widened(before: Calibration) -> Calibration:
    """The same calibration for candidates that a reranker has read, which count nothing yet."""
    if before.reads_reranker:
        return before
    return replace(
        before,
        fusion=(*before.fusion, 0.0),
        first=_widened(before.first),
        any_option=_widened(before.any_option),
    )


def fit_reranked(
    before: Calibration,
    cases: Sequence[Case],
    mixed: Sequence[Case],
    *,
    today: date,
    about: dict[str, Any],
) -> Calibration:
    """The calibration with the reranker's weight by `cases` and probabilities by `mixed`, all read by it.

    The other weights of the ranking stay. The questions must not be those that the reranker learned from:
    on those it is surer than it will ever be again.
    """
    start = widened(before)
    fusion = fit_weight(start, cases)
    return fit_probabilities(
        replace(start, fusion=fusion), weighed(mixed), today=today, about=about
    )


def fit_weight(before: Calibration, cases: Sequence[Case]) -> tuple[float, ...]:
    """The ranking's weights, the last one as these cases have it."""
    start = widened(before)
    choices = [
        Choice(np.array([found.features for found in case.found]), right, case.weight)
        for case in cases
        if (right := tuple(at for at, found in enumerate(case.found) if case.right(found)))
    ]
    if not choices:
        return start.fusion
    l2 = np.array([*[FIXED_L2] * len(FEATURES), RERANKED_L2])
    fitted = fit_choice(choices, l2=l2, prior=np.array(start.fusion))
    # A reranker that counts against what it reads has learned nothing.
    return (*start.fusion[: len(FEATURES)], max(0.0, float(fitted[-1])))


def _widened(model: Logistic) -> Logistic:
    return Logistic(model.intercept, (*model.weights, 0.0)) if model.weights else model
