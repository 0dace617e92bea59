"""The list of customers whom somebody should write to again: promised, or at risk of leaving."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import text as texts
from conversations.models import Conversation, Visitor
from handoff.customers import history
from handoff.customers.models import FollowUp
from server.auth import Staff
from server.clock import Clock
from server.errors import Conflict, Invalid, NotFound

PROMISED = "Promised when the chat was closed"
AT_RISK = "at_risk"
AT_RISK_WHY = "At risk of leaving"
SHOWN = 200
FURTHEST = timedelta(days=366)
RECENTLY = timedelta(days=14)


class Segments(Protocol):
    async def of(self, db: AsyncSession, visitor: Visitor) -> str | None: ...


@dataclass(frozen=True)
class Line:
    """One line of the list."""

    follow_up: FollowUp
    customer: str | None
    overdue: bool


async def add(
    db: AsyncSession,
    clock: Clock,
    conversation_id: uuid.UUID,
    by: Staff | None,
    *,
    why: str,
    due_at: datetime | None,
    days: int,
) -> FollowUp:
    """Put a customer on the list; without a day it is due so many days from now. Who promised it owns it.

    Raises:
        Invalid: no reason, or a day that is past or more than a year ahead.
    """
    now = clock.now()
    why = " ".join(why.split())
    if not 1 <= len(why) <= 300:
        raise Invalid("Say in 1 to 300 characters what is to be done.")
    due = due_at or now + timedelta(days=days)
    if not now < due <= now + FURTHEST:
        raise Invalid("A follow-up is due in the future, within a year.")
    made = FollowUp(
        conversation_id=conversation_id,
        why=why,
        due_at=due,
        by=by.id if by else None,
        owner_id=by.id if by else None,
        created_at=now,
    )
    db.add(made)
    await db.flush()
    return made


async def if_at_risk(
    db: AsyncSession, clock: Clock, segments: Segments, conversation: Conversation, *, days: int
) -> None:
    """Put a customer at risk on the list, unless they stand there already or did a fortnight ago."""
    visitor = await db.get_one(Visitor, conversation.visitor_id)
    if await segments.of(db, visitor) != AT_RISK:
        return
    lately = clock.now() - RECENTLY
    known = await db.scalar(
        select(FollowUp.id)
        .join(Conversation, Conversation.id == FollowUp.conversation_id)
        .where(
            Conversation.visitor_id.in_(await history.linked(db, visitor)),
            or_(FollowUp.done_at.is_(None), FollowUp.done_at > lately),
        )
        .limit(1)
    )
    if known is None:
        await add(db, clock, conversation.id, None, why=AT_RISK_WHY, due_at=None, days=days)


async def listed(db: AsyncSession, now: datetime, *, done: bool = False) -> list[Line]:
    """What is open, the earliest first; or what was done, the latest first."""
    found = select(FollowUp, Visitor.name)
    found = found.join(Conversation, Conversation.id == FollowUp.conversation_id)
    found = found.join(Visitor, Visitor.id == Conversation.visitor_id).limit(SHOWN)
    if done:
        chosen = found.where(FollowUp.done_at.is_not(None)).order_by(FollowUp.done_at.desc())
    else:
        chosen = found.where(FollowUp.done_at.is_(None)).order_by(FollowUp.due_at)
    return [Line(one, name, overdue=one.due_at < now) for one, name in await db.execute(chosen)]


async def of(db: AsyncSession, conversation_ids: list[uuid.UUID]) -> list[FollowUp]:
    """Those of some conversations, the open ones first."""
    found = await db.scalars(
        select(FollowUp)
        .where(FollowUp.conversation_id.in_(conversation_ids))
        .order_by(FollowUp.done_at.is_not(None), FollowUp.due_at)
        .limit(SHOWN)
    )
    return list(found)


async def any_open(db: AsyncSession, conversation_id: uuid.UUID) -> bool:
    """Whether somebody still has to write to this customer."""
    found = await db.scalar(
        select(FollowUp.id)
        .where(FollowUp.conversation_id == conversation_id, FollowUp.done_at.is_(None))
        .limit(1)
    )
    return found is not None


async def take(db: AsyncSession, follow_up_id: uuid.UUID, owner: Staff) -> None:
    """Make it one's own to do.

    Raises:
        NotFound: there is none. Conflict: it is done already.
    """
    await _change(db, follow_up_id, {"owner_id": owner.id})


async def finish(
    db: AsyncSession, clock: Clock, follow_up_id: uuid.UUID, by: Staff, note: str
) -> None:
    """Note that it was done, and what came of it.

    Raises:
        NotFound: there is none. Conflict: somebody else has finished it. Invalid: the note is too long.
    """
    note = " ".join(texts.clean(note).split())
    if len(note) > 300:
        raise Invalid("The note has at most 300 characters.")
    await _change(
        db,
        follow_up_id,
        {"done_at": clock.now(), "done_note": note, "owner_id": by.id},
    )


async def _change(db: AsyncSession, follow_up_id: uuid.UUID, values: dict[str, object]) -> None:
    changed = await db.execute(
        update(FollowUp)
        .where(FollowUp.id == follow_up_id, FollowUp.done_at.is_(None))
        .values(values)
        .returning(FollowUp.id)
    )
    if changed.scalar_one_or_none() is None:
        if await db.get(FollowUp, follow_up_id) is None:
            raise NotFound()
        raise Conflict("This was done already.")
