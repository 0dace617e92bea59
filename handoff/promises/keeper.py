"""Looks after what was promised: late promises, broken ones, and answers that nobody has seen.

Each step takes the conversation's lock and looks again, so several processes may look at the same time.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages, resume
from conversations.lines import payload_of
from conversations.models import Author, Conversation, Message, Owner, Visitor
from handoff import journal
from handoff.clocks.alarms import raise_alarm
from handoff.models import Handoff, HandoffEvent
from handoff.promises import unseen, words
from handoff.promises.service import Promises
from server.database import Database
from server.mail.outbox import enqueue, written_to

log = structlog.get_logger(__name__)

PAUSE = 5.0
# An agent who reloads the console is gone for a second or two: nobody is told that nobody is there.
ABSENT = timedelta(seconds=30)
BATCH = 100
MISSED = "promise_missed"


class Keeper:
    """``start`` and ``stop`` belong to the app's life, tests call ``step``."""

    def __init__(self, database: Database, promises: Promises, *, seconds: float = PAUSE) -> None:
        self._database = database
        self._promises = promises
        self._clock = promises.clock
        self._settings = promises.settings
        self._seconds = seconds
        self._alone_since: dict[uuid.UUID, datetime] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="promise-keeper")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await self.step()
            except Exception as error:  # one bad round must not end the keeping
                log.error("promise_keeper_broke", exc_info=error)

    async def step(self) -> None:
        """Look once at everything."""
        for conversation_id in await self._alone():
            await self._each(self._promise, conversation_id)
        grace = timedelta(seconds=self._settings.promise_grace)
        async for handoff in self._find(_broken(self._clock.now() - grace)):
            await self._each(self._own_up, handoff.conversation_id)
        if self._settings.mail_on:
            async with self._database.read() as db:
                quiet = await unseen.waiting(db, self._clock)
            for conversation_id in quiet:
                await self._each(self._mail, conversation_id)

    async def _each(
        self, look_after: Callable[[uuid.UUID], Awaitable[None]], conversation_id: uuid.UUID
    ) -> None:
        """One chat that can't be looked after must not keep the others from it."""
        try:
            await look_after(conversation_id)
        except Exception as error:
            log.error("promise_broke", conversation=str(conversation_id), exc_info=error)

    async def _mail(self, conversation_id: uuid.UUID) -> None:
        async with self._database.write() as db:
            await unseen.mail(db, self._clock, self._settings, conversation_id)

    async def _alone(self) -> list[uuid.UUID]:
        """Who waits without a promise, and for a while nobody has been there for them."""
        now, alone = self._clock.now(), {}
        async for handoff in self._find(_unpromised()):
            async with self._database.read() as db:
                if await self._promises.due(db, handoff):
                    chat = handoff.conversation_id
                    alone[chat] = self._alone_since.get(chat, now)
        self._alone_since = alone
        return [one for one, since in alone.items() if now - since >= ABSENT]

    async def _find(self, condition: ColumnElement[bool]) -> AsyncIterator[Handoff]:
        """Every open request of the condition, longest waiting first.

        Read a page at a time, so that requests that need nothing, or can't be helped, hide none behind them.
        """
        place = tuple_(Handoff.requested_at, Handoff.id)
        page = (
            select(Handoff)
            .join(Conversation, Conversation.id == Handoff.conversation_id)
            .where(Handoff.closed_at.is_(None), condition)
            .order_by(Handoff.requested_at, Handoff.id)
            .limit(BATCH)
        )
        found: Sequence[Handoff] = ()
        while not found or len(found) == BATCH:
            after = [place > (found[-1].requested_at, found[-1].id)] if found else []
            async with self._database.read() as db:
                found = (await db.scalars(page.where(*after))).all()
            if not found:
                return
            for handoff in found:
                yield handoff

    async def _locked(
        self, db: AsyncSession, conversation_id: uuid.UUID, condition: ColumnElement[bool]
    ) -> tuple[Conversation, Handoff | None]:
        """The chat and its request, if the condition still holds under the lock."""
        conversation = await messages.lock(db, conversation_id)
        handoff = await db.scalar(
            select(Handoff)
            .join(Conversation, Conversation.id == Handoff.conversation_id)
            .where(
                Handoff.conversation_id == conversation_id, Handoff.closed_at.is_(None), condition
            )
            .order_by(Handoff.epoch.desc())
            .limit(1)
            .with_for_update(of=Handoff)
            .execution_options(populate_existing=True)
        )
        return conversation, handoff

    async def _promise(self, conversation_id: uuid.UUID) -> None:
        """Everybody has left while this customer waited, or their agent has."""
        async with self._database.write() as db:
            conversation, handoff = await self._locked(db, conversation_id, _unpromised())
            if handoff is not None:
                await self._promises.give(db, conversation, handoff)

    async def _own_up(self, conversation_id: uuid.UUID) -> None:
        """Nobody came: alert everybody, and say so to the customer, here and by mail."""
        before = self._clock.now() - timedelta(seconds=self._settings.promise_grace)
        async with self._database.write() as db:
            conversation, handoff = await self._locked(db, conversation_id, _broken(before))
            if handoff is None or handoff.promised_at is None:
                return
            visitor = await db.get_one(Visitor, conversation.visitor_id)
            when = await self._promises.moment(db, handoff, visitor.zone) or ""
            journal.note(db, self._clock, handoff, MISSED, until=handoff.promised_at.isoformat())
            raise_alarm(db, self._clock, handoff, "nobody came at the time we had promised")
            said = words.missed(when, handoff.promised_at)
            await messages.append(
                db, self._clock, conversation,
                author=Author.SYSTEM, text=said.text, payload=payload_of([said], MISSED),
            )  # fmt: skip
            if self._settings.mail_on and handoff.contact_email:
                await self._mail_missed(db, conversation, handoff, handoff.contact_email, when)
        log.warning("promise_missed", conversation=str(conversation_id))

    async def _mail_missed(
        self,
        db: AsyncSession,
        conversation: Conversation,
        handoff: Handoff,
        to: str,
        when: str,
    ) -> None:
        if await written_to(db, self._clock, to, unseen.A_DAY) >= unseen.MAILS_A_DAY:
            return
        token = await resume.issue(db, self._clock, conversation.visitor_id)
        written = words.missed_mail(
            when, unseen.link_of(self._settings, token), self._settings.mail_reply_to
        )
        await enqueue(
            db, self._clock, key=f"missed:{handoff.id}", to=to,
            subject=written.subject, text=written.text, html=written.html,
        )  # fmt: skip


def _noted(what: str) -> ColumnElement[bool]:
    return exists().where(HandoffEvent.handoff_id == Handoff.id, HandoffEvent.what == what)


def _unpromised() -> ColumnElement[bool]:
    """Waits in the queue, and was told nothing yet; who never gets a time is told so once, too."""
    return and_(
        Conversation.owner == Owner.QUEUED,
        Handoff.promised_at.is_(None),
        ~_noted("promised"),
    )


def _broken(before: datetime) -> ColumnElement[bool]:
    """Promised for a moment before this one, and no agent has written since the request."""
    answered = exists().where(
        Message.conversation_id == Handoff.conversation_id,
        Message.author == Author.AGENT,
        Message.created_at >= Handoff.requested_at,
    )
    return and_(
        Conversation.owner.in_((Owner.QUEUED, Owner.AGENT)),
        Handoff.promised_at < before,
        ~answered,
        ~_noted(MISSED),
    )
