"""What is promised by when: in staffed time, and while somebody is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from handoff.clocks import due
from handoff.clocks.due import Promises, shipped
from handoff.hours import HOUSE
from handoff.models import Handoff, Priority

# HOUSE is open from 8 to 20 h in Brussels, on Saturday from 9 to 17 h: in UTC an hour earlier in winter.
MONDAY_10 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MONDAY_20 = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
TUESDAY_8 = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


def case(requested: datetime, priority: Priority = Priority.NORMAL, **more: Any) -> Handoff:
    return Handoff(priority=priority.value, requested_at=requested, breached=[], **more)


def started(requested: datetime, *, online: bool = False, **more: Any) -> Handoff:
    handoff = case(requested, **more)
    due.start(handoff, shipped(), HOUSE, requested, online=online)
    return handoff


def test_in_staffed_hours_the_promise_is_plain_time() -> None:
    handoff = started(MONDAY_10)
    assert handoff.due_at == MONDAY_10 + timedelta(seconds=30)
    assert handoff.resolve_due_at == MONDAY_10 + timedelta(hours=4)
    assert handoff.next_due_at is None


def test_what_is_left_at_closing_time_runs_on_at_the_next_opening() -> None:
    handoff = started(MONDAY_20 - timedelta(seconds=10))
    assert handoff.due_at == TUESDAY_8 + timedelta(seconds=20)


def test_at_night_the_clock_waits_for_the_opening_unless_somebody_is_there() -> None:
    assert started(NIGHT).due_at == TUESDAY_8 + timedelta(seconds=30)
    assert started(NIGHT, online=True).due_at == NIGHT + timedelta(seconds=30)
    assert started(NIGHT, online=True).resolve_due_at == TUESDAY_8 + timedelta(hours=4)


def test_the_first_clock_follows_who_comes_and_goes_at_night_and_keeps_what_has_passed() -> None:
    handoff = started(NIGHT)
    at = NIGHT + timedelta(hours=1)
    due.follow_presence(handoff, HOUSE, at, online=True)
    assert handoff.due_at == at + timedelta(seconds=30)
    due.follow_presence(handoff, HOUSE, at + timedelta(seconds=5), online=True)
    assert handoff.due_at == at + timedelta(seconds=30), "looking again changes nothing"
    due.follow_presence(handoff, HOUSE, at + timedelta(seconds=10), online=False)
    assert handoff.due_at == TUESDAY_8 + timedelta(seconds=20)
    due.follow_presence(handoff, HOUSE, at + timedelta(seconds=60), online=False)
    assert handoff.due_at == TUESDAY_8 + timedelta(seconds=20)


def test_the_next_clock_runs_from_the_first_unanswered_message_to_any_answer() -> None:
    handoff = started(MONDAY_10)
    due.customer_wrote(handoff, shipped(), HOUSE, MONDAY_10)
    assert handoff.next_due_at == MONDAY_10 + timedelta(seconds=120)
    handoff.warned = handoff.late = ["next"]
    due.customer_wrote(handoff, shipped(), HOUSE, MONDAY_10)
    assert handoff.warned == ["next"], "the same setting"
    due.agent_wrote(handoff)
    assert (due.due_of(handoff, "next"), handoff.warned, handoff.late) == (None, [], [])


@pytest.mark.parametrize("was", list(Priority))
@pytest.mark.parametrize("becomes", list(Priority))
def test_another_priority_sets_what_is_owed_as_if_it_had_been_so_from_the_start(
    was: Priority, becomes: Priority
) -> None:
    handoff = started(MONDAY_10, priority=was)
    handoff.priority = becomes.value
    due.reprioritise(handoff, was.value, shipped(), HOUSE)
    expected = started(MONDAY_10, priority=becomes)
    assert (handoff.due_at, handoff.resolve_due_at) == (expected.due_at, expected.resolve_due_at)


def test_a_changed_priority_lets_its_clocks_be_told_of_again_but_no_answered_one() -> None:
    handoff = started(MONDAY_10, priority=Priority.LOW)
    handoff.first_response_at = MONDAY_10
    handoff.warned = handoff.late = ["first", "resolve"]
    was_due, handoff.priority = handoff.due_at, Priority.URGENT.value
    due.reprioritise(handoff, Priority.LOW.value, shipped(), HOUSE)
    assert handoff.due_at == was_due
    assert handoff.late == ["first"]


@given(
    ahead=st.integers(0, 14 * 24 * 3600),
    priority=st.sampled_from(Priority),
    passed=st.integers(0, 24 * 3600),
    online=st.booleans(),
)
def test_a_due_time_holds_exactly_the_promised_time(
    ahead: int, priority: Priority, passed: int, online: bool
) -> None:
    requested = MONDAY_10 + timedelta(seconds=ahead)
    handoff = started(requested, priority=priority, online=online)
    promised = shipped().seconds("first", priority)
    staffed = HOUSE.seconds_between(requested, handoff.due_at)
    runs_at_night = online and not HOUSE.is_open(requested)
    took = (handoff.due_at - requested).total_seconds()
    assert took == promised if runs_at_night else staffed == promised
    now = requested + timedelta(seconds=passed)
    left = due.remaining(handoff.due_at, HOUSE, now)
    assert (left == 0) == (now >= handoff.due_at)
    assert left <= promised


def test_the_shipped_book_is_whole_and_a_partial_one_is_refused() -> None:
    book = shipped().model_dump(mode="json")
    assert Promises.model_validate(book) == shipped()
    assert [shipped().seconds("first", one) for one in Priority] == [15, 20, 30, 60]
    for broken in (
        book | {"first": {"urgent": 5}},
        book | {"next": book["next"] | {"normal": 0}},
        book | {"escalate_times": {"first": 2}},
        book | {"warn_percent": 100},
        book | {"surprise": 1},
    ):
        with pytest.raises(ValidationError):
            Promises.model_validate(broken)
