"""Dates in customers' words ("tomorrow", "on 3 March", "3/4/2026", "last week"), as ISO 8601.

A day is `2026-03-03`, a span of days `2026-03-02/2026-03-08`, weeks beginning on Monday. What a date
means depends on the day it was said, so that day is passed in. "4411", "24/7" and "1/2 of it" are no dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from understanding.calendar_words import (
    COUNTS,
    MONTHS,
    UNITS,
    WEEKDAYS,
    add_months,
    month_of,
    week_of,
    year_of,
)
from understanding.date_forms import DATE, PREPOSITION, tense

Span = tuple[date, date]

#: A day of the other tense that is further away than this was not meant.
_MEANT = 300
#: What lies further off than this was not meant as a date.
_YEARS = 50


@dataclass(frozen=True)
class Said:
    """Characters `start` to `end` (exclusive) mean the days `first` to `last`."""

    first: date
    last: date
    start: int
    end: int
    ambiguous: bool = False
    """It could as well have been another day: `otherwise`, where that is known."""
    otherwise: date | None = None

    @property
    def value(self) -> str:
        """ISO 8601: a day, or first day/last day."""
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first.isoformat()}/{self.last.isoformat()}"


def find(text: str, today: date, *, day_first: bool = True) -> Iterator[Said]:
    """Yield the dates of a text, in order.

    >>> [said.value for said in find("bought last week, back by 3/4/2026", date(2026, 11, 22))]
    ['2026-11-09/2026-11-15', '2026-04-03']
    """
    for match in DATE.finditer(text):
        try:
            read = _read(match, text, today, day_first)
        except (ValueError, OverflowError):
            continue  # The 31st of February; 9999 years ago.
        if read is not None and abs(read[0][0].year - today.year) <= _YEARS:
            (first, last), ambiguous, otherwise = read
            context = PREPOSITION.match(match.group())
            start = match.start() + (context.end() if context else 0)
            yield Said(first, last, start, match.end(), ambiguous, otherwise)


Reading = tuple[Span, bool, "date | None"]


def _read(match: re.Match[str], text: str, today: date, day_first: bool) -> Reading | None:
    said = match.groupdict()
    if said["iso"]:
        return _sure(date(*map(int, said["iso"].split("-"))))
    if said["numeric"] or said["short"]:
        return _numeric(said["numeric"] or said["short"], match, text, today, day_first)
    for suffix in ("", "2"):
        if said[f"month{suffix}"]:
            return _named(said, suffix, match, text, today)
    if said["month3"]:
        return _month(said, match, text, today)
    if said["nth"]:
        return _nth(int(re.sub(r"[a-z]", "", said["nth"].lower())), match, text, today)
    if said["near"]:
        return _sure(today + timedelta(days=_near(said["near"].lower())))
    if said["whole"]:
        return _whole(said["which"].lower(), said["whole"].lower(), today)
    for count, unit, sign in (
        ("ago", "ago_unit", -1), ("ahead", "ahead_unit", 1), ("from_now", "from_unit", 1),
    ):  # fmt: skip
        if said[count]:
            return _distance(said[count].lower(), said[unit].lower(), sign, today)
    name = (said["weekday"] or said["bare"]).lower()
    return _weekday(name, (said["weekday_before"] or "").lower(), match, text, today)


def _sure(day: date) -> Reading:
    return (day, day), False, None


def _numeric(
    said: str, match: re.Match[str], text: str, today: date, day_first: bool
) -> Reading | None:
    parts = re.split(r"[/.-]", said)
    if said.replace(".", "/") == "24/7":
        return None
    one, two = int(parts[0]), int(parts[1])
    if not (one >= 1 and two >= 1 and min(one, two) <= 12 and max(one, two) <= 31):
        return None
    either = one <= 12 and two <= 12
    day, month = (one, two) if (day_first if either else one > 12) else (two, one)
    if len(parts) == 3:
        year = int(parts[2])
        if year < 100:
            year += 2000 if year <= today.year % 100 + 20 else 1900
        first = date(year, month, day)
        other = date(year, day, month) if either else None
    else:
        first, other_year = _nearest(day, month, match, text, today)
        other = _nearest(month, day, match, text, today)[0] if either else other_year
    doubtful = other is not None and other != first
    return (first, first), doubtful, other if doubtful else None


def _named(
    said: dict[str, str], suffix: str, match: re.Match[str], text: str, today: date
) -> Reading:
    month, day = MONTHS[said[f"month{suffix}"].lower()], int(said[f"day{suffix}"])
    if said[f"year{suffix}"]:
        return _sure(date(int(said[f"year{suffix}"]), month, day))
    found, other = _nearest(day, month, match, text, today)
    return (found, found), other is not None, other


def _month(said: dict[str, str], match: re.Match[str], text: str, today: date) -> Reading:
    month = MONTHS[said["month3"].lower()]
    if said["year3"]:
        return month_of(date(int(said["year3"]), month, 1)), False, None
    if said["shift"]:
        shift = {"last": -1, "this": 0, "next": 1}[said["shift"].lower()]
        return month_of(date(today.year + shift, month, 1)), False, None
    begins = match.group().lower()
    year = today.year
    if begins.startswith("last") and month >= today.month:
        year -= 1
    elif begins.startswith("next") and month <= today.month:
        year += 1
    elif not begins.startswith(("last", "next", "this")):
        year = _nearest(1, month, match, text, today)[0].year
    return month_of(date(year, month, 1)), False, None


def _nth(day: int, match: re.Match[str], text: str, today: date) -> Reading:
    """Return "the 5th" of the month that the tense points to: the last one, or else the next one."""
    ahead = _points(match, text) > 0
    for months in range(4):
        month = add_months(today.replace(day=1), months if ahead else -months)
        try:
            found = month.replace(day=day)
        except ValueError:
            continue
        if found >= today if ahead else found <= today:
            return (found, found), True, None
    raise ValueError(f"no month has a day {day}")


def _near(word: str) -> int:
    if "before" in word:
        return -2
    if "after " in word:
        return 2
    return {"y": -1, "t": 1}[word[0]] if word.startswith(("yest", "tom")) else 0


def _distance(count: str, unit: str, sign: int, today: date) -> Reading:
    number = COUNTS.get(count) or int(count)
    kind = UNITS[unit]
    about = count in ("couple of", "a couple of", "few", "a few", "several")
    if kind == "month":
        day = add_months(today, sign * number)
    elif kind == "year":
        day = add_months(today, 12 * sign * number)
    else:
        day = today + timedelta(days=sign * number * (7 if kind == "week" else 1))
    return (day, day), about, None


def _whole(which: str, whole: str, today: date) -> Reading | None:
    step = -1 if which in ("last", "past", "previous") else 0 if which == "this" else 1
    if whole in WEEKDAYS:
        return _sure(_weekday_near(WEEKDAYS[whole], step, today))
    if whole == "week":
        return week_of(today + timedelta(weeks=step)), False, None
    if whole == "month":
        return month_of(add_months(today.replace(day=1), step)), False, None
    if whole == "year":
        return year_of(today.year + step), False, None
    monday = week_of(today)[0] + timedelta(weeks=step)
    # On a Wednesday "next weekend" may be this week's.
    return (monday + timedelta(days=5), monday + timedelta(days=6)), step == 1, None


def _weekday_near(weekday: int, step: int, today: date) -> date:
    """Return the last (-1), this week's (0) or next (1) one; never today, but for 0."""
    if step == 0:
        return week_of(today)[0] + timedelta(days=weekday)
    days = (weekday - today.weekday()) % 7 or 7
    return today + timedelta(days=days if step > 0 else days - 7 if days != 7 else -7)


def _weekday(name: str, before: str, match: re.Match[str], text: str, today: date) -> Reading:
    if before in ("until", "till", "by"):
        ahead = True
    elif before in ("since", "from"):
        ahead = False
    else:
        # "My party is Saturday", "are you open on Monday": without a past it is the next one.
        ahead = _points(match, text) >= 0
    day = _weekday_near(WEEKDAYS[name], 1 if ahead else -1, today)
    return (day, day), before not in ("since", "until", "till", "by"), None


def _nearest(
    day: int, month: int, match: re.Match[str], text: str, today: date
) -> tuple[date, date | None]:
    """Return the year's day that the tense points to, alone; without a tense the nearer one, and the other."""
    this_year = date(today.year, month, day)
    past = this_year if this_year <= today else date(today.year - 1, month, day)
    ahead = this_year if this_year >= today else date(today.year + 1, month, day)
    points = _points(match, text)
    if points:
        return (ahead if points > 0 else past), None
    near, far = (past, ahead) if today - past <= ahead - today else (ahead, past)
    return near, far if near != far and abs(far - today).days < _MEANT else None


def _points(match: re.Match[str], text: str) -> int:
    return tense(text, match.start(), match.end())
