"""Helpers for tests of every room."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class FakeClock:
    """Time that moves only when told."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)  # a Monday morning

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
