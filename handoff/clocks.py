"""The sweeper: nothing waits unseen. Every step is conditional, so several processes may sweep at once."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.errors import NotOwner
from conversations.models import Author, Conversation, Message, Owner
from handoff import queue
from handoff.desk import HandoffDesk
from handoff.events import HandoffOverdue
from handoff.models import CANCELLED, CloseOutcome, Handoff
from server.auth import get_staff
from server.database import Database
from server.events import record_event

log = structlog.get_logger(__name__)

# Short against the 15 s promise of an urgent request.
SWEEP_SECONDS = 5.0


class Sweeper:
    """Returns the chats of agents who are gone, keeps the response times, and flags what is overdue.

    ``start`` and ``stop`` belong to the app's life; tests call ``step``.
    """

    def __init__(
        self,
        database: Database,
        desk: HandoffDesk,
        *,
        agent_grace: float,
        seconds: float = SWEEP_SECONDS,
    ) -> None:
        self._database = database
        self._desk = desk
        self._grace = agent_grace
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="handoff-sweeper")

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
            except Exception as error:  # a failed sweep must not end the sweeping
                log.error("sweep_failed", exc_info=error)

    async def step(self) -> None:
        """Look once at everything."""
        async with self._database.read() as db:
            work = await self._find_work(db)
        if work:
            async with self._database.write() as db:
                await self._record_responses(db)
                await self._settle_left(db)
                await self._flag_overdue(db)
        await self._return_chats()

    async def _find_work(self, db: AsyncSession) -> bool:
        """Whether anything is open: an idle desk costs two reads, and no write."""
        return bool(await db.scalar(select(Handoff.id).where(Handoff.closed_at.is_(None)).limit(1)))

    async def _record_responses(self, db: AsyncSession) -> None:
        first = (
            select(func.min(Message.created_at))
            .where(
                Message.conversation_id == Handoff.conversation_id,
                Message.episode == Handoff.episode,
                Message.author == Author.AGENT,
                Message.created_at >= Handoff.requested_at,
            )
            .scalar_subquery()
        )
        await db.execute(
            update(Handoff)
            .where(
                Handoff.closed_at.is_(None),
                Handoff.first_response_at.is_(None),
                Handoff.claimed_at.is_not(None),
                first.is_not(None),
            )
            .values(first_response_at=first)
            .execution_options(synchronize_session=False)
        )

    async def _settle_left(self, db: AsyncSession) -> None:
        """End the requests of customers who left the queue; conversations knows nothing of our rows."""
        for owner, outcome in (
            (Owner.BOT, CANCELLED),
            (Owner.CLOSED, CloseOutcome.NO_REPLY.value),
        ):
            gone = select(Conversation.id).where(Conversation.owner == owner)
            await db.execute(
                update(Handoff)
                .where(Handoff.closed_at.is_(None), Handoff.conversation_id.in_(gone))
                .values(closed_at=self._desk.clock.now(), outcome=outcome)
                .execution_options(synchronize_session=False)
            )

    async def _flag_overdue(self, db: AsyncSession) -> None:
        now = self._desk.clock.now()
        late = await db.scalars(
            update(Handoff)
            .where(
                Handoff.closed_at.is_(None),
                Handoff.first_response_at.is_(None),
                Handoff.overdue_at.is_(None),
                Handoff.due_at < now,
            )
            .values(overdue_at=now)
            .returning(Handoff.conversation_id)
            .execution_options(synchronize_session=False)
        )
        for conversation_id in late:
            log.warning("handoff_overdue", conversation=str(conversation_id))
            record_event(db, HandoffOverdue(conversation_id=conversation_id))

    async def _return_chats(self) -> None:
        """Put the chats of agents who are gone past the grace period back into the queue."""
        async with self._database.read() as db:
            owned = await db.execute(
                select(Conversation.id, Conversation.agent_id).where(
                    Conversation.owner == Owner.AGENT
                )
            )
            rows = owned.all()
        for conversation_id, agent_id in rows:
            if agent_id is not None and self._desk.presence.gone_for(agent_id) > self._grace:
                await self._return(conversation_id, agent_id)

    async def _return(self, conversation_id: UUID, agent_id: UUID) -> None:
        try:
            async with self._database.write() as db:
                agent = await get_staff(db, agent_id)
                await queue.release(db, self._desk, conversation_id, agent)
        except NotOwner:
            return  # closed or transferred in between
        log.warning("agent_gone", conversation=str(conversation_id), agent=str(agent_id))
