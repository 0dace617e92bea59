"""The week's digest as the API and `handrail kb digest --json` give it."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from knowledge_base.asked.digest import Digest, Doing
from knowledge_base.asked.health import Health


class HealthView(BaseModel):
    views: int
    shown: int
    helped: int
    not_helped: int
    deflected: int

    @classmethod
    def of(cls, one: Health) -> HealthView:
        return cls.model_validate(one, from_attributes=True)


class DoingView(BaseModel):
    slug: str
    title: str
    health: HealthView
    before: HealthView

    @classmethod
    def of(cls, one: Doing) -> DoingView:
        these, those = HealthView.of(one.health), HealthView.of(one.before)
        return cls(slug=one.slug, title=one.title, health=these, before=those)


class TotalsView(BaseModel):
    failed: int
    searches: int
    shown: int
    helped: int
    not_helped: int
    views: int


class RecurringView(BaseModel):
    key: str
    heading: str
    failed: int
    searches: int
    asked: int
    before: int


class OldView(BaseModel):
    slug: str
    title: str
    owner: str | None
    updated: date
    review_by: date | None
    overdue: bool


class DigestView(BaseModel):
    week: str
    totals: TotalsView
    before: TotalsView
    recurring: list[RecurringView]
    worst: list[DoingView]
    old: list[OldView]
    new: list[DoingView]

    @classmethod
    def of(cls, found: Digest) -> DigestView:
        return cls(
            week=str(found.week),
            totals=TotalsView.model_validate(found.totals, from_attributes=True),
            before=TotalsView.model_validate(found.before, from_attributes=True),
            recurring=[
                RecurringView(
                    key=one.cluster.key,
                    heading=one.cluster.heading,
                    failed=one.cluster.failed,
                    searches=one.cluster.searches,
                    asked=one.cluster.asked,
                    before=one.before,
                )
                for one in found.recurring
            ],
            worst=[DoingView.of(one) for one in found.worst],
            old=[OldView.model_validate(one, from_attributes=True) for one in found.old],
            new=[DoingView.of(one) for one in found.new],
        )
