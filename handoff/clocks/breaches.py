"""What is to be said of one case's clocks now: a pure look, then the lines and events that tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import journal
from handoff.clocks import alarms, due
from handoff.clocks.cases import Case
from handoff.clocks.due import CLOCKS, Clock, Promises
from handoff.events import ClockBreached, ClockWarned
from handoff.hours import OpeningHours
from handoff.models import Handoff, Level
from server.clock import Clock as Time
from server.events import record_event

log = structlog.get_logger(__name__)

WORDS: Final[dict[Clock, str]] = {
    "first": "first answer",
    "next": "answer",
    "resolve": "solution",
}
_LEVELS = tuple(Level)


@dataclass(frozen=True)
class Said:
    """One thing to tell of one clock."""

    what: str
    """warned, breached or escalated."""
    clock: Clock


@dataclass(frozen=True)
class Terms:
    """What a case is measured by."""

    promises: Promises
    hours: OpeningHours
    now: datetime
    online: bool
    """Whether anybody is there to answer."""


def look(case: Case, terms: Terms, *, answered_late: bool = False) -> list[Said]:
    """Bring the case's clocks up to the log and to now; returns what has not been said of their present setting.

    Looking again changes nothing and says nothing.
    """
    handoff = case.handoff
    said: list[Said] = []
    if handoff.first_response_at is None and case.answered_first is not None:
        handoff.first_response_at = case.answered_first
        if case.answered_first > handoff.due_at:
            said += _breach(handoff, "first", case.answered_first)
    if case.waits_since is not None:
        due.customer_wrote(handoff, terms.promises, terms.hours, case.waits_since)
    elif handoff.next_due_at is not None:
        if answered_late:
            said += _breach(handoff, "next", terms.now)
        due.agent_wrote(handoff)
    due.follow_presence(handoff, terms.hours, terms.now, online=terms.online)
    for clock in CLOCKS:
        ends = due.due_of(handoff, clock)
        if ends is not None:
            said += _judge(handoff, clock, ends, terms)
    return said


def _judge(handoff: Handoff, clock: Clock, ends: datetime, terms: Terms) -> list[Said]:
    promised = terms.promises.seconds(clock, handoff.priority)
    if terms.now < ends:
        left = due.remaining(ends, terms.hours, terms.now)
        if clock in handoff.warned or left > promised * (1 - terms.promises.warn_percent / 100):
            return []
        handoff.warned = [*handoff.warned, clock]
        return [Said("warned", clock)]
    said = _breach(handoff, clock, terms.now)
    late = promised * (terms.promises.escalate_times[clock] - 1)
    if (
        clock not in handoff.escalated
        and due.overdue(ends, terms.hours, terms.now) >= late
        and terms.now > ends
    ):
        handoff.escalated = [*handoff.escalated, clock]
        said.append(Said("escalated", clock))
    return said


def _breach(handoff: Handoff, clock: Clock, at: datetime) -> list[Said]:
    if clock in handoff.late:
        return []
    handoff.late = [*handoff.late, clock]
    # A warning after the fact would only be noise.
    handoff.warned = [*{*handoff.warned, clock}]
    if clock not in handoff.breached:
        handoff.breached = [*handoff.breached, clock]
    if clock == "first" and handoff.overdue_at is None:
        handoff.overdue_at = at
    return [Said("breached", clock)]


def tell(db: AsyncSession, clock: Time, handoff: Handoff, said: list[Said]) -> None:
    """Write it into the journal and have it announced."""
    names = {"conversation_id": handoff.conversation_id, "handoff_id": handoff.id}
    for one in said:
        ids = {"conversation": str(handoff.conversation_id), "clock": one.clock}
        match one.what:
            case "warned":
                journal.note(db, clock, handoff, "warned", promise=one.clock)
                record_event(db, ClockWarned(**names, clock=one.clock))
            case "breached":
                log.warning("clock_breached", **ids)
                journal.note(db, clock, handoff, "breached", promise=one.clock)
                record_event(db, ClockBreached(**names, clock=one.clock))
            case "escalated":
                log.warning("case_escalated", **ids)
                _escalate(db, clock, handoff, one.clock)


def _escalate(db: AsyncSession, clock: Time, handoff: Handoff, late: Clock) -> None:
    """Raise the alarm; a case that takes far too long needs more experience when it changes hands."""
    was = Level(handoff.level)
    if late == "resolve":
        handoff.level = _LEVELS[min(_LEVELS.index(was) + 1, len(_LEVELS) - 1)].value
    journal.note(
        db, clock, handoff, "escalated",
        promise=late, level=handoff.level, from_level=was.value,
    )  # fmt: skip
    alarms.raise_alarm(db, clock, handoff, f"the {WORDS[late]} is long overdue")
