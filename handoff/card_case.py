"""What the card says of the request itself: why, how urgent, where it went, its clocks, its alarm, its story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import history, journal, words
from handoff.models import Handoff, HandoffEvent
from handoff.teams.roster import Roster
from server.auth import Staff

TIMELINE = 60
"""Lines, the newest; a chat that went round for days has more."""


class CardReason(BaseModel):
    code: str
    words: str
    detail: str | None


class CardPriority(BaseModel):
    level: str
    why: str
    moment_of_truth: bool


class CardRoute(BaseModel):
    """Where the request went, and why."""

    team: str
    because: str
    skill: str | None
    level: str
    language: str | None
    segment: str | None
    overflowed: bool


class CardClock(BaseModel):
    """First response, next response and resolution: promised, and what has happened."""

    requested_at: datetime
    claimed_at: datetime | None
    first_response_at: datetime | None
    due_at: datetime
    overdue: bool
    returns: int
    next_due_at: datetime | None = None
    """Until when the customer's last message should be answered; null: none is open."""
    resolve_due_at: datetime | None = None
    closed_at: datetime | None = None
    breached: list[str] = []
    """The clocks that were ever missed: first, next, resolve."""


class CardAlarm(BaseModel):
    raised_at: datetime
    why: str
    by: str | None
    """Null: the rules raised it."""
    owned_at: datetime | None


class CardPromise(BaseModel):
    """What was promised when nobody was there."""

    promised_at: datetime | None
    email: str | None


class TimelineLine(BaseModel):
    at: datetime
    words: str
    who: str | None
    """Null: the house's rules or clock."""


class CardCase(BaseModel):
    """The current request for a person."""

    reason: CardReason
    priority: CardPriority
    route: CardRoute
    clock: CardClock
    alarm: CardAlarm | None
    promise: CardPromise | None
    timeline: list[TimelineLine]


async def read(db: AsyncSession, handoff: Handoff, roster: Roster, now: datetime) -> CardCase:
    """Everything about one request that stands in its row and its journal."""
    lines, _ = await journal.page(db, handoff.id, limit=TIMELINE)
    names = await _names(db, [handoff.alarm_by, *_named(lines)])
    answered = await history.first_response(db, handoff)
    return CardCase(
        reason=CardReason(
            code=handoff.reason,
            words=words.reason(handoff.reason),
            detail=words.detail(handoff.detail),
        ),
        priority=CardPriority(
            level=handoff.priority,
            why=handoff.priority_reason,
            moment_of_truth=handoff.moment_of_truth,
        ),
        route=CardRoute(
            team=roster.team(handoff.team_id).name,
            because=handoff.routed_because,
            skill=handoff.skill,
            level=handoff.level,
            language=handoff.language,
            segment=handoff.segment,
            overflowed=handoff.overflowed_at is not None,
        ),
        clock=CardClock(
            requested_at=handoff.requested_at,
            claimed_at=handoff.claimed_at,
            first_response_at=answered,
            due_at=handoff.due_at,
            overdue=(answered or handoff.closed_at or now) > handoff.due_at,
            returns=handoff.returns,
            next_due_at=handoff.next_due_at,
            resolve_due_at=handoff.resolve_due_at,
            closed_at=handoff.closed_at,
            breached=list(handoff.breached),
        ),
        alarm=_alarm(handoff, names),
        promise=_promise(handoff),
        timeline=[_line(one, names) for one in lines],
    )


def _alarm(handoff: Handoff, names: Mapping[UUID, str]) -> CardAlarm | None:
    if handoff.alarm_at is None:
        return None
    return CardAlarm(
        raised_at=handoff.alarm_at,
        why=handoff.alarm_why,
        by=names.get(handoff.alarm_by) if handoff.alarm_by else None,
        owned_at=handoff.alarm_owned_at,
    )


def _promise(handoff: Handoff) -> CardPromise | None:
    if handoff.promised_at is None and handoff.contact_email is None:
        return None
    return CardPromise(promised_at=handoff.promised_at, email=handoff.contact_email)


def _line(event: HandoffEvent, names: Mapping[UUID, str]) -> TimelineLine:
    detail = {
        key: names.get(known, "a colleague") if (known := _id(value)) else value
        for key, value in event.detail.items()
    }
    return TimelineLine(
        at=event.at,
        words=words.happened(event.what, detail),
        who=names.get(event.staff_id, "A colleague") if event.staff_id else None,
    )


def _named(lines: Sequence[HandoffEvent]) -> list[UUID | None]:
    """Who did something, and whom it was done to."""
    found: list[UUID | None] = [line.staff_id for line in lines]
    return found + [_id(value) for line in lines for value in line.detail.values()]


def _id(value: Any) -> UUID | None:
    """The id that a value is, if it is one."""
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        return UUID(value)
    except ValueError:
        return None


async def _names(db: AsyncSession, ids: Sequence[UUID | None]) -> dict[UUID, str]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = await db.execute(select(Staff.id, Staff.name).where(Staff.id.in_(wanted)))
    return {staff_id: name for staff_id, name in rows}  # noqa: C416
