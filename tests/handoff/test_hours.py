from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.hours import HOUSE, MONDAY, OpeningHours


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.mark.parametrize(
    ("moment", "is_open", "opening"),
    [
        ("2026-03-02T07:59", False, "2026-03-02T08:00"),  # a Monday
        ("2026-03-02T08:00", True, "2026-03-03T08:00"),
        ("2026-03-02T19:59", True, "2026-03-03T08:00"),
        ("2026-03-02T20:00", False, "2026-03-03T08:00"),
        ("2026-03-06T21:00", False, "2026-03-07T09:00"),  # Friday night, Saturday opens at nine
        ("2026-03-07T17:00", False, "2026-03-09T08:00"),  # nobody on Sunday
        ("2026-03-28T18:00", False, "2026-03-30T08:00"),  # the clocks go forward in between
    ],
)
def test_opening_hours(moment: str, is_open: bool, opening: str) -> None:
    assert HOUSE.is_open(at(moment)) is is_open
    assert HOUSE.next_opening(at(moment)) == at(opening)


def test_a_closed_day_is_skipped() -> None:
    hours = OpeningHours(HOUSE.zone, HOUSE.week, closed=frozenset({date(2026, 3, 3)}))
    assert hours.next_opening(at("2026-03-02T12:00")) == at("2026-03-04T08:00")
    assert not hours.is_open(at("2026-03-03T12:00"))


def test_a_desk_that_never_opens_promises_nothing() -> None:
    assert OpeningHours(HOUSE.zone, {}).next_opening(at("2026-03-02T12:00")) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_the_desk_is_open_when_it_opens_and_was_not_before(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    opening = HOUSE.next_opening(moment)
    assert opening is not None
    assert opening > moment
    assert HOUSE.is_open(opening)
    assert not HOUSE.is_open(opening - timedelta(seconds=1))


def test_weekday_numbers_are_those_of_python() -> None:
    hours = OpeningHours(HOUSE.zone, {MONDAY: (time(10), time(11))})
    assert hours.next_opening(at("2026-03-02T00:00")) == at("2026-03-02T10:00")
