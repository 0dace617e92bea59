"""Ranking and decision on one public set, by weights that never saw its questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.knowledge.asking import Asked
from benchmarks.knowledge.fit import fitting, learn
from knowledge_base.search.calibration import Calibration
from knowledge_base.search.evaluation import Case, refit
from knowledge_base.search.find import FEATURES, Found
from server.clock import SystemClock

Floats = NDArray[np.float64]
Order = list[Found]
Ranker = Callable[[list[Found]], Order]

FOLDS, SEED = 5, 0
#: Reciprocal rank fusion (Cormack 2009).
RRF = 60
COVERAGE = 0.8


@dataclass(frozen=True)
class Ranks:
    """For each question: where the first right article stood, 1 upwards; 0 beyond the first ten."""

    places: NDArray[np.int64]

    def recall(self, cut: int) -> Floats:
        return ((self.places > 0) & (self.places <= cut)).astype(np.float64)

    @property
    def reciprocal(self) -> Floats:
        places = np.maximum(self.places, 1)
        return np.where(self.places > 0, 1.0 / places, 0.0)


@dataclass(frozen=True)
class Decided:
    """For each question, half of them with their articles hidden: was the first right, what spoke for it."""

    probability: Floats
    right: NDArray[np.bool_]
    cosine: Floats
    """The greatest cosine of all candidates: what a plain threshold would look at."""


def by(name: str) -> Ranker:
    """Best first by one feature."""
    at = FEATURES.index(name)
    return lambda found: sorted(found, key=lambda one: -one.features[at])


def by_question_and_answer(found: list[Found]) -> Order:
    """By the better of the question's cosine and the whole article's."""
    question, whole = FEATURES.index("question"), FEATURES.index("whole")
    return sorted(found, key=lambda one: -max(one.features[question], one.features[whole]))


def by_rank_fusion(found: list[Found]) -> Order:
    """By the sum of reciprocal ranks among vectors and among words."""
    score: dict[str, float] = {}
    for name in ("nearest", "lexical"):
        for rank, one in enumerate(by(name)(found), 1):
            score[one.record.slug] = score.get(one.record.slug, 0.0) + 1.0 / (RRF + rank)
    return sorted(found, key=lambda one: -score[one.record.slug])


BASELINES: dict[str, Ranker] = {
    "BM25": by("lexical"),
    "question vectors": by("question"),
    "question and answer vectors": by_question_and_answer,
    "passage vectors": by("passage"),
    "rank fusion": by_rank_fusion,
}


def ranks(cases: Sequence[Case], ranker: Ranker) -> Ranks:
    places = []
    for case in cases:
        order = ranker(case.found)[:10]
        right = (place for place, found in enumerate(order, 1) if case.right(found))
        places.append(next(right, 0))
    return Ranks(np.array(places))


def calibrated(calibration: Calibration) -> Ranker:
    return lambda found: [one.found for one in calibration.rank(found)]


def others(asked: Sequence[Asked], name: str) -> Calibration:
    """Fitted on every house but this one: what a new house gets."""
    return learn([one for one in asked if one.house.name != name], {})


def crossed(one: Asked, before: Calibration) -> list[tuple[NDArray[np.int64], Calibration]]:
    """The calibration as a house refits it on its own questions, by five folds.

    Each is (the places that are asked, what was fitted on the others).
    """
    fold = np.random.default_rng(SEED).integers(0, FOLDS, len(one.cases))
    found = []
    for number in range(FOLDS):
        seen = np.flatnonzero(fold != number)
        cases, mixed = ([part[at] for at in seen] for part in (one.cases, one.half_hidden()))
        found.append(
            (
                np.flatnonzero(fold == number),
                refit(before, cases, mixed, today=SystemClock().now().date(), about={}),
            )
        )
    return found


def crossed_ranks(one: Asked, folds: list[tuple[NDArray[np.int64], Calibration]]) -> Ranks:
    places = np.zeros(len(one.cases), dtype=np.int64)
    for rows, calibration in folds:
        found = ranks([one.cases[at] for at in rows], calibrated(calibration))
        places[rows] = found.places
    return Ranks(places)


def decided(cases: Sequence[Case], calibration: Calibration) -> Decided:
    probability, right, cosine = [], [], []
    nearest = FEATURES.index("nearest")
    for case in cases:
        order = calibration.rank(case.found)
        probability.append(calibration.probabilities(order)[0])
        right.append(case.right(order[0].found))
        cosine.append(max(float(one.features[nearest]) for one in case.found))
    return Decided(np.array(probability), np.array(right, dtype=np.bool_), np.array(cosine))


def crossed_decided(one: Asked, folds: list[tuple[NDArray[np.int64], Calibration]]) -> Decided:
    mixed = one.half_hidden()
    probability, cosine = np.zeros(len(mixed)), np.zeros(len(mixed))
    right = np.zeros(len(mixed), dtype=np.bool_)
    for rows, calibration in folds:
        part = decided([mixed[at] for at in rows], calibration)
        probability[rows], right[rows], cosine[rows] = part.probability, part.right, part.cosine
    return Decided(probability, right, cosine)


def precision_at(
    probability: Floats, right: NDArray[np.bool_], coverage: float = COVERAGE
) -> float:
    """Share of right first articles among the `coverage` most probable."""
    kept = np.argsort(-probability, kind="stable")[: max(1, round(coverage * len(right)))]
    return float(right[kept].mean())


def held_out(one: Asked) -> list[Case]:
    """The starter's questions that nothing was fitted on."""
    learned = {id(case) for case in fitting(one.cases, one.house.name)}
    return [case for case in one.cases if id(case) not in learned]
