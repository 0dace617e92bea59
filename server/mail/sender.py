"""The mailer: sends what stands in the outbox, each mail by one process at a time.

A mail is claimed by one conditional UPDATE, sent with no transaction open, and marked. So no two processes
ever send the same mail at once. What remains is the edge that every SMTP client has: who dies after the server
took the mail and before the mark was committed leaves a claim that lapses, and the mail goes out a second time,
at least once rather than exactly once. Both bear the same Message-ID, by which mail systems drop the repeat.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, update

from server.clock import Clock
from server.database import Database
from server.mail.letter import NotSent, deliver
from server.mail.models import Mail
from server.settings import Settings

log = structlog.get_logger(__name__)

PAUSE = 2.0
BATCH = 20
ATTEMPTS = 30
"""With the pauses below that is a little more than a day."""
BACKOFF_FIRST, BACKOFF_MOST = timedelta(seconds=30), timedelta(hours=1)
# Longer than one sending ever takes (`letter.SEND_SECONDS`): a claim must not lapse under its holder.
LEASE = timedelta(minutes=5)
WAITING_SAID_AFTER = timedelta(minutes=10)
WAITING_SAID_EVERY = timedelta(minutes=5)
KEPT = timedelta(days=30)
"""Mails hold what was said in chats; the outbox is no archive."""

Deliver = Callable[[Mail, Settings], Awaitable[None]]


class Mailer:
    """Sends the outbox; ``start`` and ``stop`` belong to the app's life, tests call ``step``."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, *, deliver: Deliver = deliver
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._deliver = deliver
        self._task: asyncio.Task[None] | None = None
        self._said_at = clock.now()
        self._tidied_at = clock.now() - KEPT

    def start(self) -> None:
        """Begin to send; without a mail server (setting ``smtp_host``) there is nothing to do."""
        if self._settings.mail_on:
            self._task = asyncio.create_task(self._run(), name="mailer")

    async def stop(self) -> None:
        """A mail that is on its way is cut off; its claim lapses and it is sent again."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self.step()
            except Exception as error:  # one bad round must not end the sending
                log.error("mailer_broke", exc_info=error)
            await asyncio.sleep(PAUSE)

    async def step(self) -> int:
        """Send what is due; returns how many mails were taken by the server."""
        sent = 0
        for mail_id in await self._due():
            mail = await self._claim(mail_id)
            if mail is not None:
                sent += await self._send(mail)
        await self._say_what_waits()
        await self._tidy()
        return sent

    async def _due(self) -> list[UUID]:
        async with self._database.read() as db:
            found = await db.scalars(
                select(Mail.id)
                .where(Mail.next_try_at <= self._clock.now())
                .order_by(Mail.next_try_at)
                .limit(BATCH)
            )
            return list(found)

    async def _claim(self, mail_id: UUID) -> Mail | None:
        """Take one mail for `LEASE`; None when another process was faster."""
        now = self._clock.now()
        async with self._database.write() as db:
            found = await db.execute(
                update(Mail)
                .where(Mail.id == mail_id, Mail.next_try_at <= now)
                .values(next_try_at=now + LEASE, attempts=Mail.attempts + 1)
                .returning(Mail)
                .execution_options(synchronize_session=False)
            )
            return found.scalar_one_or_none()

    async def _send(self, mail: Mail) -> bool:
        try:
            await self._deliver(mail, self._settings)
        except NotSent as error:
            await self._put_off(mail, error)
            return False
        await self._settle(mail, sent_at=self._clock.now(), next_try_at=None, problem="")
        log.info("mail_sent", mail=str(mail.id), attempts=mail.attempts)
        return True

    async def _put_off(self, mail: Mail, error: NotSent) -> None:
        over = error.final or mail.attempts >= ATTEMPTS
        pause = min(BACKOFF_MOST, BACKOFF_FIRST * 2 ** min(mail.attempts - 1, 20))
        again = None if over else self._clock.now() + pause
        await self._settle(mail, next_try_at=again, problem=str(error)[:300])
        # Not the reason in the server's words: they name the customer's address.
        say = log.error if over else log.warning
        say("mail_given_up" if over else "mail_put_off", mail=str(mail.id), attempts=mail.attempts)

    async def _settle(self, mail: Mail, **values: object) -> None:
        async with self._database.write() as db:
            await db.execute(
                update(Mail)
                # A later claim than ours has the word now.
                .where(Mail.id == mail.id, Mail.attempts == mail.attempts, Mail.sent_at.is_(None))
                .values(**values)
                .execution_options(synchronize_session=False)
            )

    async def oldest_unsent(self) -> tuple[int, float]:
        """How many mails wait, and for how many seconds the oldest has."""
        async with self._database.read() as db:
            found = await db.execute(
                select(func.count(), func.min(Mail.created_at)).where(Mail.next_try_at.is_not(None))
            )
            count, oldest = found.one()
        return count, (self._clock.now() - oldest).total_seconds() if oldest else 0.0

    async def _say_what_waits(self) -> None:
        now = self._clock.now()
        if now - self._said_at < WAITING_SAID_EVERY:
            return
        self._said_at = now
        count, seconds = await self.oldest_unsent()
        if seconds >= WAITING_SAID_AFTER.total_seconds():
            log.warning("mail_waits", count=count, oldest_seconds=round(seconds))

    async def _tidy(self) -> None:
        now = self._clock.now()
        if now - self._tidied_at < timedelta(hours=1):
            return
        self._tidied_at = now
        async with self._database.write() as db:
            await db.execute(
                delete(Mail).where(Mail.next_try_at.is_(None), Mail.created_at < now - KEPT)
            )
