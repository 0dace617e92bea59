"""What staff write onto an open case: its topic, its tags, its priority. Each change is in its journal.

A new topic is recorded, for measures and for search; it neither routes the case again nor judges its
priority anew: whoever sets it has the case, and says so if it is more pressing.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.events import QUEUE
from handoff import journal
from handoff.clocks import book, due
from handoff.clocks.alarms import is_raised
from handoff.desk import HandoffDesk
from handoff.library.inputs import TAGS
from handoff.models import Handoff, Priority
from handoff.priority import RANKS
from handoff.queue import readable
from server.auth import Staff
from server.errors import Conflict, Invalid
from server.events import Event, record_event


class NoOpenCase(Conflict):
    code, message = "no_open_case", "This chat has no open case any more."


class CaseLabelled(Event):
    """A case's topic, tags or priority were changed by hand."""

    conversation_id: uuid.UUID

    @property
    def topics(self) -> tuple[str, ...]:
        return (QUEUE,)


async def open_case(
    db: AsyncSession, conversation_id: uuid.UUID, staff: Staff, *, for_update: bool = True
) -> Handoff:
    """The open case of a conversation that this person may read; locked, so that two changes take turns.

    Raises:
        NotFound: unknown, or not theirs to read. NoOpenCase: it has ended.
    """
    await readable(db, conversation_id, staff)
    statement = (
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.closed_at.is_(None))
        .order_by(Handoff.epoch.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    handoff = await db.scalar(statement.with_for_update() if for_update else statement)
    if handoff is None:
        raise NoOpenCase()
    return handoff


async def set_topic(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, staff: Staff, topic: str | None
) -> Handoff:
    """Say what the case is about.

    Raises:
        NotFound, NoOpenCase: as `open_case`.
    """
    handoff = await open_case(db, conversation_id, staff)
    if handoff.topic != topic:
        journal.note(db, desk.clock, handoff, "topic_set", staff.id, was=handoff.topic, now=topic)
        handoff.topic = topic
        _tell(db, handoff)
    return handoff


async def set_tags(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    staff: Staff,
    tags: Sequence[str],
    *,
    add: bool = False,
) -> Handoff:
    """Put these tags onto the case instead of its own, or with `add` beside them.

    Raises:
        NotFound, NoOpenCase: as `open_case`. Invalid: more than 12.
    """
    handoff = await open_case(db, conversation_id, staff)
    wanted = list(dict.fromkeys([*(handoff.tags if add else ()), *tags]))
    if len(wanted) > TAGS:
        raise Invalid(f"A case has at most {TAGS} tags.")
    if wanted != handoff.tags:
        journal.note(db, desk.clock, handoff, "tagged", staff.id, was=handoff.tags, now=wanted)
        handoff.tags = wanted
        _tell(db, handoff)
    return handoff


async def set_priority(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    staff: Staff,
    priority: Priority,
    why: str,
) -> Handoff:
    """Make a case more or less pressing, with the reason that others will read; its clocks follow.

    Raises:
        NotFound, NoOpenCase: as `open_case`.
    """
    handoff = await open_case(db, conversation_id, staff)
    was = handoff.priority
    handoff.priority_reason = f"{staff.name}: {why}"[:500]
    journal.note(
        db, desk.clock, handoff, "priority_set", staff.id, was=was, now=priority.value, why=why
    )
    if was != priority:
        handoff.priority = priority.value
        if not is_raised(handoff):  # an alarm stays at the head of the queue
            handoff.priority_rank = RANKS[priority.value]
        roster = await desk.rosters.now(db)
        due.reprioritise(handoff, was, await book.read(db), roster.team(handoff.team_id).hours)
    _tell(db, handoff)
    return handoff


def _tell(db: AsyncSession, handoff: Handoff) -> None:
    record_event(db, CaseLabelled(conversation_id=handoff.conversation_id))
