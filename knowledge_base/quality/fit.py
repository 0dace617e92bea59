"""Weights of the house's own: fitted near the shipped ones, and kept only where they judge no worse."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from knowledge_base.asked.health import Share
from knowledge_base.asked.questions import REFUSED
from knowledge_base.quality.judged import Asked, Measured, measure
from knowledge_base.quality.labels import is_answerable, seen_by_shipped
from knowledge_base.search import evaluation
from knowledge_base.search.calibration import Calibration
from server.errors import Invalid

FOLDS = 5
#: Of two figures one must be better; the other may be worse by so much, which chance does with 100 questions.
SLACK = 0.01
#: Fitting the ranking needs questions whose right article was found at all.
LEAST_FOUND = 5


@dataclass(frozen=True)
class Figures:
    """How one calibration did on questions that it was not fitted on."""

    questions: int
    answered: int
    precision: Share | None
    coverage: Share | None
    auroc: float | None
    calibration_error: float

    @classmethod
    def of(cls, measured: Measured, target: float) -> Figures:
        row = measured.row(target)
        return cls(
            row.questions,
            row.answered,
            row.precision,
            row.coverage,
            measured.auroc,
            measured.calibration_error,
        )


@dataclass(frozen=True)
class Outcome:
    """A fit: `before` the shipped weights, `after` the house's, each on the same held-out questions."""

    kept: bool
    questions: int
    answerable: int
    before: Figures
    after: Figures
    calibration: Calibration


def fit(
    shipped: Calibration,
    asked: Sequence[Asked],
    *,
    target: float,
    now: datetime,
    by: str,
    checksum: str,
) -> Outcome:
    """Fit on all, and compare by five folds.

    Raises:
        Invalid: the search finds the right article for too few of them.
    """
    before, after = _both_known(
        measure(asked, [shipped] * len(asked)), measure(asked, crossed(shipped, asked, now))
    )
    figures = Figures.of(before, target), Figures.of(after, target)
    answerable = sum(is_answerable(one.label) for one in asked)
    questions = sum(one.label.source != REFUSED for one in asked)
    about: dict[str, Any] = {
        "source": "house",
        "encoder": checksum,
        "by": by,
        "at": now.isoformat(),
        "target": target,
        "questions": questions,
        "answerable": answerable,
        "before": asdict(figures[0]),
        "after": asdict(figures[1]),
    }
    fitted = _refitted(shipped, asked, now, about)
    digest = hashlib.sha256(json.dumps(fitted.as_json()).encode()).hexdigest()[:6]
    fitted = replace(fitted, version=f"{fitted.version}-house-{digest}")
    return Outcome(is_better(*figures), questions, answerable, *figures, fitted)


def crossed(shipped: Calibration, asked: Sequence[Asked], now: datetime) -> list[Calibration]:
    """For each question the weights fitted without it and without a fifth of the others."""
    # Each fold gets its fifth of the questions with an answer, and of those without.
    order = sorted(range(len(asked)), key=lambda at: not is_answerable(asked[at].label))
    fold = {at: place % FOLDS for place, at in enumerate(order)}
    fitted = [
        _refitted(shipped, [one for at, one in enumerate(asked) if fold[at] != out], now, {})
        for out in range(FOLDS)
    ]
    return [fitted[fold[at]] for at in range(len(asked))]


def is_better(before: Figures, after: Figures) -> bool:
    """Whether the probabilities tell right from wrong better, or say better how often, at no cost to the other."""
    gains = [before.calibration_error - after.calibration_error]
    if before.auroc is not None and after.auroc is not None:
        gains.append(after.auroc - before.auroc)
    return max(gains) > 0 and min(gains) >= -SLACK


def _refitted(
    shipped: Calibration, asked: Sequence[Asked], now: datetime, about: dict[str, Any]
) -> Calibration:
    cases = [one.case for one in asked if is_answerable(one.label)]
    found = sum(any(map(case.right, case.found)) for case in cases)
    if found < LEAST_FOUND:
        raise Invalid(
            f"The search finds the right article for {found} of {len(cases)} questions. "
            f"It takes {LEAST_FOUND} to fit; look whether the questions name the right articles."
        )
    mixed = [one.case for one in asked if is_answerable(one.label) or _is_negative(shipped, one)]
    return evaluation.refit(shipped, cases, mixed, today=now.date(), about=about)


def _is_negative(shipped: Calibration, one: Asked) -> bool:
    """Whether the first candidate is known to be wrong, whichever question without an answer it is.

    Without the refused ones only what customers praised would be fitted, and all probabilities would rise.
    """
    if one.label.source != REFUSED:
        return True
    ranked = shipped.rank(one.case.found)
    return bool(ranked) and ranked[0].found.record.slug == one.label.slug


def _both_known(before: Measured, after: Measured) -> tuple[Measured, Measured]:
    """The questions of which something is known under both, and that neither was fitted on."""
    pairs = [
        (one, other)
        for one, other in zip(before.judged, after.judged, strict=True)
        if one.known and other.known and not seen_by_shipped(one.label)
    ]
    return Measured(tuple(one for one, _ in pairs)), Measured(tuple(other for _, other in pairs))
