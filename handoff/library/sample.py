"""A customer who doesn't exist, to see a reply with its blanks filled."""

from __future__ import annotations

from datetime import datetime, timedelta

from handoff.hours import OpeningHours
from handoff.library.facts import BY_MINUTES, clock_time, spread
from handoff.promises.when import say

CUSTOMER = "Ann, who asks where her order FW-204417 is"


def sample(
    agent: str, now: datetime, hours: OpeningHours, minutes: int | None = None
) -> dict[str, str]:
    """A value for every variable; times are on the house's clock, as for a customer in its zone."""
    zone = hours.zone.key
    by = now + timedelta(minutes=minutes or BY_MINUTES)
    return {
        "to_name": " Ann",
        "agent": agent,
        "order_number": "FW-204417",
        "first_ask": "Where is my order FW-204417?",
        "by": clock_time(by, now, zone, hours.zone),
        "article": "Follow your parcel",
        "url": "/help/follow-your-parcel",
        "wait": spread(120, 240),
        "opens": say(hours.next_opening(now) or now, zone, hours.zone),
        "due": say(hours.after(now, 8 * 3600), zone, hours.zone),
    }
