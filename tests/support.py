"""Helpers for tests of every room."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from server.clock import Clock


class FakeClock:
    """Time that moves only when told."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)  # a Monday morning

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


async def sign_in(
    db: AsyncSession, clock: Clock, login: str, password: str, hours: float = 1
) -> str:
    """What the sign-in page does: a session's token, for the cookie."""
    from server.auth import authenticate, open_session

    staff = await authenticate(db, login, password)
    return await open_session(db, clock, staff, hours)
