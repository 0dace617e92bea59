"""The four questions, from clocks and journal alone."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from conversations.models import Episode, Outcome
from handoff.cases.answers import answer, from_customer
from handoff.models import Handoff, HandoffEvent, Level
from tests.support import FakeClock

ADA, BOB = uuid.uuid4(), uuid.uuid4()
LEVELS = {ADA: Level.FRONT_LINE, BOB: Level.SPECIALIST}
NOW = FakeClock().now()


def line(what: str, staff_id: uuid.UUID | None = None, **detail: Any) -> HandoffEvent:
    return HandoffEvent(what=what, staff_id=staff_id, detail=detail, at=NOW)


def case(minutes: int | None, *breached: str) -> Handoff:
    due = None if minutes is None else NOW + timedelta(minutes=minutes)
    return Handoff(resolve_due_at=due, breached=list(breached))


@pytest.mark.parametrize(
    ("handoff", "in_time"),
    [
        (case(1), True),
        (case(0), True),
        (case(-1), False),
        (case(30, "resolve"), False),  # missed before its priority was lowered
        (case(30, "first"), True),
        (case(None), None),
    ],
)
def test_in_time_is_what_the_resolution_clock_says(handoff: Handoff, in_time: bool | None) -> None:
    assert answer(handoff, [], NOW, LEVELS.__getitem__).in_time is in_time


@pytest.mark.parametrize(
    ("lines", "alone", "escalated"),
    [
        ([], True, False),
        ([line("claimed", ADA), line("released", ADA), line("claimed", ADA)], True, False),
        ([line("claimed", ADA), line("joined", BOB)], False, False),
        ([line("claimed", ADA), line("transferred", ADA, to=str(BOB))], False, True),
        ([line("claimed", BOB), line("transferred", BOB, to=str(ADA))], False, False),
        ([line("claimed", ADA), line("transferred", ADA, team="Billing")], True, False),
        (
            [line("claimed", ADA), line("escalated", ADA, to="lead"), line("claimed", BOB)],
            False,
            True,
        ),
        ([line("escalated", None, level="specialist"), line("claimed", BOB)], True, True),
    ],
)
def test_who_had_it_and_whether_it_rose(
    lines: list[HandoffEvent], alone: bool, escalated: bool
) -> None:
    found = answer(case(5), lines, NOW, LEVELS.__getitem__)
    assert (found.alone, found.escalated) == (alone, escalated)


@pytest.mark.parametrize(
    ("rating", "outcome", "said"),
    [
        (5, Outcome.CLOSED_BY_AGENT, True),
        (3, Outcome.CLOSED_BY_AGENT, True),
        (2, Outcome.CONFIRMED, False),
        (None, Outcome.CONFIRMED, True),
        (None, Outcome.CLOSED_BY_AGENT, None),
        (None, None, None),
    ],
)
def test_the_customers_word(rating: int | None, outcome: Outcome | None, said: bool | None) -> None:
    assert from_customer(Episode(rating=rating, outcome=outcome)) is said
    assert from_customer(None) is None
