"""Offers: in a team whose chats are pushed, one agent at a time is asked, and the chat stays open to claim.

Whoever gives or ends an offer holds the conversation's lock, so an offer, a claim and a customer who leaves
take turns; whoever gives one also holds the agent's, so nobody gets more than they have room for. Always in
this order: conversation, agent, request.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations.models import Conversation, Owner
from handoff import journal
from handoff.models import Handoff
from handoff.presence import Presence
from handoff.routing import load, overflow
from handoff.routing.assign import choose, is_pushed, tiers
from handoff.routing.events import OfferChanged
from handoff.teams.models import Profile
from handoff.teams.roster import Roster, Rosters
from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import Conflict
from server.events import record_event

log = structlog.get_logger(__name__)

# A desk can't be given more than this at once; the rest waits for the next look.
BATCH = 200


class Desk(Protocol):
    """What offers need of handoff.desk.HandoffDesk."""

    clock: Clock
    presence: Presence
    rosters: Rosters


class OfferOver(Conflict):
    code, message = "offer_over", "This offer is over. You can still claim the chat from the queue."


@dataclass(frozen=True)
class Work:
    """Chats in the queue that somebody has to look at, most urgent first."""

    lapsed: Sequence[uuid.UUID] = ()
    open: Sequence[uuid.UUID] = ()
    spills: bool = False


async def offer(db: AsyncSession, desk: Desk, handoff: Handoff) -> uuid.UUID | None:
    """Offer a waiting chat to whoever is next; None when nobody is free or nobody is asked in this team.

    The caller has flushed the request and owns its conversation's lock, or takes it here.
    """
    roster = await desk.rosters.now(db)
    if not is_pushed(roster, handoff) or not desk.presence.online():
        return None
    conversation = await messages.lock(db, handoff.conversation_id)
    await db.refresh(handoff)
    if (
        conversation.owner is not Owner.QUEUED
        or handoff.closed_at is not None
        or handoff.offered_to is not None
    ):
        return None
    now = desk.clock.now()
    online = await load.taking(db, roster, desk.presence.online())
    chosen = choose(roster, online, await load.read(db, online, now), handoff)
    if chosen is None:
        return None
    await load.lock(db, chosen)
    # Counted once more under the lock: another process may have given them a chat meanwhile. Then the next
    # look finds somebody; who locked two people here might wait for one who locked them the other way round.
    found = await load.read(db, {chosen}, now)
    if choose(roster, {chosen}, found, handoff) != chosen:
        return None
    await _give(db, desk, roster, handoff, chosen)
    return chosen


async def _give(
    db: AsyncSession, desk: Desk, roster: Roster, handoff: Handoff, agent_id: uuid.UUID
) -> None:
    now = desk.clock.now()
    team = next(
        (one for one in tiers(roster, handoff) if one in roster.teams_of(agent_id)),
        roster.team(handoff.team_id),
    )
    handoff.offered_to = agent_id
    handoff.offered_until = now + timedelta(seconds=team.offer_seconds)
    await db.execute(
        update(Profile).where(Profile.staff_id == agent_id).values(last_offered_at=now)
    )
    await db.flush()
    journal.note(
        db, desk.clock, handoff, "offered", agent_id, until=handoff.offered_until.isoformat()
    )
    record_event(db, OfferChanged(conversation_id=handoff.conversation_id))


async def decline(
    db: AsyncSession, desk: Desk, conversation_id: uuid.UUID, agent: Staff
) -> uuid.UUID | None:
    """Let an offer pass; the next agent is asked at once. Returns who that is.

    Raises:
        OfferOver: the chat is not offered to this agent (any more). NotFound: unknown.
    """
    await messages.lock(db, conversation_id)
    handoff = await _offered(db, conversation_id)
    if handoff is None or handoff.offered_to != agent.id:
        raise OfferOver()
    _end(db, desk, handoff, "declined")
    return await _next(db, desk, handoff)


async def lapse(database: Database, desk: Desk) -> int:
    """Look once at all that waits: end offers that nobody answered, ask the next, open what waited too long to
    the second team. Returns how many chats were touched. Every process may do so at any time.

    A chat that can't be looked after is logged, and keeps no other from it.
    """
    async with database.read() as db:
        work = await find(db, desk)
    touched = 0
    if work.spills:
        try:
            async with database.write() as db:
                roster = await desk.rosters.now(db)
                touched += await overflow.spill(db, desk.clock, roster)
        except Exception as error:
            log.error("overflow_failed", exc_info=error)
        async with database.read() as db:
            work = await find(db, desk)
    for conversation_id in (*work.lapsed, *work.open):
        # One transaction a chat: locks are held in one order, and for a moment only.
        try:
            async with database.write() as db:
                touched += await _renew(db, desk, conversation_id)
        except Exception as error:
            log.error("offer_failed", conversation=str(conversation_id), exc_info=error)
    return touched


async def find(db: AsyncSession, desk: Desk) -> Work:
    """What `lapse` has to do now; three reads at most, one on a desk whose chats are all claimed."""
    roster = await desk.rosters.now(db)
    pushes = any(team.assign != "claim" for team in roster.teams)
    helped = overflow.helped(roster)
    spills = bool(helped) and await overflow.is_due(db, desk.clock, roster)
    now = desk.clock.now()
    waiting = (
        select(Handoff)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.closed_at.is_(None), Conversation.owner == Owner.QUEUED)
        .order_by(Handoff.priority_rank, Conversation.queued_at)
        .limit(BATCH)
    )
    asked = await db.scalars(waiting.where(Handoff.offered_to.is_not(None)))
    online = desk.presence.online()
    lapsed = [one.conversation_id for one in asked if _is_over(one, now, online)]
    if not pushes or not online:
        return Work(lapsed=lapsed, spills=spills)
    online = await load.taking(db, roster, online)
    loads = await load.read(db, online, now)
    unasked = await db.scalars(waiting.where(Handoff.offered_to.is_(None)))
    ready = [
        one.conversation_id for one in unasked if choose(roster, online, loads, one) is not None
    ]
    return Work(lapsed=lapsed, open=ready, spills=spills)


async def _renew(db: AsyncSession, desk: Desk, conversation_id: uuid.UUID) -> bool:
    conversation = await messages.lock(db, conversation_id)
    handoff = await _offered(db, conversation_id)
    if handoff is None or conversation.owner is not Owner.QUEUED:
        return False  # claimed, or the customer left, a moment ago
    lapsed = _is_over(handoff, desk.clock.now(), desk.presence.online())
    if lapsed:
        _end(db, desk, handoff, "offer_lapsed")
    return await _next(db, desk, handoff) is not None or lapsed


async def _next(db: AsyncSession, desk: Desk, handoff: Handoff) -> uuid.UUID | None:
    await db.flush()
    return await offer(db, desk, handoff)


def _is_over(handoff: Handoff, now: datetime, online: Collection[uuid.UUID]) -> bool:
    """Whether an offer's time is up, or its agent has left."""
    asked, until = handoff.offered_to, handoff.offered_until
    return asked is not None and (until is None or until <= now or asked not in online)


def _end(db: AsyncSession, desk: Desk, handoff: Handoff, why: str) -> None:
    passed = handoff.offered_to
    withdraw(handoff)
    if passed is not None:
        handoff.declined = [*handoff.declined, str(passed)]
    journal.note(db, desk.clock, handoff, why, passed)
    record_event(db, OfferChanged(conversation_id=handoff.conversation_id))


def withdraw(handoff: Handoff) -> None:
    """Nobody is asked any more."""
    handoff.offered_to = handoff.offered_until = None


async def _offered(db: AsyncSession, conversation_id: uuid.UUID) -> Handoff | None:
    return await db.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.closed_at.is_(None))
        .order_by(Handoff.epoch.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
