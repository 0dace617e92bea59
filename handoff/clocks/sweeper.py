"""The sweeper: nothing waits unseen. Every step is conditional, so several processes may sweep at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.clocks import book, breaches, cases, mend, rising, silence
from handoff.clocks.breaches import Said, Terms
from handoff.clocks.cases import Case
from handoff.desk import HandoffDesk
from handoff.models import Handoff
from server.database import Database

log = structlog.get_logger(__name__)

# Short against the 15 s promise of an urgent request.
SWEEP_SECONDS = 5.0


class Sweeper:
    """Keeps the clocks, mends what disagrees, and takes chats back from whoever is gone.

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
        """Look once at everything. An idle desk costs a few reads, and no write.

        Raises:
            Exception: the first that failed. One bad case or part never keeps the others from being looked at.
        """
        failed: list[Exception] = []
        for part in (
            self._mend,
            self._lift_urgent,
            self._keep_clocks,
            self._take_back,
            self._end_silent,
        ):
            await self._try(part, failed)
        for error in failed[1:]:
            log.error("sweep_failed", exc_info=error)
        if failed:
            raise failed[0]

    async def _try(
        self, part: Callable[[list[Exception]], Awaitable[None]], failed: list[Exception]
    ) -> None:
        try:
            await part(failed)
        except Exception as error:
            failed.append(error)

    async def _mend(self, failed: list[Exception]) -> None:
        async with self._database.read() as db:
            found = await mend.broken(db)
        for conversation_id in found:
            try:
                await mend.mend(self._database, self._desk, conversation_id)
            except Exception as error:
                failed.append(error)

    async def _lift_urgent(self, failed: list[Exception]) -> None:
        async with self._database.read() as db:
            found = await rising.find(db, self._desk)
        for handoff_id in found:
            try:
                await rising.lift(self._database, self._desk, handoff_id)
            except Exception as error:
                failed.append(error)

    async def _take_back(self, failed: list[Exception]) -> None:
        async with self._database.read() as db:
            found = await silence.left_by_agents(db, self._desk, self._grace)
        for conversation_id, agent_id in found:
            try:
                await silence.give_back(self._database, self._desk, conversation_id, agent_id)
            except Exception as error:
                failed.append(error)

    async def _end_silent(self, failed: list[Exception]) -> None:
        async with self._database.read() as db:
            found = await silence.left_by_customers(db, self._desk.clock.now())
        for conversation_id in found:
            try:
                await silence.close(self._database, self._desk, conversation_id)
            except Exception as error:
                failed.append(error)

    async def _keep_clocks(self, _: list[Exception]) -> None:
        async with self._database.read() as db:
            found = await cases.read(db)
            if not found:
                return
            terms = await self._measures(db)
            # Looked at as they are, never written: what changes is looked at again under its lock.
            db.expunge_all()
        before = [_clocks(case.handoff) for case in found]
        moved = []
        for case, was in zip(found, before, strict=True):
            breaches.look(case, terms(case.handoff))
            if _clocks(case.handoff) != was:
                moved.append(case.handoff.id)
        if not moved:
            return
        async with self._database.write() as db:
            locked = await cases.lock(db, moved)
            terms = await self._measures(db)
            for case in locked:
                said = await self._look(db, case, terms(case.handoff))
                breaches.tell(db, self._desk.clock, case.handoff, said)

    async def _look(self, db: AsyncSession, case: Case, terms: Terms) -> list[Said]:
        late = False
        if case.waits_since is None and case.handoff.next_due_at is not None:
            late = await cases.answered_late(db, case.handoff, terms.promises, terms.hours)
        return breaches.look(case, terms, answered_late=late)

    async def _measures(self, db: AsyncSession) -> Callable[[Handoff], Terms]:
        """What a case is measured by: its team's hours, and whether anybody is there now."""
        promises = await book.read(db)
        roster = await self._desk.rosters.now(db)
        now, online = self._desk.clock.now(), bool(self._desk.presence.online())

        def terms(handoff: Handoff) -> Terms:
            return Terms(promises, roster.team(handoff.team_id).hours, now, online)

        return terms


def _clocks(handoff: Handoff) -> tuple[object, ...]:
    """All that looking at a case may change."""
    return (
        handoff.first_response_at, handoff.due_at, handoff.next_due_at, handoff.resolve_due_at,
        handoff.warned, handoff.late, handoff.breached, handoff.escalated, handoff.overdue_at,
    )  # fmt: skip
