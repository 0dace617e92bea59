"""Dates in words and numbers, relative to the day they were said."""

from __future__ import annotations

import itertools
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understanding import dates

SUNDAY = date(2026, 11, 22)
WEDNESDAY = date(2026, 3, 4)


def values(text: str, today: date = SUNDAY, *, day_first: bool = True) -> list[str]:
    return [said.value for said in dates.find(text, today, day_first=day_first)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("can it come tomorrow?", "2026-11-23"),
        ("the day after tomorrow", "2026-11-24"),
        ("it arrived yesterday", "2026-11-21"),
        ("day before yesterday", "2026-11-20"),
        ("this morning", "2026-11-22"),
        ("next friday", "2026-11-27"),
        ("last Tuesday", "2026-11-17"),
        ("last sunday", "2026-11-15"),
        ("next sunday", "2026-11-29"),
        ("ordered on Monday", "2026-11-16"),
        ("can you deliver on Friday?", "2026-11-27"),
        ("what time do you open on saturday", "2026-11-28"),
        ("you got my parcel on Monday, when will I be paid?", "2026-11-16"),
        ("since monday", "2026-11-16"),
        ("bought in january last year", "2025-01-01/2025-01-31"),
        ("by wednesday", "2026-11-25"),
        ("two days ago", "2026-11-20"),
        ("a week ago", "2026-11-15"),
        ("3 months ago", "2026-08-22"),
        ("in two weeks", "2026-12-06"),
        ("5 days from now", "2026-11-27"),
        ("last week", "2026-11-09/2026-11-15"),
        ("this week", "2026-11-16/2026-11-22"),
        ("next month", "2026-12-01/2026-12-31"),
        ("last year", "2025-01-01/2025-12-31"),
        ("last weekend", "2026-11-14/2026-11-15"),
        ("2026-03-04", "2026-03-04"),
        ("on 3/4/2026", "2026-04-03"),
        ("13.4.2026", "2026-04-13"),
        ("4/13/2026", "2026-04-13"),
        ("31/12/25", "2025-12-31"),
        ("bought on 3 March", "2026-03-03"),
        ("I bought it on the 3rd of March", "2026-03-03"),
        ("I need it by 3 March", "2027-03-03"),
        ("March 3rd, 2025", "2025-03-03"),
        ("dec 24", "2026-12-24"),
        ("paid in May", "2026-05-01/2026-05-31"),
        ("since March 2025", "2025-03-01/2025-03-31"),
        ("last december", "2025-12-01/2025-12-31"),
        ("it was charged on the 31st", "2026-10-31"),
        ("it will be charged on the 5th", "2026-12-05"),
    ],
)
def test_a_date_is_found_with_its_value(text: str, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "4411", "refund status 4411", "24/7", "are you open 24/7?", "on 24/7", "1/2 of it", "9/10 would buy",
        "may I return it", "march on", "i may order 3 lamps", "10.30", "at 5:30", "0470 12 34 56",
        "INV-2026-00871", "FW-204411", "20260304", "the 31st of february", "2026-13-45", "31/31/2026",
        "999 years ago", "within 30 days", "for 3 weeks", "size 3-4-5", "€3.4", "12.10.2026,5", "sun and sat",
        "3 marbles",
    ],
)  # fmt: skip
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert values(text) == []


def test_the_setting_says_which_number_is_the_day_and_the_doubt_is_kept() -> None:
    for day_first, value, other in ((True, (4, 3), (3, 4)), (False, (3, 4), (4, 3))):
        (said,) = dates.find("on 3/4/2026", SUNDAY, day_first=day_first)
        assert said.first == date(2026, *value)
        assert said.ambiguous
        assert said.otherwise == date(2026, *other)
    (sure,) = dates.find("4/13/2026", SUNDAY)
    assert not sure.ambiguous
    (same,) = dates.find("4/4/2026", SUNDAY)
    assert not same.ambiguous


def test_a_year_that_nobody_said_is_ambiguous_without_a_tense() -> None:
    (said,) = dates.find("3 March", SUNDAY)
    assert (said.first, said.otherwise) == (date(2027, 3, 3), date(2026, 3, 3))
    (said,) = dates.find("28 november", SUNDAY)
    assert (said.first, said.ambiguous) == (date(2026, 11, 28), False)


def test_the_day_it_was_said_decides() -> None:
    assert values("next friday, last week", WEDNESDAY) == ["2026-03-06", "2026-02-23/2026-03-01"]
    assert values("tomorrow", date(2026, 12, 31)) == ["2027-01-01"]
    assert values("a month ago", date(2026, 3, 31)) == ["2026-02-28"]
    assert values("the 29th of february 2028") == ["2028-02-29"]


def test_the_span_is_the_date_alone() -> None:
    text = "ordered on 3 March, since last week"
    assert [text[said.start : said.end] for said in dates.find(text, SUNDAY)] == [
        "3 March",
        "last week",
    ]


@settings(deadline=None)
@given(st.text(max_size=300), st.dates(date(1970, 1, 1), date(2100, 1, 1)))
def test_nothing_raises_and_positions_are_right(text: str, today: date) -> None:
    found = list(dates.find(text, today))
    assert all(
        0 <= said.start < said.end <= len(text) and said.first <= said.last for said in found
    )
    assert all(one.end <= two.start for one, two in itertools.pairwise(found))


WORDS = st.sampled_from(
    [
        "on",
        "the",
        "last",
        "next",
        "3",
        "31st",
        "3/4",
        "3.4.",
        "2026",
        "-12-",
        "march",
        "friday",
        "ago",
    ]
)


@settings(deadline=None)
@given(st.lists(WORDS, max_size=60), st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.booleans())
def test_nothing_raises_on_words_that_look_like_dates(
    words: list[str], today: date, day_first: bool
) -> None:
    for text in (" ".join(words), "".join(words)):
        for said in dates.find(text, today, day_first=day_first):
            assert said.first <= said.last


@pytest.mark.parametrize(
    "piece",
    ["3/4", "1 ", "march ", "on the ", "last ", "a couple of ", "31.12.", " ", "on 3/4/26 "],
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = (piece * 4000)[:4000]
    start = time.perf_counter()
    list(dates.find(text, SUNDAY))
    assert time.perf_counter() - start < 0.5
