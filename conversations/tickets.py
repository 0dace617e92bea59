"""Tickets open the staff socket: fetched with the cookie, valid once, for 30 seconds.

So that no page of another site can open the socket with the agent's cookie (OWASP ASVS 4.4.3).
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from datetime import datetime, timedelta

from server.auth import hash_token
from server.clock import Clock
from server.errors import NotSignedIn

LIFETIME = timedelta(seconds=30)
MOST = 4096


class Tickets:
    """Kept in this process's memory; staff pages have sticky sessions anyway (design.md §8)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sessions: OrderedDict[str, tuple[str, datetime]] = OrderedDict()

    def issue(self, session_token: str) -> str:
        """A ticket for the holder of this staff session."""
        ticket = secrets.token_urlsafe(32)
        self._sessions[hash_token(ticket)] = (session_token, self._clock.now() + LIFETIME)
        while len(self._sessions) > MOST:
            self._sessions.popitem(last=False)
        return ticket

    def redeem(self, ticket: str) -> str:
        """The session token that the ticket was issued for; a ticket works once.

        Raises:
            NotSignedIn: unknown, used or expired.
        """
        session_token, until = self._sessions.pop(hash_token(ticket), ("", self._clock.now()))
        if not session_token or until <= self._clock.now():
            raise NotSignedIn("This ticket is not valid any more.")
        return session_token
