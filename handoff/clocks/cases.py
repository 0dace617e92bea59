"""The open cases with what the message log says about each: who has answered whom, and when."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from conversations.models import Author, Conversation, Message, Owner
from handoff.clocks.due import Promises
from handoff.hours import OpeningHours
from handoff.models import Handoff


@dataclass(frozen=True)
class Case:
    """An open request for a person and the log's word on it."""

    handoff: Handoff
    owner: Owner
    answered_first: datetime | None
    """The first message of a person in it."""
    waits_since: datetime | None
    """Since when the customer has waited for a person's next message; None: nothing is owed."""


def _statement() -> Select[Handoff, Owner, datetime | None, datetime | None]:
    by_person = (
        Message.conversation_id == Handoff.conversation_id,
        Message.author == Author.AGENT,
        Message.created_at >= Handoff.requested_at,
    )
    answered = (
        select(Message.created_at)
        .where(*by_person, Message.episode == Handoff.episode)
        .order_by(Message.seq)
        .limit(1)
        .correlate(Handoff)
        .scalar_subquery()
    )
    # Backwards along the index: a person's last message is among the newest.
    last_answer = (
        select(Message.seq)
        .where(*by_person)
        .order_by(Message.seq.desc())
        .limit(1)
        .correlate(Handoff)
        .scalar_subquery()
    )
    waits = (
        select(func.min(Message.created_at))
        .where(
            Message.conversation_id == Handoff.conversation_id,
            Message.seq > func.coalesce(last_answer, 0),
            Message.created_at >= Handoff.claimed_at,
            or_(
                Message.author == Author.CUSTOMER,
                # Put back into the queue they wait for somebody, whatever was said before.
                and_(
                    Message.author == Author.SYSTEM,
                    Message.payload["event"].as_string() == "released",
                ),
            ),
        )
        .correlate(Handoff)
        .scalar_subquery()
    )
    first = case((Handoff.first_response_at.is_(None), answered), else_=Handoff.first_response_at)
    return (
        select(Handoff, Conversation.owner, first, waits)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .options(defer(Handoff.card))
        .where(
            Handoff.closed_at.is_(None),
            Conversation.owner.in_((Owner.QUEUED, Owner.AGENT)),
        )
        .order_by(Handoff.id)
    )


_OPEN = _statement()


async def read(db: AsyncSession) -> list[Case]:
    """All open cases, in one statement."""
    return [Case(*row) for row in await db.execute(_OPEN)]


async def lock(db: AsyncSession, ids: Collection[uuid.UUID]) -> list[Case]:
    """These cases as far as they are still open, fresh and locked; what another process has locked is left out."""
    found = await db.execute(
        _OPEN.where(Handoff.id.in_(ids))
        .with_for_update(of=Handoff, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [Case(*row) for row in found]


async def answered_late(
    db: AsyncSession, handoff: Handoff, promises: Promises, hours: OpeningHours
) -> bool:
    """Whether the message that ended the next response's clock came after its due time.

    Read from the log: the answer may have come while no sweeper ran.
    """
    due = handoff.next_due_at
    if due is None or handoff.claimed_at is None:
        return False
    said = await db.execute(
        select(Message.author, Message.created_at)
        .where(
            Message.conversation_id == handoff.conversation_id,
            Message.created_at >= handoff.claimed_at,
            Message.author.in_((Author.CUSTOMER, Author.AGENT)),
        )
        .order_by(Message.seq)
    )
    seconds = promises.seconds("next", handoff.priority)
    waits: datetime | None = None
    for author, at in said:
        if author is Author.CUSTOMER:
            waits = waits or at
        elif waits is not None:
            if hours.after(waits, seconds) == due:
                answered_at: datetime = at
                return answered_at > due
            waits = None
    return False
