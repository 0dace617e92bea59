"""Times in the reader's zone: shown with its name, taken back to UTC, and UTC where the browser says nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.local_time import LocalTime, zone_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "shown", "field"),
    [
        ("Europe/Berlin", "2026-03-02 13:00 CET", "2026-03-02T13:00"),
        ("America/Sao_Paulo", "2026-03-02 09:00 UTC-03", "2026-03-02T09:00"),
        ("Asia/Kolkata", "2026-03-02 17:30 IST", "2026-03-02T17:30"),
        ("UTC", "2026-03-02 12:00 UTC", "2026-03-02T12:00"),
    ],
)
def test_a_moment_is_shown_and_taken_back(zone: str, shown: str, field: str) -> None:
    times = LocalTime(zone_of(zone))
    assert (times.name, times.show(NOON), times.field(NOON)) == (zone, shown, field)
    assert times.read(field) == NOON


@given(
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]),
)
def test_what_a_field_holds_is_the_same_moment_again(moment: datetime, zone: str) -> None:
    times = LocalTime(zone_of(zone))
    at = moment.replace(tzinfo=UTC, second=0, microsecond=0)
    again = times.read(times.field(at))
    assert again is not None
    # Only in the hour that a clock change repeats two moments look the same.
    assert again == at or times.field(again) == times.field(at)


def test_an_hour_that_the_clocks_skip_is_the_one_after() -> None:
    times = LocalTime(zone_of("Europe/Berlin"))
    skipped = times.read("2026-03-29T02:30")
    assert skipped is not None
    assert times.show(skipped) == "2026-03-29 03:30 CEST"


@pytest.mark.parametrize(
    "said",
    [None, 7, "", "Europe", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "x" * 65, "\x00"],
)
def test_a_browser_that_names_no_zone_gets_utc(said: object) -> None:
    assert zone_of(said) is UTC


@pytest.mark.parametrize("typed", ["", None, "soon", "2026-13-01T00:00", "0001-01-01T00:00"])
def test_what_is_no_time_is_none(typed: object) -> None:
    assert LocalTime(zone_of("Asia/Tokyo")).read(typed) is None


def test_times_in_a_stored_note_are_shown_alike() -> None:
    times = LocalTime(zone_of("Europe/Berlin"))
    note = "for 2026-03-02 12:00 UTC: before the sale"
    assert times.in_text(note) == "for 2026-03-02 13:00 CET: before the sale"
    assert times.in_text("for 2026-99-99 12:00 UTC") == "for 2026-99-99 12:00 UTC"
