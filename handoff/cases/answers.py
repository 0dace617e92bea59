"""The four questions of a case: in time? acceptable? alone? escalated? Everything here is pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from conversations.models import Episode, Outcome
from handoff.models import Handoff, HandoffEvent, Level
from handoff.teams.ruling import LEVELS

# The journal's lines that the answers are read from.
TELLING = ("claimed", "joined", "transferred", "escalated")
# Of 1 to 5: from the middle on the customer can live with it.
ACCEPTABLE_RATING = 3


@dataclass(frozen=True)
class Answers:
    """What clocks and journal say; the customer's word comes apart (`from_customer`)."""

    in_time: bool | None
    """None: it had no resolution clock."""
    alone: bool
    """One person had it from start to end."""
    escalated: bool
    """It went to a higher level, by hand, by the clock, or to somebody with more experience."""


def answer(
    handoff: Handoff,
    events: Iterable[HandoffEvent],
    now: datetime,
    level_of: Callable[[UUID], Level],
) -> Answers:
    """The answers for a case that ends, or has ended, at `now`."""
    lines = list(events)
    escalated = any(one.what == "escalated" or _rises(one, level_of) for one in lines)
    people = {person for one in lines for person in _took_part(one)}
    in_time = None
    if handoff.resolve_due_at is not None or "resolve" in handoff.breached:
        due = handoff.resolve_due_at
        in_time = "resolve" not in handoff.breached and (due is None or now <= due)
    return Answers(in_time=in_time, alone=len(people) <= 1, escalated=escalated)


def from_customer(episode: Episode | None) -> bool | None:
    """Whether the customer finds the solution acceptable, by their rating or their yes; None: they did not say."""
    if episode is None:
        return None
    if episode.rating is not None:
        return episode.rating >= ACCEPTABLE_RATING
    return True if episode.outcome is Outcome.CONFIRMED else None


def _took_part(line: HandoffEvent) -> Sequence[UUID]:
    if line.what in ("claimed", "joined") and line.staff_id is not None:
        return (line.staff_id,)
    to = transferred_to(line)
    return () if to is None else (to,)


def transferred_to(line: HandoffEvent) -> UUID | None:
    """To whom it was transferred; None: it was not, or to a team."""
    try:
        return UUID(str(line.detail.get("to"))) if line.what == "transferred" else None
    except ValueError:
        return None


def _rises(line: HandoffEvent, level_of: Callable[[UUID], Level]) -> bool:
    to = transferred_to(line)
    if to is None or line.staff_id is None:
        return False
    return LEVELS.index(level_of(to)) > LEVELS.index(level_of(line.staff_id))
