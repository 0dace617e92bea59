from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.hours import HOUSE, MONDAY, OpeningHours, as_stored


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
    hours = OpeningHours(HOUSE.zone, HOUSE.week, {date(2026, 3, 3): "A day off"})
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
    hours = OpeningHours(HOUSE.zone, {MONDAY: [(time(10), time(11))]})
    assert hours.next_opening(at("2026-03-02T00:00")) == at("2026-03-02T10:00")


def day_spans() -> st.SearchStrategy[list[tuple[time, time]]]:
    """Up to three spans of a day, in order; they may touch, and the last may end at midnight."""
    minutes = st.lists(st.integers(0, 288), min_size=2, max_size=6, unique=True).map(sorted)

    def spans(found: list[int]) -> list[tuple[time, time]]:
        times = [time(at * 5 // 60 % 24, at * 5 % 60) for at in found[: len(found) // 2 * 2]]
        return list(zip(times[::2], times[1::2], strict=True))

    return minutes.map(spans)


@st.composite
def all_hours(draw: st.DrawFn) -> OpeningHours:
    """Hours in zones that change their clocks at night, at midnight, by half an hour, or never."""
    zone = draw(
        st.sampled_from(
            [
                "Europe/Brussels",
                "America/Santiago",
                "Africa/Cairo",
                "Australia/Lord_Howe",
                "Asia/Tokyo",
            ]
        )
    )
    week = draw(st.dictionaries(st.integers(0, 6), day_spans(), min_size=1))
    days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
    holidays = draw(st.dictionaries(days, st.just("A day off"), max_size=5))
    return OpeningHours(ZoneInfo(zone), week, holidays)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)).map(
    lambda naive: naive.replace(microsecond=0, tzinfo=UTC)
)


@given(all_hours(), moments, st.integers(0, 20 * 3600))
def test_so_many_staffed_seconds_after_is_so_many_staffed_seconds_later(
    hours: OpeningHours, start: datetime, seconds: int
) -> None:
    due = hours.after(start, seconds)
    if due - start < timedelta(days=365):
        assert hours.seconds_between(start, due) == seconds
        if seconds:
            assert hours.seconds_between(start, due - timedelta(seconds=1)) == seconds - 1


@given(all_hours(), moments, st.integers(0, 5 * 86400), st.integers(0, 5 * 86400))
def test_staffed_time_adds_up(hours: OpeningHours, start: datetime, one: int, two: int) -> None:
    middle = start + timedelta(seconds=one)
    end = middle + timedelta(seconds=two)
    parts = hours.seconds_between(start, middle) + hours.seconds_between(middle, end)
    assert hours.seconds_between(start, end) == parts <= one + two
    assert hours.seconds_between(end, start) == 0


@given(all_hours(), moments)
def test_the_next_change_is_the_first_one(hours: OpeningHours, at: datetime) -> None:
    change = hours.next_change(at)
    end = change or at + timedelta(days=30)
    staffed = hours.seconds_between(at, min(end, at + timedelta(days=30)))
    whole = (min(end, at + timedelta(days=30)) - at).total_seconds()
    assert staffed == (whole if hours.is_open(at) else 0)
    if change is not None:
        assert hours.is_open(change) is not hours.is_open(change - timedelta(microseconds=1))


@given(all_hours())
def test_hours_come_back_from_the_table_as_they_were(hours: OpeningHours) -> None:
    stored = as_stored(hours)
    again = OpeningHours.of(stored["zone"], stored["week"], stored["holidays"])
    assert as_stored(again) == stored
    assert again.holidays == hours.holidays


def test_a_shift_over_the_change_of_clocks_is_as_long_as_it_is() -> None:
    night = OpeningHours(HOUSE.zone, {day: [(time(0), time(6))] for day in range(7)})
    for day, long in (("2026-03-29", 5), ("2026-10-25", 7), ("2026-10-26", 6)):
        begins, ends = at(f"{day}T00:00"), at(f"{day}T06:00")
        assert night.seconds_between(begins, ends) == long * 3600
        assert night.after(begins, long * 3600) == ends


def test_round_the_clock_never_changes_and_lunch_does() -> None:
    always = OpeningHours(HOUSE.zone, {day: [(time(0), time(0))] for day in range(7)})
    assert always.next_change(at("2026-03-02T12:00")) is None
    assert always.next_opening(at("2026-03-02T12:00")) is None
    assert always.after(at("2026-03-02T12:00"), 86400) == at("2026-03-03T12:00")
    lunch = OpeningHours(HOUSE.zone, {MONDAY: [(time(9), time(12)), (time(13), time(17))]})
    assert lunch.next_change(at("2026-03-02T10:00")) == at("2026-03-02T12:00")
    assert lunch.next_opening(at("2026-03-02T10:00")) == at("2026-03-02T13:00")
    assert lunch.after(at("2026-03-02T11:59"), 120) == at("2026-03-02T13:01")


def test_a_desk_that_never_opens_owes_nothing_within_a_year() -> None:
    never = OpeningHours(HOUSE.zone, {})
    start = at("2026-03-02T12:00")
    assert never.after(start, 60) - start > timedelta(days=365)
    assert never.next_change(start) is None
