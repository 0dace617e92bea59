"""Conversation and case agree, whatever was interrupted between any two steps.

A conversation in the queue or with an agent has exactly one open case, of its own episode; every other case is
closed with an outcome.
"""

from __future__ import annotations

import uuid

import structlog
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations.desk import Reason
from conversations.models import Author, Conversation, Episode, Message, Outcome, Owner
from handoff import journal
from handoff.cases import records
from handoff.clocks import book, due
from handoff.desk import HandoffDesk
from handoff.models import CANCELLED, HANDED_BACK, CloseOutcome, Handoff
from handoff.priority import RANKS
from server.database import Database

log = structlog.get_logger(__name__)

WITH_PEOPLE = (Owner.QUEUED, Owner.AGENT)


async def broken(db: AsyncSession) -> list[uuid.UUID]:
    """The conversations whose cases don't fit them; usually none, found in one statement each way."""
    lonely = select(Conversation.id).where(
        Conversation.owner.in_(WITH_PEOPLE), ~exists().where(_is_theirs())
    )
    twin = Handoff.__table__.alias()
    left = (
        select(Handoff.conversation_id)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(
            Handoff.closed_at.is_(None),
            or_(
                Conversation.owner.not_in(WITH_PEOPLE),
                Handoff.episode != Conversation.episode,
                and_(
                    Conversation.owner == Owner.AGENT,
                    Handoff.agent_id.is_distinct_from(Conversation.agent_id),
                ),
                exists().where(
                    twin.c.conversation_id == Handoff.conversation_id,
                    twin.c.closed_at.is_(None),
                    twin.c.id != Handoff.id,
                ),
            ),
        )
    )
    found = await db.scalars(lonely.union(left))
    return list(found)


def _is_theirs() -> ColumnElement[bool]:
    return and_(
        Handoff.conversation_id == Conversation.id,
        Handoff.closed_at.is_(None),
        Handoff.episode == Conversation.episode,
    )


async def mend(database: Database, desk: HandoffDesk, conversation_id: uuid.UUID) -> None:
    """Make conversation and cases agree; the conversation's lock keeps a second process from doing it, too."""
    async with database.write() as db:
        conversation = await messages.lock(db, conversation_id)
        standing = await _close_others(db, desk, conversation)
        if conversation.owner not in WITH_PEOPLE:
            return
        if standing is None:
            log.warning("case_missing", conversation=str(conversation_id))
            standing = await _open(db, desk, conversation)
        if conversation.owner is Owner.AGENT and standing.agent_id != conversation.agent_id:
            standing.agent_id = conversation.agent_id
            standing.claimed_at = standing.claimed_at or desk.clock.now()


async def _close_others(
    db: AsyncSession, desk: HandoffDesk, conversation: Conversation
) -> Handoff | None:
    """End every open case but the newest of the present episode, which is returned."""
    found = await db.scalars(
        select(Handoff)
        .where(Handoff.conversation_id == conversation.id, Handoff.closed_at.is_(None))
        .order_by(Handoff.epoch.desc(), Handoff.id)
        .with_for_update()
    )
    standing: Handoff | None = None
    for case in found:
        fits = conversation.owner in WITH_PEOPLE and case.episode == conversation.episode
        if fits and standing is None:
            standing = case
            continue
        case.closed_at = desk.clock.now()
        case.outcome = await _outcome(db, conversation, case)
        journal.note(db, desk.clock, case, "closed", outcome=case.outcome)
        await records.answered(db, desk.clock, await desk.rosters.now(db), case)
    return standing


async def _outcome(db: AsyncSession, conversation: Conversation, case: Handoff) -> str:
    """How a case ended that nobody wrote an outcome for, as far as the log knows."""
    ended = await db.scalar(
        select(Episode.outcome).where(
            Episode.conversation_id == case.conversation_id, Episode.number == case.episode
        )
    )
    if ended is Outcome.HANDED_BACK:
        return HANDED_BACK
    if conversation.owner is Owner.CLOSED and ended is not Outcome.CANCELLED:
        return CloseOutcome.NO_REPLY.value
    return CANCELLED


async def _open(db: AsyncSession, desk: HandoffDesk, conversation: Conversation) -> Handoff:
    """The case that was never written: with its card if that can be made, else bare."""
    reason = await _reason(db, conversation)
    if conversation.owner is Owner.QUEUED:
        try:
            async with db.begin_nested():
                await desk.request(db, conversation, reason=reason, detail="", turn=None)
        except OperationalError:
            raise
        except Exception as error:
            log.error("card_failed", conversation_id=str(conversation.id), exc_info=error)
        else:
            made = await db.scalar(
                select(Handoff).where(
                    Handoff.conversation_id == conversation.id, Handoff.closed_at.is_(None)
                )
            )
            if made is not None:
                return made
    return await _bare(db, desk, conversation, reason)


async def _bare(
    db: AsyncSession, desk: HandoffDesk, conversation: Conversation, reason: str
) -> Handoff:
    now = desk.clock.now()
    requested = conversation.queued_at or now
    case = Handoff(
        conversation_id=conversation.id,
        episode=conversation.episode,
        epoch=conversation.epoch,
        reason=reason,
        priority_reason="what is known could not be read",
        requested_at=requested,
        due_at=requested,
        agent_id=conversation.agent_id,
        claimed_at=now if conversation.owner is Owner.AGENT else None,
    )
    case.priority, case.priority_rank = "normal", RANKS["normal"]
    roster = await desk.rosters.now(db)
    case.team_id = roster.home.id
    due.start(
        case, await book.read(db), roster.home.hours, requested, online=bool(desk.presence.online())
    )
    db.add(case)
    await db.flush()
    journal.note(db, desk.clock, case, "requested", reason=reason)
    return case


async def _reason(db: AsyncSession, conversation: Conversation) -> str:
    """The coded reason, from the system message that told the customer of it."""
    found = await db.scalars(
        select(Message.payload)
        .where(
            Message.conversation_id == conversation.id,
            Message.author == Author.SYSTEM,
            Message.payload["event"].as_string() == "queued",
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    payload = found.first() or {}
    known = {reason.value for reason in Reason}
    reason = str(payload.get("reason", ""))
    return reason if reason in known else Reason.ASKED.value
