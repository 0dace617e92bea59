"""An ISO week."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from server.errors import Invalid

_WEEK = re.compile(r"(\d{4})-W(\d{2})")


@dataclass(frozen=True)
class Week:
    """An ISO week, Monday to Sunday in UTC."""

    year: int
    number: int

    @classmethod
    def read(cls, text: str) -> Week:
        """The week of "2026-W47".

        Raises:
            Invalid: there is no such week.
        """
        match = _WEEK.fullmatch(text.strip())
        try:
            if match is None:
                raise ValueError
            week = cls(int(match[1]), int(match[2]))
            # Beside it stand the week before and the one after, of which the calendar's ends have none.
            _ = week.later(-1), week.later(1)
        except (ValueError, OverflowError) as error:
            raise Invalid("A week is written like 2026-W47.") from error
        return week

    @classmethod
    def to_read(cls, now: datetime) -> Week:
        """The week to read now: on a Monday the one that has just ended."""
        return cls.of((now - timedelta(days=1)).date())

    @classmethod
    def of(cls, day: date) -> Week:
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def begins(self) -> datetime:
        monday = date.fromisocalendar(self.year, self.number, 1)
        return datetime(monday.year, monday.month, monday.day, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """The next Monday."""
        return self.begins + timedelta(weeks=1)

    @property
    def last_day(self) -> date:
        return (self.ends - timedelta(days=1)).date()

    def later(self, weeks: int) -> Week:
        return Week.of((self.begins + timedelta(weeks=weeks)).date())

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"
