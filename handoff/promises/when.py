"""Until when a customer is promised an answer, and how that moment is said to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from handoff.hours import OpeningHours


@dataclass(frozen=True)
class Promise:
    at: datetime | None
    """When somebody will be there, in UTC; None when the team never opens again, as far as is known."""
    staffed: bool
    """Whether it is within the team's hours."""
    somebody: bool
    """Whether somebody is online all the same."""


def promise(now: datetime, hours: OpeningHours, *, somebody: bool, within: float) -> Promise | None:
    """What to promise who enters the queue now; None when the team is there, and just answers.

    Outside the hours it is the next opening. Within them, with nobody at the desk, it is when ``within``
    staffed seconds have passed: near closing time that is on the next day.
    """
    staffed = hours.is_open(now)
    if staffed and somebody:
        return None
    at = hours.after(now, within) if staffed else hours.next_opening(now)
    return Promise(at, staffed=staffed, somebody=somebody)


def say(at: datetime, zone: str | None, house: ZoneInfo) -> str:
    """A moment on the customer's clock; on the team's, which is then named, if theirs is not known.

    Always with the day's name and date: the sentence stays in the chat, where "tomorrow" goes stale.

    >>> say(datetime.fromisoformat("2026-03-02T07:00Z"), "America/New_York", ZoneInfo("Europe/Brussels"))
    'Monday, 2 March at 02:00 (your time)'
    >>> say(datetime.fromisoformat("2026-03-02T07:00Z"), None, ZoneInfo("Europe/Brussels"))
    'Monday, 2 March at 08:00 (Europe/Brussels time)'
    """
    here = at.astimezone(ZoneInfo(zone) if zone else house)
    whose = "your time" if zone else f"{house.key} time"
    return f"{here:%A}, {here.day} {here:%B} at {here:%H:%M} ({whose})"
