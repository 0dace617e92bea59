"""Token buckets and head counts: how much one caller may ask for, in bounded memory."""

from __future__ import annotations

import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import HTTPConnection

from server.clock import Clock
from server.errors import TooMany
from server.settings import Settings


def address_of(connection: HTTPConnection) -> str:
    """The address that limits count by; behind a proxy, what uvicorn made of the forwarded headers.

    Of IPv6 it is the network: every household has 2^64 addresses in one.
    """
    host = connection.client.host if connection.client else "unknown"
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


@dataclass(frozen=True)
class Rate:
    """So many in so many seconds, all of which may come at once."""

    amount: float
    seconds: float


@dataclass
class _Bucket:
    level: float
    at: datetime


class Limits:
    """What each caller has left. Times come from the clock, so tests decide how fast it refills."""

    def __init__(
        self,
        clock: Clock,
        rates: Mapping[str, Rate],
        heads: Mapping[str, int] | None = None,
        *,
        keys: int = 20_000,
    ) -> None:
        self._clock = clock
        self._rates = dict(rates)
        self._heads = dict(heads or {})
        self._keys = keys
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()
        self._held: Counter[tuple[str, str]] = Counter()
        self._noted: OrderedDict[tuple[str, str], dict[Hashable, datetime]] = OrderedDict()

    @classmethod
    def of(cls, clock: Clock, settings: Settings) -> Limits:
        """The limits of the app, as docs/frames.md states them."""
        return cls(
            clock,
            rates={
                "message": Rate(settings.messages_per_minute, 60),
                # A household or an office: twenty people who write as fast as one may.
                "message_address": Rate(20 * settings.messages_per_minute, 60),
                "frame": Rate(600, 60),
                "visitor": Rate(120, 60),  # new visitors from one address
                "search": Rate(120, 60),  # in the help centre, from one address
                # Of the widget's panel, from one address: an office that searches and types.
                "widget_search": Rate(120, 60),
                "widget_suggest": Rate(240, 60),
                "invitation": Rate(120, 60),  # asked about and told of, from one address
                "transcript": Rate(60, 60),  # saved chats, from one address
                "transcript_mail": Rate(
                    30, 86_400
                ),  # and mailed ones: each goes to whatever was typed
                # Attempts to send a file, from one address; and files read.
                "file_address": Rate(20 * settings.files_per_day, 86_400),
                "file_read": Rate(1200, 60),
                "feedback": Rate(30, 60),  # on articles, from one address
                "staff_message": Rate(120, 60),
                # Of one session, over REST: a console that reads queue and cards asks for one or two a second.
                "staff_request": Rate(settings.staff_requests_per_minute / 3, 20),
                "ticket": Rate(60, 60),
            },
            heads={
                "chat_visitor": 8,
                "chat_address": 256,
                "staff": 16,
                # Files on their way in.
                "file_visitor": 3,
                "file_address": 32,
                "file_staff": 4,
                # Chats of one address in the queue, or with the bot at work on an answer that may
                # lead there. Like the messages of one address: who raises one raises both.
                "waiting_address": 2 * settings.messages_per_minute,
            },
        )

    def take(self, name: str, key: str) -> None:
        """Use one of the caller's allowance.

        Raises:
            TooMany: nothing is left for now.
        """
        rate = self._rates[name]
        now = self._clock.now()
        bucket = self._buckets.pop((name, key), None) or _Bucket(rate.amount, now)
        # A clock set back must not empty the bucket.
        passed = max(0.0, (now - bucket.at).total_seconds())
        bucket.level = min(rate.amount, bucket.level + passed * rate.amount / rate.seconds)
        bucket.at = now
        self._buckets[name, key] = bucket
        # Whoever was quiet longest is forgotten first: most likely their bucket is full again anyway.
        while len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)
        if bucket.level < 1:
            raise TooMany()
        bucket.level -= 1

    @contextmanager
    def hold(self, name: str, key: str) -> Iterator[None]:
        """Count as present while inside.

        Raises:
            TooMany: as many are present as may be.
        """
        if self._held[name, key] >= self._heads[name]:
            raise TooMany("There are too many open connections.")
        self._held[name, key] += 1
        try:
            yield
        finally:
            self._held[name, key] -= 1
            if not self._held[name, key]:
                del self._held[name, key]

    def most(self, name: str) -> int:
        """How many may be present at the same time."""
        return self._heads[name]

    def noted(self, name: str, key: str) -> dict[Hashable, datetime]:
        """What was noted of this caller, and when; to be changed in place by who knows what is over."""
        group = self._noted.pop((name, key), None)
        if group is None:
            group = {}
        self._noted[name, key] = group
        while len(self._noted) > self._keys:
            self._noted.popitem(last=False)
        return group

    def __len__(self) -> int:
        """How many callers are remembered."""
        return len(self._buckets)
