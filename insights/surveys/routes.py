"""The answers to what customers are asked, over HTTP: `/api/insights/surveys`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from insights.surveys.intervals import Estimate
from insights.surveys.results import Results, SurveyResults
from server.auth import Role, Staff, allow, services

router = APIRouter(prefix="/api/insights", tags=["insights"])


class EstimateView(BaseModel):
    value: float
    low: float
    high: float
    of: int

    @classmethod
    def of_one(cls, one: Estimate | None) -> EstimateView | None:
        return cls(value=one.value, low=one.low, high=one.high, of=one.of) if one else None


class QuestionView(BaseModel):
    kind: str
    asked: int
    answered: int
    skipped: int
    response: EstimateView | None
    """A share, 0 to 1."""
    figure: EstimateView | None
    """CSAT: percent with four stars or five; CES: the mean, 1 to 7; NPS: points, -100 to 100."""
    counts: dict[int, int]


class CommentView(BaseModel):
    kind: str
    score: int
    text: str
    at: datetime
    conversation: UUID


class SurveysView(BaseModel):
    days: int
    since: datetime
    questions: list[QuestionView]
    comments: list[CommentView]

    @classmethod
    def of(cls, found: Results) -> SurveysView:
        questions = [
            QuestionView(
                kind=one.kind.value,
                asked=one.asked,
                answered=one.answered,
                skipped=one.skipped,
                response=EstimateView.of_one(one.response),
                figure=EstimateView.of_one(one.figure),
                counts=dict(one.counts),
            )
            for one in found.questions
        ]
        comments = [
            CommentView(
                kind=one.kind.value,
                score=one.score,
                text=one.text,
                at=one.at,
                conversation=one.conversation,
            )
            for one in found.comments
        ]
        return cls(days=found.days, since=found.since, questions=questions, comments=comments)


def _results(held: Annotated[Any, Depends(services)]) -> SurveyResults:
    return SurveyResults(held.database, held.clock)


@router.get("/surveys")
async def read_surveys(
    results: Annotated[SurveyResults, Depends(_results)],
    _: Annotated[Staff, Depends(allow(Role.SUPERVISOR))],
    days: Annotated[int, Query(ge=1, le=365)] = 30,
) -> SurveysView:
    """CSAT, CES and NPS of those asked in the last 30, 90 or 365 days."""
    return SurveysView.of(await results.read(days))
