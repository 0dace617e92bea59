"""Second persons: staff who joined a chat that a colleague has, and may write there until it changes hands."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations.errors import NotOwner
from conversations.lines import line, payload_of
from conversations.models import Author, Conversation, Owner, Participant
from server.auth import Staff
from server.clock import Clock


async def join(
    db: AsyncSession, clock: Clock, conversation_id: uuid.UUID, staff: Staff
) -> Conversation:
    """Enter a chat that a colleague has; the customer is told. Whoever is in it already stays in it.

    Raises:
        NotOwner: nobody of the staff has this chat. NotFound: unknown.
    """
    conversation = await messages.lock(db, conversation_id)
    if conversation.owner is not Owner.AGENT:
        raise NotOwner("Nobody has this chat now.")
    if await messages.speaks(db, conversation, staff.id):
        return conversation
    joined = line("event_joined", name=staff.name)
    db.add(Participant(conversation_id=conversation_id, staff_id=staff.id, joined_at=clock.now()))
    await messages.append(
        db, clock, conversation,
        author=Author.SYSTEM, text=joined.text, agent=staff,
        payload=payload_of([joined], "joined"),
    )  # fmt: skip
    return conversation


async def leave(
    db: AsyncSession, clock: Clock, conversation_id: uuid.UUID, staff: Staff
) -> Conversation:
    """Leave a chat one had joined; the customer is told.

    Raises:
        NotOwner: this person has not joined it. NotFound: unknown.
    """
    conversation = await messages.lock(db, conversation_id)
    if not await remove(db, conversation_id, staff.id):
        raise NotOwner("You are not in this chat.")
    left = line("event_left", name=staff.name)
    await messages.append(
        db, clock, conversation,
        author=Author.SYSTEM, text=left.text, agent=staff,
        payload=payload_of([left], "left"),
    )  # fmt: skip
    return conversation


async def names(db: AsyncSession, conversation_id: uuid.UUID) -> list[str]:
    """Who has joined, in that order."""
    found = await db.scalars(
        select(Staff.name)
        .join(Participant, Participant.staff_id == Staff.id)
        .where(Participant.conversation_id == conversation_id)
        .order_by(Participant.joined_at, Staff.name)
    )
    return list(found)


async def remove(
    db: AsyncSession, conversation_id: uuid.UUID, staff_id: uuid.UUID | None = None
) -> int:
    """Forget that this person joined, without a word to the customer; without one: that anybody did."""
    mine = [] if staff_id is None else [Participant.staff_id == staff_id]
    found = await db.scalars(
        delete(Participant)
        .where(Participant.conversation_id == conversation_id, *mine)
        .returning(Participant.staff_id)
    )
    return len(found.all())
