"""When the desk is staffed. Only used for promises: whoever has the console open is there, whatever it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
# A desk that opens once a year still gets an answer; one that never opens gets none.
LOOK_AHEAD_DAYS = 370


@dataclass(frozen=True)
class OpeningHours:
    """Opening and closing time by weekday (0 is Monday), in the desk's own zone.

    >>> HOUSE.next_opening(datetime(2026, 3, 1, 12, tzinfo=UTC)).isoformat()   # a Sunday
    '2026-03-02T07:00:00+00:00'
    """

    zone: ZoneInfo
    week: Mapping[int, tuple[time, time]]
    closed: frozenset[date] = field(default_factory=frozenset)

    def _span(self, day: date) -> tuple[datetime, datetime] | None:
        hours = self.week.get(day.weekday())
        if hours is None or day in self.closed:
            return None
        opens, closes = (datetime.combine(day, at, self.zone).astimezone(UTC) for at in hours)
        return opens, closes

    def is_open(self, at: datetime) -> bool:
        span = self._span(at.astimezone(self.zone).date())
        return span is not None and span[0] <= at < span[1]

    def next_opening(self, at: datetime) -> datetime | None:
        """The first opening after ``at``, in UTC; None if there is none within a year."""
        day = at.astimezone(self.zone).date()
        for ahead in range(LOOK_AHEAD_DAYS):
            span = self._span(day + timedelta(days=ahead))
            if span is not None and span[0] > at:
                return span[0]
        return None

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)


_WEEKDAY = (time(8), time(20))
HOUSE = OpeningHours(
    zone=ZoneInfo("Europe/Brussels"),
    week={
        MONDAY: _WEEKDAY,
        TUESDAY: _WEEKDAY,
        WEDNESDAY: _WEEKDAY,
        THURSDAY: _WEEKDAY,
        FRIDAY: _WEEKDAY,
        SATURDAY: (time(9), time(17)),
    },
)
