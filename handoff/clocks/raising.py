"""What staff do with alarms: raise one on any chat, or take one on."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import handover, messages
from conversations import text as texts
from conversations.desk import Reason
from conversations.models import Owner
from handoff.clocks import alarms, book, due
from handoff.desk import HandoffDesk
from handoff.models import Handoff, Priority
from handoff.priority import RANKS
from handoff.queue import readable
from server.auth import Staff
from server.errors import Conflict, Invalid


class NotWithPeople(Conflict):
    code, message = (
        "not_with_people",
        "This chat has ended; there is nothing to raise an alarm for.",
    )


class NoAlarm(Conflict):
    code, message = "no_alarm", "No alarm is raised, or somebody has taken it on already."


async def raise_on(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, staff: Staff, why: str
) -> Handoff:
    """Raise the alarm on any chat this person may read; one that the assistant has comes to the queue.

    The case becomes urgent, with the promises of urgent cases.

    Raises:
        Invalid: no reason is given. NotWithPeople: the chat is closed. NotFound: unknown, or not theirs to read.
    """
    why = texts.clean(why)
    if texts.is_blank(why):
        raise Invalid("Say in a few words why everybody should look.")
    await readable(db, conversation_id, staff)
    conversation = await messages.lock(db, conversation_id)
    if conversation.owner is Owner.BOT:
        conversation = await handover.to_people(
            db, desk.clock, desk, conversation,
            epoch=conversation.epoch, reason=Reason.MOMENT_OF_TRUTH, detail=why,
        )  # fmt: skip
    handoff = await _open_case(db, conversation_id)
    if handoff is None:
        raise NotWithPeople()
    if handoff.priority != Priority.URGENT:
        was = handoff.priority
        handoff.priority = Priority.URGENT.value
        handoff.priority_rank = RANKS[Priority.URGENT.value]
        handoff.priority_reason = f"{staff.name} raised the alarm: {why}"[:500]
        roster = await desk.rosters.now(db)
        hours = roster.team(handoff.team_id).hours
        due.reprioritise(handoff, was, await book.read(db), hours)
    alarms.raise_alarm(db, desk.clock, handoff, why, staff.id)
    return handoff


async def take_on(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, staff: Staff
) -> Handoff:
    """Own the alarm of a chat without taking the chat.

    Raises:
        NoAlarm: none is raised, or a colleague was faster. NotFound: unknown, or not theirs to read.
    """
    await readable(db, conversation_id, staff)
    handoff = await _open_case(db, conversation_id)
    if handoff is None or not alarms.own(db, desk.clock, handoff, staff.id):
        raise NoAlarm()
    return handoff


async def _open_case(db: AsyncSession, conversation_id: uuid.UUID) -> Handoff | None:
    """The conversation's open case, locked: two who press at once take turns."""
    return await db.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.closed_at.is_(None))
        .order_by(Handoff.epoch.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
