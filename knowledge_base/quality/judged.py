"""What each labelled question gets, and what a target precision means on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knowledge_base.asked.health import Share, wilson
from knowledge_base.asked.questions import REFUSED, Labelled
from knowledge_base.search import evaluation
from knowledge_base.search.calibration import Calibration
from knowledge_base.search.decision import Kind, judge
from knowledge_base.search.evaluation import Case
from knowledge_base.search.fitting import Floats
from knowledge_base.search.records import Record

#: No probability reaches it, so the policy says what it does instead of answering.
NEVER = 2.0


class Eager(Calibration):
    """Answers as soon as the policy lets it, however unlikely the answer."""

    def threshold(self, precision: float) -> float:
        return 0.0


@dataclass(frozen=True)
class Asked:
    """A labelled question with what the search found for it."""

    label: Labelled
    case: Case


@dataclass(frozen=True)
class Judged:
    """One question under one calibration."""

    label: Labelled
    first: Record | None
    """The article that an answer would show."""
    probability: float
    answerable: bool
    """With a low enough threshold it would be answered at once."""
    otherwise: Kind
    """What the customer gets when it is not answered at once."""
    helps: bool
    """`first` is a right article."""
    holds: bool
    """A choice would hold a right article."""
    calibration: Calibration
    fresh: bool
    """The calibration was not fitted on it, which would flatter it."""

    @property
    def right(self) -> str | None:
        """Slug of the right article; None when there is none, or nobody knows which."""
        return None if self.label.source == REFUSED else self.label.slug

    @property
    def known(self) -> bool:
        """Whether anything is known of `first`: of a refused question only that one article was wrong."""
        refused = self.label.source == REFUSED
        return not refused or (self.first is not None and self.first.slug == self.label.slug)

    def kind(self, edge: float) -> Kind:
        """The decision, for the probability from which its calibration answers."""
        return Kind.ANSWER if self.answerable and self.probability >= edge else self.otherwise

    def well(self, edge: float) -> bool:
        """Whether the customer is served: the right answer, a choice with it, or rightly nothing."""
        kind = self.kind(edge)
        if kind is Kind.ANSWER:
            return self.helps
        if self.label.slug is None:
            return True
        return kind is Kind.CHOOSE and self.holds


@dataclass(frozen=True)
class Row:
    """What one target precision means: counts of questions, and shares with their intervals."""

    target: float
    questions: int
    answered: int
    helped: int
    choices: int
    choices_with_it: int
    nothing: int

    @property
    def coverage(self) -> Share | None:
        return wilson(self.answered, self.questions)

    @property
    def precision(self) -> Share | None:
        """Of those answered at once; None when none was."""
        return wilson(self.helped, self.answered)


@dataclass(frozen=True)
class Measured:
    """All questions judged; figures are over those of which something is known, and that are `fresh`."""

    judged: tuple[Judged, ...]

    def row(self, target: float) -> Row:
        kinds = self._kinds(target)
        choices = [one for one, kind in kinds if kind is Kind.CHOOSE]
        answers = [one for one, kind in kinds if kind is Kind.ANSWER]
        return Row(
            target,
            len(kinds),
            len(answers),
            sum(one.helps for one in answers),
            len(choices),
            sum(one.holds for one in choices),
            len(kinds) - len(answers) - len(choices),
        )

    def wrong(self, target: float) -> list[Judged]:
        """Those that would get a wrong article at once, the most certain first."""
        found = [one for one, kind in self._kinds(target) if kind is Kind.ANSWER and not one.helps]
        return sorted(found, key=lambda one: -one.probability)

    def golden_lost(self, target: float) -> list[Judged]:
        """The golden ones that are not served well."""
        edges = self._edges(target)
        return [one for one in self.golden if not one.well(edges[id(one.calibration)])]

    @property
    def golden(self) -> list[Judged]:
        return [one for one in self.judged if one.label.golden and one.known]

    @cached_property
    def counted(self) -> tuple[Judged, ...]:
        return tuple(one for one in self.judged if one.known and one.fresh)

    @property
    def auroc(self) -> float | None:
        """How often a right first article has a higher probability than a wrong one; ties count half."""
        return evaluation.auroc(*self._seen)

    @property
    def calibration_error(self) -> float:
        """Expected calibration error over ten equally filled bins (Naeini 2015, by quantiles)."""
        return evaluation.calibration_error(*self._seen)

    @property
    def _seen(self) -> tuple[Floats, NDArray[np.bool_]]:
        probabilities = np.array([one.probability for one in self.counted])
        return probabilities, np.array([one.helps for one in self.counted], dtype=np.bool_)

    def _kinds(self, target: float) -> list[tuple[Judged, Kind]]:
        edges = self._edges(target)
        return [(one, one.kind(edges[id(one.calibration)])) for one in self.counted]

    def _edges(self, target: float) -> dict[int, float]:
        different = {id(one.calibration): one.calibration for one in self.judged}
        return {at: calibration.threshold(target) for at, calibration in different.items()}


def measure(
    asked: Sequence[Asked],
    by: Sequence[Calibration],
    fresh: Callable[[Labelled], bool] = lambda _: True,
) -> Measured:
    """Judge each question by the calibration in its place; `fresh`: it was not fitted on this one."""
    return Measured(
        tuple(_judged(one, fitted, fresh(one.label)) for one, fitted in zip(asked, by, strict=True))
    )


def _judged(asked: Asked, calibration: Calibration, fresh: bool) -> Judged:
    ranked = calibration.rank(asked.case.found)
    verdict = judge(ranked, calibration, NEVER)
    return Judged(
        label=asked.label,
        first=ranked[0].found.record if ranked else None,
        probability=float(verdict.probability),
        answerable=judge(ranked, Eager(**vars(calibration)), 0.0).kind is Kind.ANSWER,
        otherwise=verdict.kind,
        helps=bool(ranked) and asked.case.right(ranked[0].found),
        holds=verdict.kind is Kind.CHOOSE
        and any(asked.case.right(one.found) for one in verdict.shown),
        calibration=calibration,
        fresh=fresh,
    )
