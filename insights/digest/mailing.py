"""The digest by mail: on Monday morning by the house's clock, once to each address of the settings.

Every process may look; the outbox takes an occasion once (`server.mail.outbox.enqueue`), so the letter of the
process that was first is the one that goes out.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime, time, timedelta, tzinfo
from typing import Protocol

import structlog

from insights.digest.letter import letter
from insights.digest.service import Digests
from server.clock import Clock
from server.database import Database
from server.mail.outbox import enqueue, reachable
from server.settings import Settings
from server.week import Week

log = structlog.get_logger(__name__)

PAUSE = 60.0
AT = time(7)
#: A house that was down on Monday gets it later that day; on Tuesday the week is no news any more.
WITHIN = timedelta(hours=24)


class House(Protocol):
    async def zone(self) -> tzinfo:
        """The house's time zone."""
        ...


class DigestMail:
    """``start`` and ``stop`` belong to the app's life, tests call ``step``."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, digests: Digests, house: House
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._digests = digests
        self._house = house
        self._written: Week | None = None
        """Spares this process from reading the same week again; the outbox knows what was written."""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look; without a mail server or an address there is nothing to do."""
        if self._settings.mail_on and self._settings.digest_addresses:
            self._task = asyncio.create_task(self._run(), name="digest-mail")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self.step()
            except Exception as error:  # one bad round must not end the looking
                log.error("digest_mail_broke", exc_info=error)
            await asyncio.sleep(PAUSE)

    async def step(self) -> bool:
        """Write the letters when they are due; returns whether this process wrote any."""
        now = self._clock.now()
        week = due(now, await self._house.zone())
        if week is None or week == self._written:
            return False
        made = letter(await self._digests.read(week), self._settings.base_url)
        addresses = [one for one in self._settings.digest_addresses if reachable(one)]
        async with self._database.write() as db:
            for to in addresses:
                await enqueue(
                    db, self._clock, key=_key(week, to), to=to,
                    subject=made.subject, text=made.text, html=made.html,
                )  # fmt: skip
        self._written = week
        unreachable = len(self._settings.digest_addresses) - len(addresses)
        log.info("digest_written", week=str(week), mails=len(addresses), unreachable=unreachable)
        return bool(addresses)


def due(now: datetime, zone: tzinfo) -> Week | None:
    """The week whose digest is to be mailed now, if any.

    From Monday 07:00 by the house's clock, and not before the week has ended, which is midnight UTC.
    """
    here = now.astimezone(zone)
    monday = here.date() - timedelta(days=here.weekday())
    week = Week.of(monday).later(-1)
    begins = max(datetime.combine(monday, AT, zone), week.ends)
    return week if begins <= now < begins + WITHIN else None


def _key(week: Week, to: str) -> str:
    return f"digest:{week}:{hashlib.sha256(to.lower().encode()).hexdigest()[:24]}"
