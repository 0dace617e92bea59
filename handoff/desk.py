"""The desk that conversations hands its customers to (conversations.desk.Desk)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, and_, func, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.desk import Reason, Standing
from conversations.models import Conversation, Owner, Turn
from handoff import gathering, replies
from handoff.evidence import Evidence
from handoff.hours import HOUSE, OpeningHours
from handoff.models import CANCELLED, Handoff
from handoff.presence import Presence
from handoff.priority import RANKS, Facts, Rules, Verdict
from server.auth import Role, Staff
from server.clock import Clock
from server.database import UtcDateTime

# The waits that an estimate is made of: enough to be worth saying, recent enough to be true.
WAITS, WAITS_AT_LEAST = 20, 3
WAITS_WITHIN = timedelta(hours=24)
NORMAL_RANK = RANKS["normal"]


@dataclass
class HandoffDesk:
    """Takes requests for a person, says where one stands, and holds what the house decided about both."""

    clock: Clock
    presence: Presence
    hours: OpeningHours = HOUSE
    rules: Rules = field(default_factory=Rules.load)
    replies: tuple[replies.Template, ...] = field(default_factory=replies.load)

    async def request(
        self,
        db: AsyncSession,
        conversation: Conversation,
        *,
        reason: str,
        detail: str,
        turn: Turn | None,
    ) -> None:
        """Make the card; called in the transaction that put the conversation into the queue.

        ``turn`` is the turn that led here, None when the customer pressed the Person button.
        """
        await db.flush()
        seen = await gathering.read(db, conversation.id, conversation.episode)
        now = self.clock.now()
        requested_at = conversation.queued_at or now
        verdict = self.judge(seen, reason=reason)
        before = await latest(db, conversation.id)
        if before is not None and before.closed_at is None:
            # The customer left and came back before the sweeper looked.
            before.closed_at, before.outcome = now, CANCELLED
        excluded = before.agent_id if before and reason == Reason.ASKED_OTHER else None
        starts = self._promise_starts(requested_at)
        db.add(
            Handoff(
                conversation_id=conversation.id,
                episode=conversation.episode,
                epoch=conversation.epoch,
                reason=reason,
                detail=detail[:500] or None,
                priority=verdict.priority.value,
                priority_rank=verdict.rank,
                priority_reason=verdict.why[:500],
                moment_of_truth=verdict.moment_of_truth,
                requested_at=requested_at,
                due_at=starts + verdict.first_response,
                excluded_agent_id=excluded,
                card=seen.model_dump(mode="json"),
            )
        )
        await db.flush()

    async def standing(self, db: AsyncSession, conversation: Conversation) -> Standing:
        """Where the conversation stands in the queue, and who is online.

        The wait is the median of what those recent customers who had waited this long already still had
        to wait; None when fewer than three are known.
        """
        online = self.is_online()
        opens_at = None if online else self._opens_at()
        if conversation.owner is not Owner.QUEUED or conversation.queued_at is None:
            return Standing(position=None, wait_seconds=None, online=online, opens_at=opens_at)
        mine = await latest(db, conversation.id)
        rank = mine.priority_rank if mine else NORMAL_RANK
        ahead = await _count_ahead(db, rank, conversation.queued_at, conversation.id)
        waited = (self.clock.now() - conversation.queued_at).total_seconds()
        wait = expected_wait(await self._recent_waits(db), waited) if online else None
        return Standing(position=ahead + 1, wait_seconds=wait, online=online, opens_at=opens_at)

    async def may_read(self, db: AsyncSession, conversation_id: uuid.UUID, staff: Staff) -> bool:
        return await may_read(db, conversation_id, staff)

    def is_online(self) -> bool:
        return bool(self.presence.online())

    def judge(self, seen: Evidence, *, reason: str, returns: int = 0) -> Verdict:
        """The priority of a request with this evidence."""
        return self.rules.judge(
            Facts(
                reason=reason,
                intents=frozenset(said.intent for said in seen.said if said.intent),
                frustration=seen.peak_frustration,
                text="\n".join(said.text for said in seen.said),
                returns=returns,
            )
        )

    def _opens_at(self) -> datetime | None:
        """The next opening; None while the desk should be staffed, for then nobody knows when."""
        now = self.clock.now()
        return None if self.hours.is_open(now) else self.hours.next_opening(now)

    def _promise_starts(self, requested_at: datetime) -> datetime:
        """The clock of a request runs at once when somebody is there, otherwise from the next opening."""
        if self.hours.is_open(requested_at) or self.is_online():
            return requested_at
        return self.hours.next_opening(requested_at) or requested_at

    async def _recent_waits(self, db: AsyncSession) -> list[float]:
        found = await db.execute(
            select(Handoff.requested_at, Handoff.claimed_at)
            .where(Handoff.claimed_at > self.clock.now() - WAITS_WITHIN)
            .order_by(Handoff.claimed_at.desc())
            .limit(WAITS)
        )
        return [(claimed - requested).total_seconds() for requested, claimed in found if claimed]


def expected_wait(waits: Sequence[float], waited: float) -> int | None:
    """Seconds still to wait, from others' whole waits; None when too few of them waited as long."""
    longer = [wait - waited for wait in waits if wait >= waited]
    return round(median(longer)) if len(longer) >= WAITS_AT_LEAST else None


async def latest(db: AsyncSession, conversation_id: uuid.UUID) -> Handoff | None:
    """The conversation's newest request for a person."""
    return await db.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id)
        .order_by(Handoff.epoch.desc())
        .limit(1)
    )


async def may_read(db: AsyncSession, conversation_id: uuid.UUID, staff: Staff) -> bool:
    """Whether a conversation is theirs to read: agents read what came to the desk, supervisors all."""
    return staff.may(Role.SUPERVISOR) or await latest(db, conversation_id) is not None


def is_current() -> ColumnElement[bool]:
    """Joins a conversation with the open request that put it into the queue."""
    return and_(Handoff.conversation_id == Conversation.id, Handoff.closed_at.is_(None))


async def _count_ahead(
    db: AsyncSession, rank: int, queued_at: datetime, conversation_id: uuid.UUID
) -> int:
    """How many of the queue come before this place; the order is that of `queue.waiting`."""
    theirs = func.coalesce(Handoff.priority_rank, NORMAL_RANK)
    place = tuple_(theirs, Conversation.queued_at, Conversation.id)
    found = await db.execute(
        select(func.count(func.distinct(Conversation.id)))
        .select_from(Conversation)
        .outerjoin(Handoff, is_current())
        .where(
            Conversation.owner == Owner.QUEUED,
            place
            < tuple_(literal(rank), literal(queued_at, UtcDateTime), literal(conversation_id)),
        )
    )
    return found.scalar_one()


async def close_open(
    db: AsyncSession, clock: Clock, conversation_id: uuid.UUID, outcome: str
) -> None:
    """End the conversation's open request, if it has one."""
    await db.execute(
        update(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.closed_at.is_(None))
        .values(closed_at=clock.now(), outcome=outcome)
    )
