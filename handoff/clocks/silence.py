"""Who has gone silent: an agent's chat goes back to the queue; a customer who was answered has left."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages, owners
from conversations.errors import NotOwner, OwnerChanged
from conversations.models import Author, Conversation, Message, Owner, Seen
from handoff import journal, queue
from handoff.cases import records
from handoff.clocks import book
from handoff.desk import HandoffDesk, latest
from handoff.models import CloseOutcome, Handoff
from server.auth import get_staff
from server.database import Database

log = structlog.get_logger(__name__)

BATCH = 200


async def left_by_agents(
    db: AsyncSession, desk: HandoffDesk, grace: float
) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Chats, each with its agent, who has been gone for longer than `grace` seconds."""
    owned = await db.execute(
        select(Conversation.id, Conversation.agent_id).where(Conversation.owner == Owner.AGENT)
    )
    return [
        (conversation_id, agent_id)
        for conversation_id, agent_id in owned
        if agent_id is not None and desk.presence.gone_for(agent_id) > grace
    ]


async def give_back(
    database: Database, desk: HandoffDesk, conversation_id: uuid.UUID, agent_id: uuid.UUID
) -> None:
    """Put the chat of an agent who is gone back into the queue, where it keeps its waiting time."""
    try:
        async with database.write() as db:
            agent = await get_staff(db, agent_id)
            await queue.release(db, desk, conversation_id, agent, what="returned")
    except NotOwner:
        return  # closed or transferred in between
    log.warning("agent_gone", conversation=str(conversation_id), agent=str(agent_id))


async def left_by_customers(db: AsyncSession, now: datetime) -> list[uuid.UUID]:
    """Chats in which a person had the last word, and the customer has given no sign for long."""
    hours = (await book.read(db)).silent_hours
    found = await db.scalars(_silent(now - timedelta(hours=hours)))
    return list(found)


def _silent(before: datetime) -> Select[uuid.UUID]:
    # Backwards along the index: the last word is among the newest messages.
    word = (
        select(Message.seq)
        .where(
            Message.conversation_id == Conversation.id,
            Message.author.in_((Author.CUSTOMER, Author.AGENT)),
        )
        .order_by(Message.seq.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )
    read = (
        select(Seen.at)
        .where(Seen.conversation_id == Conversation.id, Seen.side == Author.CUSTOMER.value)
        .correlate(Conversation)
        .scalar_subquery()
    )
    return (
        select(Conversation.id)
        .join(Message, (Message.conversation_id == Conversation.id) & (Message.seq == word))
        .join(
            Handoff,
            (Handoff.conversation_id == Conversation.id) & Handoff.closed_at.is_(None),
        )
        .where(
            Conversation.owner.in_((Owner.QUEUED, Owner.AGENT)),
            # A customer who waits for an answer is never sent away: a person answered them in this case.
            Message.author == Author.AGENT,
            Message.created_at >= Handoff.requested_at,
            Message.created_at < before,
            func.coalesce(read, Message.created_at) < before,
        )
        .order_by(Message.created_at)
        .limit(BATCH)
    )


async def close(database: Database, desk: HandoffDesk, conversation_id: uuid.UUID) -> None:
    """End the chat of a customer who left, unless they have given a sign in between."""
    try:
        async with database.write() as db:
            conversation = await messages.lock(db, conversation_id)
            if conversation_id not in await left_by_customers(db, desk.clock.now()):
                return
            await owners.lapse(db, desk.clock, conversation, epoch=conversation.epoch)
            handoff = await latest(db, conversation_id)
            if handoff is not None and handoff.closed_at is None:
                outcome = CloseOutcome.NO_REPLY.value
                handoff.closed_at, handoff.outcome = desk.clock.now(), outcome
                journal.note(db, desk.clock, handoff, "closed", outcome=outcome)
                roster = await desk.rosters.now(db)
                await records.answered(db, desk.clock, roster, handoff)
    except OwnerChanged:
        return
    log.info("customer_gone", conversation=str(conversation_id))
