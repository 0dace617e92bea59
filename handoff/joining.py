"""A lead or a supervisor enters a chat: beside the agent who has it, or, if nobody has it, as its agent."""

from __future__ import annotations

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from conversations import handover, messages, participants
from conversations.desk import Reason
from conversations.errors import NotOwner
from conversations.models import Conversation, Owner
from handoff import journal
from handoff.desk import HandoffDesk, latest, may_read
from handoff.routing import assign, taking
from server.auth import Role, Staff
from server.errors import Forbidden, NotFound


async def join(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, staff: Staff
) -> Conversation:
    """Enter a chat; the customer is told. What nobody of the staff has yet becomes this person's own.

    Raises:
        Forbidden: neither a supervisor nor a lead. NotOwner: the chat is closed.
        NotFound: unknown, or not theirs to read. And what `taking.claim` raises.
    """
    if not await may_read(db, conversation_id, staff):
        raise NotFound()
    roster = await desk.rosters.now(db)
    if not (staff.may(Role.SUPERVISOR) or assign.is_lead(roster, staff.id)):
        raise Forbidden("Only supervisors and leads join a chat.")
    conversation = await messages.lock(db, conversation_id)
    if conversation.owner is Owner.CLOSED:
        raise NotOwner("This chat is closed.")
    if conversation.owner is Owner.BOT:
        conversation = await handover.to_people(
            db, desk.clock, desk, conversation,
            epoch=conversation.epoch, reason=Reason.STEPPED_IN, detail=staff.name,
        )  # fmt: skip
    if conversation.owner is Owner.QUEUED:
        return await taking.claim(db, desk, conversation_id, staff, over_capacity=True)
    was_in = await messages.speaks(db, conversation, staff.id)
    conversation = await participants.join(db, desk.clock, conversation_id, staff)
    if not was_in:
        await _write_down(db, desk, conversation_id, staff, "joined")
    return conversation


async def leave(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, staff: Staff
) -> Conversation:
    """Leave a chat that one has joined; the customer is told.

    Raises:
        NotOwner: this person has not joined it. NotFound: unknown.
    """
    conversation = await participants.leave(db, desk.clock, conversation_id, staff)
    await _write_down(db, desk, conversation_id, staff, "left")
    return conversation


async def _write_down(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, staff: Staff, what: str
) -> None:
    handoff = await latest(db, conversation_id)
    if handoff is not None and handoff.closed_at is None:
        journal.note(db, desk.clock, handoff, what, staff.id)
