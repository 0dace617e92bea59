"""Staffed hours: when a team is there, and how much staffed time lies between two moments.

Whoever has the console open is there, whatever the hours say; they are for promises and for clocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
# A desk that opens once a year still gets an answer; one that never opens gets none.
LOOK_AHEAD_DAYS = 370
MIDNIGHT = time(0)
_DAY = timedelta(days=1)

Span = tuple[time, time]
"""Opening and closing time on one day; a closing time of midnight is the one that ends the day."""


@dataclass(frozen=True)
class OpeningHours:
    """Spans by weekday (0 is Monday) in the desk's own zone, and the days without staff.

    >>> HOUSE.next_opening(datetime(2026, 3, 1, 12, tzinfo=UTC)).isoformat()   # a Sunday
    '2026-03-02T07:00:00+00:00'
    """

    zone: ZoneInfo
    week: Mapping[int, Sequence[Span]]
    holidays: Mapping[date, str] = field(default_factory=dict)
    """The names of the days on which nobody is there."""

    @classmethod
    def of(
        cls,
        zone: str,
        week: Mapping[str, Sequence[Sequence[str]]],
        holidays: Sequence[Mapping[str, str]],
    ) -> OpeningHours:
        """As the table `teams` holds them; they were validated when they were stored."""
        return cls(
            zone=ZoneInfo(zone),
            week={int(day): tuple(_span(*pair) for pair in spans) for day, spans in week.items()},
            holidays={date.fromisoformat(one["day"]): one["name"] for one in holidays},
        )

    def is_open(self, at: datetime) -> bool:
        return any(opens <= at < closes for opens, closes in self._spans(at, days=2))

    def holiday(self, at: datetime) -> str | None:
        """The name of the holiday that this moment falls on."""
        return self.holidays.get(self.local(at).date())

    def next_opening(self, at: datetime) -> datetime | None:
        """The first opening after ``at``, in UTC; None if there is none within a year."""
        before: datetime | None = None
        for opens, closes in self._spans(at):
            # Spans that touch, as around midnight, are one: nothing opens between them.
            if opens > at and opens != before:
                return opens
            before = closes
        return None

    def next_change(self, at: datetime) -> datetime | None:
        """The next opening or closing after ``at``, in UTC; None if there is none within a year."""
        end: datetime | None = None
        for opens, closes in self._spans(at):
            if closes <= at:
                continue
            if end is not None and opens > end:
                return end
            if end is None and opens > at:
                return opens
            end = closes
        # What is open to the end of what was looked at is open round the clock.
        return None if end is None or end - at >= timedelta(days=LOOK_AHEAD_DAYS - 2) else end

    def seconds_between(self, start: datetime, end: datetime) -> float:
        """The staffed seconds from ``start`` to ``end``; none when it lies before."""
        if end <= start:
            return 0.0
        total = timedelta()
        for opens, closes in self._spans(start, days=(end - start).days + 3):
            if opens >= end:
                break
            total += max(timedelta(), min(closes, end) - max(opens, start))
        return total.total_seconds()

    def after(self, start: datetime, seconds: float) -> datetime:
        """The first moment at which so many staffed seconds have passed since ``start``, in UTC.

        A desk without so much staffed time within a year gets the end of that year.
        """
        start = start.astimezone(UTC)
        left = timedelta(seconds=seconds)
        if left <= timedelta():
            return start
        for opens, closes in self._spans(start):
            begins = max(opens, start)
            if closes - begins >= left:
                return begins + left
            left -= max(timedelta(), closes - begins)
        return start + timedelta(days=LOOK_AHEAD_DAYS)

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def _spans(
        self, start: datetime, days: int = LOOK_AHEAD_DAYS
    ) -> Iterator[tuple[datetime, datetime]]:
        """The spans of so many days from that of ``start``, in UTC, in order; they never overlap.

        It begins a day early: where the clocks change at midnight, a span that ends a day may end within
        the next one.
        """
        first = self.local(start).date() - _DAY
        last = datetime.min.replace(tzinfo=UTC)
        for ahead in range(days + 1):
            day = first + ahead * _DAY
            if day in self.holidays:
                continue
            for opens, closes in self.week.get(day.weekday(), ()):
                # Times that the clocks leap over are moved past the leap, so that a span may begin
                # before the one ahead of it has ended, or end before it begins.
                begins = max(self._moment(day, opens), last)
                ends = self._moment(day + _DAY if closes == MIDNIGHT else day, closes)
                if begins < ends:
                    yield begins, ends
                    last = ends

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def _span(opens: str, closes: str) -> Span:
    return time.fromisoformat(opens), MIDNIGHT if closes == "24:00" else time.fromisoformat(closes)


def as_stored(hours: OpeningHours) -> dict[str, Any]:
    """The columns zone, week and holidays of the table `teams`; `OpeningHours.of` reads them."""
    return {
        "zone": hours.zone.key,
        "week": {
            str(day): [[_text(opens), _text(closes, end=True)] for opens, closes in spans]
            for day, spans in sorted(hours.week.items())
            if spans
        },
        "holidays": [
            {"day": day.isoformat(), "name": name} for day, name in sorted(hours.holidays.items())
        ],
    }


def _text(at: time, *, end: bool = False) -> str:
    return "24:00" if end and at == MIDNIGHT else at.isoformat("minutes")


_WEEKDAY = ((time(8), time(20)),)
HOUSE = OpeningHours(
    zone=ZoneInfo("Europe/Brussels"),
    week={
        MONDAY: _WEEKDAY,
        TUESDAY: _WEEKDAY,
        WEDNESDAY: _WEEKDAY,
        THURSDAY: _WEEKDAY,
        FRIDAY: _WEEKDAY,
        SATURDAY: ((time(9), time(17)),),
    },
)
