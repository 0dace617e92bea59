"""Answer, choose or nothing: the policy over calibrated probabilities."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from knowledge_base.models import Audience
from knowledge_base.search.calibration import OPTIONS, Calibration, Ranked
from knowledge_base.search.records import Record
from understanding.language import ENGLISH

#: Options are offered when it is at least this likely that one of them helps. Chosen on the fitting half of
#: data/articles/questions.jsonl with ABOUT_EQUAL = 0.2: at 0.5 / 0.55 / 0.6 / 0.65 the right article was shown for
#: .86 / .85 / .79 / .66 of the answerable questions, and .43 / .54 / .75 / .79 of the others got "nothing".
CHOOSE_FROM = 0.6
#: An option this much less likely than the first is not "about equally likely" any more.
ABOUT_EQUAL = 0.2
#: With a second article this near to the first in share, to answer with the first would be to guess.
TIED = 0.4


class Kind(enum.StrEnum):
    ANSWER = "answer"
    CHOOSE = "choose"
    NOTHING = "nothing"


@dataclass(frozen=True)
class DecisionContext:
    """What the conversation knows beside the question.

    `topic` is what was spoken of before (words or an intent's name); it helps questions of one word. `language`
    is that of the articles, None all: the assistant answers in its own.
    """

    intent: str | None = None
    confidence: float = 0.0
    excluded: frozenset[UUID] = frozenset()
    topic: str | None = None
    audience: str = Audience.PUBLIC.value
    language: str | None = ENGLISH


@dataclass(frozen=True)
class Candidate:
    """An article that may answer; `score` is its share among all candidates, 0 to 1."""

    article_id: UUID
    version: int
    slug: str
    title: str
    score: float
    probability: float
    context: str
    action: str
    outcome: str
    signals: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        record: Record,
        *,
        score: float = 1.0,
        probability: float = 1.0,
        signals: dict[str, float] | None = None,
    ) -> Candidate:
        return cls(
            article_id=record.id,
            version=record.version,
            slug=record.slug,
            title=record.title,
            score=round(score, 4),
            probability=round(probability, 4),
            context=record.context,
            action=record.action,
            outcome=record.outcome,
            signals=signals or {},
        )


@dataclass(frozen=True)
class Decision:
    """What to do with a question.

    `candidates`: the one article of an answer first, then the runners-up; the two to four options of a choice;
    for nothing, what came nearest. `probability` is that of the first candidate.
    """

    kind: str
    probability: float
    candidates: tuple[Candidate, ...]
    versions: dict[str, Any]
    milliseconds: float


@dataclass(frozen=True)
class Verdict:
    """The policy's outcome on ranked candidates: what is shown, each with its probability."""

    kind: Kind
    probability: float
    shown: tuple[Ranked, ...]
    probabilities: tuple[float, ...]


def judge(ranked: list[Ranked], calibration: Calibration, precision: float) -> Verdict:
    """Answer when the first candidate is likely enough, else offer options, else nothing."""
    probabilities = calibration.probabilities(ranked)
    if not probabilities:
        return Verdict(Kind.NOTHING, 0.0, (), ())
    first = probabilities[0]
    nearest = tuple(ranked[:OPTIONS])
    tied = len(ranked) > 1 and ranked[1].share >= TIED * ranked[0].share
    if first >= calibration.threshold(precision) and not tied:
        return Verdict(Kind.ANSWER, first, nearest, probabilities)
    close = sum(one >= ABOUT_EQUAL * first for one in probabilities)
    options = max(close, 2)
    if len(nearest) >= 2 and sum(probabilities[:options]) >= CHOOSE_FROM:
        return Verdict(Kind.CHOOSE, first, nearest[:options], probabilities[:options])
    return Verdict(Kind.NOTHING, first, nearest, probabilities)
