"""Does a reranker pay: the same questions with it and without it, its weight never fitted on what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from knowledge_base.search.calibration import Calibration
from knowledge_base.search.evaluation import Case
from knowledge_base.search.held_out import Asked, Verdict, about, verdict_of
from knowledge_base.search.rerank import ReadsPairs, Reranker
from knowledge_base.search.rerank_fit import fit_reranked, fit_weight, widened

#: Questions whose article is hidden, of those that the probabilities are fitted on: every second one.
HIDDEN = 2


@dataclass(frozen=True)
class Judged:
    verdict: Verdict
    calibration: Calibration
    """Fitted on all these questions."""
    milliseconds: float
    """That a question took more."""


def judge(
    reader: ReadsPairs,
    asked: Sequence[Asked],
    slugs: frozenset[str],
    before: Calibration,
    *,
    today: datetime,
    now: Callable[[], float],
) -> Judged:
    """Rank the questions about these articles with it and without it; none of them may have been learned from."""
    without = widened(before)
    reranker = Reranker(reader, without)
    cases: list[Case] = []
    started = now()
    for one in asked:
        cases += reranker.read_cases(one.snapshot, one.encoder, about(one.cases, slugs))
    milliseconds = 1000 * (now() - started) / max(1, len(cases))
    found = np.array([_right(case, without) for case in cases], dtype=np.bool_)
    after = np.zeros_like(found)
    # By article, so that a variant of a question is never judged by a weight that its siblings chose.
    half = {slug: at % 2 for at, slug in enumerate(sorted(slugs))}
    side = np.array([half[min(case.example.articles)] for case in cases])
    for out in (0, 1):
        others = [case for case, at in zip(cases, side, strict=True) if at != out]
        fitted_on_others = replace(without, fusion=fit_weight(without, others))
        for at in np.flatnonzero(side == out):
            after[at] = _right(cases[at], fitted_on_others)
    calibration = fit_reranked(
        before,
        cases,
        _half_hidden(cases),
        today=today.date(),
        about={"source": "reranker", "questions": len(cases)},
    )
    return Judged(verdict_of(found, after), calibration, milliseconds)


def _half_hidden(cases: Sequence[Case]) -> list[Case]:
    """Every second question as if its article did not exist."""
    mixed = []
    for at, case in enumerate(cases):
        if at % HIDDEN:
            found = [one for one in case.found if not case.right(one)]
            case = replace(case, found=found, hidden=True)
        mixed.append(case)
    return mixed


def _right(case: Case, calibration: Calibration) -> bool:
    order = calibration.rank(case.found)
    return bool(order) and case.right(order[0].found)
