"""Whose order is it? Order numbers can be guessed, so a number alone opens nothing.

An order opens with its number and its e-mail or postcode. "No such order" and "not yours" look
alike, and wrong tries are counted per order and per conversation: 10 and 9 within an hour. A guesser
gets no further; the owner of a locked order still reaches a person.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from datetime import datetime, timedelta
from hmac import compare_digest

from actions.services import BusinessSystem, Order, Subscription
from server.clock import Clock
from server.errors import TooMany

WINDOW = timedelta(hours=1)
TRIES_PER_SUBJECT = 10
TRIES_PER_CONVERSATION = 9
REMEMBERED = 10_000
"""Subjects and conversations whose wrong tries are kept; beyond that the oldest are forgotten."""


class Locked(TooMany):
    """Too many wrong tries within the hour."""

    code = "access_locked"


def same_email(a: str, b: str) -> bool:
    return compare_digest(a.strip().casefold().encode(), b.strip().casefold().encode())


def same_postcode(a: str, b: str) -> bool:
    return compare_digest(_bare(a).encode(), _bare(b).encode())


def _bare(postcode: str) -> str:
    return re.sub(r"[\s-]", "", postcode).casefold()


class Access:
    """Opens orders and subscriptions to those who can prove that they are theirs."""

    def __init__(self, business: BusinessSystem, clock: Clock) -> None:
        self._business = business
        self._clock = clock
        self._wrong: dict[str, deque[datetime]] = defaultdict(deque)

    async def order(
        self, number: str, *, email: str | None, postcode: str | None, conversation: str
    ) -> Order | None:
        """The order when e-mail or postcode match, else None.

        Raises:
            Locked: too many wrong tries.
            Unavailable: the shop's system does not answer.
        """
        self._check(number, conversation)
        order = await self._business.find_order(number)
        if order is not None and (
            (email and same_email(email, order.email))
            or (postcode and same_postcode(postcode, order.postcode))
        ):
            return order
        self._count(number, conversation)
        return None

    async def subscription(
        self, email: str, *, postcode: str, conversation: str
    ) -> Subscription | None:
        """The subscription when its postcode matches, else None; errors as in ``order``."""
        subject = email.strip().casefold()
        self._check(subject, conversation)
        found = await self._business.find_subscription(email)
        if found is not None and same_postcode(postcode, found.postcode):
            return found
        self._count(subject, conversation)
        return None

    def _check(self, subject: str, conversation: str) -> None:
        if (
            self._recent(f"subject:{subject}") >= TRIES_PER_SUBJECT
            or self._recent(f"conversation:{conversation}") >= TRIES_PER_CONVERSATION
        ):
            raise Locked

    def _count(self, subject: str, conversation: str) -> None:
        now = self._clock.now()
        for key in (f"subject:{subject}", f"conversation:{conversation}"):
            self._wrong[key].append(now)
        while len(self._wrong) > REMEMBERED:
            del self._wrong[next(iter(self._wrong))]

    def _recent(self, key: str) -> int:
        tries = self._wrong.get(key)
        if tries is None:
            return 0
        oldest = self._clock.now() - WINDOW
        while tries and tries[0] < oldest:
            tries.popleft()
        if not tries:
            del self._wrong[key]
        return len(tries)
