"""The results of one period: per question how many were asked, answered and skipped, and the figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import SurveyAnswer
from conversations.surveys import SCALE, Kind
from insights.surveys import intervals
from insights.surveys.intervals import Estimate
from server.clock import Clock
from server.database import Database
from understanding import bank_numbers, patterns

#: Days that one may look back on.
PERIODS = (30, 90, 365)
COMMENTS = 50
SATISFIED = 4
"""Stars from which on a customer counts as satisfied."""


@dataclass(frozen=True)
class Comment:
    """What somebody wrote beside a score; personal data masked."""

    kind: Kind
    score: int
    text: str
    at: datetime
    conversation: UUID


@dataclass(frozen=True)
class Result:
    """One question over one period; counted are those that were asked in it."""

    kind: Kind
    asked: int
    skipped: int
    counts: Mapping[int, int] = field(default_factory=dict)
    """Answers by score, every score of the scale."""

    @property
    def answered(self) -> int:
        return sum(self.counts.values())

    @property
    def response(self) -> Estimate | None:
        """The share of the asked who answered."""
        return intervals.share(self.answered, self.asked)

    @property
    def figure(self) -> Estimate | None:
        """CSAT: the share of four and five stars, in percent; CES: the mean; NPS: in points."""
        least, most = SCALE[self.kind]
        if self.kind is Kind.CES:
            return intervals.mean(self.counts, least, most)
        if self.kind is Kind.NPS:
            return intervals.net_promoter(self.counts)
        satisfied = sum(count for score, count in self.counts.items() if score >= SATISFIED)
        found = intervals.share(satisfied, self.answered)
        if found is None:
            return None
        return Estimate(100 * found.value, 100 * found.low, 100 * found.high, found.of)


@dataclass(frozen=True)
class Results:
    days: int
    since: datetime
    questions: tuple[Result, ...]
    """Of every kind, asked or not."""
    comments: tuple[Comment, ...]
    """The newest first."""


class SurveyResults:
    """Reads what customers answered; nothing is kept here."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def read(self, days: int) -> Results:
        """The last so many days, one of ``PERIODS``; another number gives the first of them."""
        days = days if days in PERIODS else PERIODS[0]
        since = self._clock.now() - timedelta(days=days)
        async with self._database.read() as db:
            questions = await _questions(db, since)
            comments = await _comments(db, since)
        return Results(days, since, questions, comments)


async def _questions(db: AsyncSession, since: datetime) -> tuple[Result, ...]:
    rows = await db.execute(
        select(
            SurveyAnswer.kind,
            SurveyAnswer.score,
            func.count(),
            func.count(SurveyAnswer.skipped_at),
        )
        .where(SurveyAnswer.asked_at >= since)
        .group_by(SurveyAnswer.kind, SurveyAnswer.score)
    )
    asked = dict.fromkeys(Kind, 0)
    skipped = dict.fromkeys(Kind, 0)
    counts = {kind: dict.fromkeys(range(low, high + 1), 0) for kind, (low, high) in SCALE.items()}
    for name, score, times, passed in rows:
        kind = Kind(name)
        asked[kind] += times
        skipped[kind] += passed
        if score is not None:
            counts[kind][score] += times
    return tuple(Result(kind, asked[kind], skipped[kind], counts[kind]) for kind in Kind)


async def _comments(db: AsyncSession, since: datetime) -> tuple[Comment, ...]:
    rows = await db.scalars(
        select(SurveyAnswer)
        .where(
            SurveyAnswer.asked_at >= since,
            SurveyAnswer.comment.is_not(None),
            SurveyAnswer.score.is_not(None),
        )
        .order_by(SurveyAnswer.answered_at.desc())
        .limit(COMMENTS)
    )
    return tuple(
        Comment(
            kind=Kind(one.kind),
            score=one.score or 0,
            text=patterns.mask(bank_numbers.hide(one.comment or "")),
            at=one.answered_at or one.asked_at,
            conversation=one.conversation_id,
        )
        for one in rows
    )
