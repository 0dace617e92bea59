"""Customers are told that what they reported is mended: once, in their chat, and by mail where they have left it.

Who has a person or waits for one is passed over: that person tells them, and a word from elsewhere would stand
for an answer. The mail is `handoff.promises.unseen`'s, like any other answer that no screen has shown.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations import text as texts
from conversations.models import Author, Conversation, Owner
from handoff import journal
from handoff.cases.models import CaseRecord, RootCause
from handoff.models import Handoff
from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import Conflict, Invalid, NotFound

LATELY = timedelta(days=90)
"""Whose case is older has long found another way."""
SUGGESTED = (
    "You wrote to us about a problem that is now mended. Thank you for telling us. "
    "If it still happens to you, please write here."
)


class NotMended(Conflict):
    code, message = "not_mended", "Mark its action as done before you tell anybody."


@dataclass(frozen=True)
class Told:
    chats: int
    busy: int
    """Chats that somebody has, or that wait for somebody: told nothing."""


async def untold(db: AsyncSession, now: datetime) -> dict[uuid.UUID, int]:
    """For each cause whose action is done, in how many chats nobody was told so."""
    found = await db.execute(
        select(RootCause.id, func.count(Handoff.conversation_id.distinct()))
        .join(CaseRecord, CaseRecord.root_cause_id == RootCause.id)
        .join(Handoff, Handoff.id == CaseRecord.handoff_id)
        .where(_waits_for_word(now))
        .group_by(RootCause.id)
    )
    return {row[0]: row[1] for row in found}


async def tell(
    database: Database, clock: Clock, cause_id: uuid.UUID, by: Staff, text: str, *, limit: int
) -> Told:
    """Say this in every chat that reported the cause before it was mended; each is told once, also by two at once.

    Raises:
        NotFound: there is no such cause. NotMended: its action is not done.
        Invalid: no words, or more than `limit` characters.
    """
    text = texts.clean(text).strip()
    if not 1 <= len(text) <= limit:
        raise Invalid(f"Say what is mended, in 1 to {limit} characters.")
    async with database.read() as db:
        cause = await db.get(RootCause, cause_id)
        if cause is None:
            raise NotFound()
        if cause.done_at is None:
            raise NotMended()
        chats = await _chats(db, cause_id, clock.now())
    told = 0
    for chat in chats:
        # A transaction each: what was said before something fails stays said, and nothing is locked for long.
        async with database.write() as db:
            told += await _tell_one(db, clock, chat, cause_id, by, text, limit)
    return Told(told, len(chats) - told)


async def _chats(db: AsyncSession, cause_id: uuid.UUID, now: datetime) -> Sequence[uuid.UUID]:
    found = await db.scalars(
        select(Handoff.conversation_id)
        .join(CaseRecord, CaseRecord.handoff_id == Handoff.id)
        .join(RootCause, RootCause.id == CaseRecord.root_cause_id)
        .where(RootCause.id == cause_id, _waits_for_word(now))
        .distinct()
    )
    return found.all()


def _waits_for_word(now: datetime) -> ColumnElement[bool]:
    """A case that was closed with a cause before that was mended, and whose customer was not told since."""
    return and_(
        RootCause.done_at.is_not(None),
        Handoff.requested_at > now - LATELY,
        Handoff.closed_at < RootCause.done_at,
        or_(Handoff.told_at.is_(None), Handoff.told_at < RootCause.done_at),
    )


async def _tell_one(
    db: AsyncSession,
    clock: Clock,
    chat: uuid.UUID,
    cause_id: uuid.UUID,
    by: Staff,
    text: str,
    limit: int,
) -> bool:
    conversation: Conversation = await messages.lock(db, chat)
    if conversation.owner in (Owner.AGENT, Owner.QUEUED):
        return False
    # Under the lock nobody else is telling the same.
    found = await db.scalars(
        select(Handoff)
        .join(CaseRecord, CaseRecord.handoff_id == Handoff.id)
        .join(RootCause, RootCause.id == CaseRecord.root_cause_id)
        .where(
            Handoff.conversation_id == chat, RootCause.id == cause_id, _waits_for_word(clock.now())
        )
        .order_by(Handoff.epoch)
    )
    cases = found.all()
    if not cases:
        return False
    for one in cases:
        one.told_at = clock.now()
    await messages.append(
        db, clock, conversation, author=Author.AGENT, agent=by, text=text, limit=limit
    )
    journal.note(db, clock, cases[-1], "told_mended", by.id)
    return True
