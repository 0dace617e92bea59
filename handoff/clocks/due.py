"""Until when what is owed: pure arithmetic on a case's columns, in staffed time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from handoff.hours import OpeningHours
from handoff.models import Handoff, Priority

Clock = Literal["first", "next", "resolve"]
CLOCKS: Final[tuple[Clock, ...]] = ("first", "next", "resolve")
SHIPPED: Final = Path(__file__).parent.parent / "clocks.yml"
YEAR: Final = 366 * 24 * 3600

Seconds = Annotated[int, Field(ge=1, le=YEAR)]
Times = Annotated[float, Field(ge=1, le=1000)]


class Promises(BaseModel):
    """The rule book "clocks": seconds of staffed time for each clock and priority."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    first: dict[Priority, Seconds]
    next: dict[Priority, Seconds]
    resolve: dict[Priority, Seconds]
    warn_percent: Annotated[int, Field(ge=1, le=99)] = 75
    escalate_times: dict[Clock, Times]
    silent_hours: Annotated[float, Field(ge=0.5, le=24 * 90)] = 24.0

    @model_validator(mode="after")
    def _is_whole(self) -> Promises:
        for clock in CLOCKS:
            missing = set(Priority) - set(self._of(clock))
            if missing:
                raise ValueError(f"{clock}: no time for {', '.join(sorted(missing))}")
        if set(self.escalate_times) != set(CLOCKS):
            raise ValueError(f"escalate_times: name {', '.join(CLOCKS)}")
        return self

    def seconds(self, clock: Clock, priority: str) -> int:
        """What a case of this priority is promised."""
        return self._of(clock)[Priority(priority)]

    def _of(self, clock: Clock) -> Mapping[Priority, int]:
        found: Mapping[Priority, int] = getattr(self, clock)
        return found


@cache
def shipped() -> Promises:
    """The promises of clocks.yml."""
    return Promises.model_validate(yaml.safe_load(SHIPPED.read_text("utf-8")))


def start(
    handoff: Handoff,
    promises: Promises,
    hours: OpeningHours,
    now: datetime,
    *,
    online: bool = False,
) -> None:
    """Set the first response's and the resolution's due times of a case that was requested at `now`.

    They run in staffed time; the first response's also while somebody is `online` outside of it.
    """
    first = promises.seconds("first", handoff.priority)
    if online and not hours.is_open(now):
        handoff.due_at = now + timedelta(seconds=first)
    else:
        handoff.due_at = hours.after(now, first)
    handoff.resolve_due_at = hours.after(now, promises.seconds("resolve", handoff.priority))
    handoff.next_due_at = None
    handoff.warned, handoff.late, handoff.escalated = [], [], []


def customer_wrote(
    handoff: Handoff, promises: Promises, hours: OpeningHours, since: datetime
) -> None:
    """The customer waits for an answer since this moment; later messages change nothing."""
    due = hours.after(since, promises.seconds("next", handoff.priority))
    if handoff.next_due_at != due:
        handoff.next_due_at = due
        forget(handoff, "next")


def agent_wrote(handoff: Handoff) -> None:
    """A person answered: nothing is owed until the customer writes again."""
    if handoff.next_due_at is not None:
        handoff.next_due_at = None
        forget(handoff, "next")


def reprioritise(handoff: Handoff, was: str, promises: Promises, hours: OpeningHours) -> None:
    """Set anew what is still owed, from the request on, after the priority changed from `was`.

    The next response's clock follows with the next sweep, which knows the customer's message.
    """
    if was == handoff.priority:
        return
    first = promises.seconds("first", handoff.priority)
    if handoff.first_response_at is None:
        if _runs_outside(handoff.due_at, hours):
            shift = timedelta(seconds=first - promises.seconds("first", was))
            handoff.due_at = max(handoff.due_at + shift, handoff.requested_at)
        else:
            handoff.due_at = hours.after(handoff.requested_at, first)
        forget(handoff, "first")
    if handoff.resolve_due_at is not None:
        promised = promises.seconds("resolve", handoff.priority)
        handoff.resolve_due_at = hours.after(handoff.requested_at, promised)
        forget(handoff, "resolve")


def _runs_outside(due: datetime, hours: OpeningHours) -> bool:
    """Whether a due time was set outside of staffed hours, because somebody was online."""
    return not hours.is_open(due) and not hours.is_open(due - timedelta(seconds=1))


def follow_presence(handoff: Handoff, hours: OpeningHours, now: datetime, *, online: bool) -> None:
    """Outside of staffed hours let the first response's clock run while somebody is online, else stand.

    The time that has passed counts; calling it again changes nothing.
    """
    if handoff.first_response_at is not None or hours.is_open(now) or handoff.due_at <= now:
        return
    opening = hours.next_opening(now)
    if opening is None:
        return
    if online and handoff.due_at > opening:
        left = hours.seconds_between(now, handoff.due_at)
        handoff.due_at = now + timedelta(seconds=left)
    elif not online and handoff.due_at < opening:
        handoff.due_at = hours.after(now, (handoff.due_at - now).total_seconds())


def remaining(due: datetime, hours: OpeningHours, now: datetime) -> float:
    """Seconds of the promise that are left; none when it is missed."""
    if now >= due:
        return 0.0
    staffed = hours.seconds_between(now, due)
    return staffed if staffed > 0 else (due - now).total_seconds()


def overdue(due: datetime, hours: OpeningHours, now: datetime) -> float:
    """Staffed seconds since the promise was missed."""
    return hours.seconds_between(due, now)


def due_of(handoff: Handoff, clock: Clock) -> datetime | None:
    """When this clock's promise ends; None while it does not run."""
    match clock:
        case "first":
            return None if handoff.first_response_at is not None else handoff.due_at
        case "next":
            return handoff.next_due_at
        case "resolve":
            return handoff.resolve_due_at


def forget(handoff: Handoff, clock: Clock) -> None:
    """What was said about this clock was said about its old setting."""
    handoff.warned = [one for one in handoff.warned if one != clock]
    handoff.late = [one for one in handoff.late if one != clock]
    handoff.escalated = [one for one in handoff.escalated if one != clock]
