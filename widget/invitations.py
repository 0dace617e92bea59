"""Invitations at work: whether one may be shown to this visitor, and what became of it.

Of strangers only numbers are kept, by day. Of visitors whom the server knows it is remembered what they were
shown, so that they are left in peace on another device, too.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import consent
from conversations.errors import ConsentRequired
from conversations.identity import Identity
from conversations.models import Conversation, Owner, Visitor
from server.clock import Clock
from server.database import Database
from server.errors import NotFound
from widget.config import Invitation, WidgetConfig
from widget.models import InvitationDay, InvitationMark

What = Literal["shown", "opened", "dismissed", "answered"]
PEACE = timedelta(hours=24)
"""So long nothing is shown to somebody who has dismissed one."""


class Segments(Protocol):
    async def of(self, db: AsyncSession, visitor: Visitor) -> str | None:
        """The customer's segment; None when they belong to none."""
        ...


class Presence(Protocol):
    def online(self) -> Collection[uuid.UUID]:
        """Who of the staff is there."""
        ...


@dataclass(frozen=True)
class Count:
    """What became of one invitation in the period."""

    shown: int = 0
    opened: int = 0
    dismissed: int = 0
    answered: int = 0
    """Chats that began with it."""


def find(config: WidgetConfig, name: str) -> Invitation:
    """
    Raises:
        NotFound: there is none of this id, or it is switched off.
    """
    for one in config.invitations:
        if one.id == name and one.on:
            return one
    raise NotFound()


async def require_consent(db: AsyncSession, config: WidgetConfig, visitor: Visitor | None) -> None:
    """Where the house asks for consent, only who has given it is told anything here, or counted.

    Raises:
        ConsentRequired: they have not, or are not known.
    """
    if config.consent is None:
        return
    if visitor is None:
        raise ConsentRequired(details={"version": config.consent.version})
    await consent.require(db, config, visitor.id)


async def may_show(
    db: AsyncSession,
    now: datetime,
    one: Invitation,
    visitor: Visitor | None,
    identity: Identity | None,
    *,
    segments: Segments,
    presence: Presence,
) -> bool:
    """Whether all holds that only the server knows: segment, somebody there, no chat open, not shown before."""
    if one.online and not presence.online():
        return False
    who = _customer(now, visitor, identity)
    if who is None:
        return one.segment is None
    ids = await _linked(db, who)
    if await _left_in_peace(db, now, one.id, ids) or await _talks(db, ids):
        return False
    return one.segment is None or await segments.of(db, who) == one.segment


def _customer(now: datetime, visitor: Visitor | None, identity: Identity | None) -> Visitor | None:
    """Who asks: the visitor, or whom the site signs for, who need not be known here yet (and is not kept)."""
    if identity is None:
        return visitor
    known = visitor if visitor and visitor.external_id in (None, identity.external_id) else None
    return Visitor(
        id=known.id if known else uuid.uuid4(),
        external_id=identity.external_id,
        verified_at=now,
        attributes=dict(identity.attributes),
    )


async def _linked(db: AsyncSession, who: Visitor) -> list[uuid.UUID]:
    """The visitors that are this customer: by the site's signature, or else this one alone."""
    if who.external_id is None or who.verified_at is None:
        return [who.id]
    found = await db.scalars(
        select(Visitor.id)
        .where(Visitor.external_id == who.external_id, Visitor.verified_at.is_not(None))
        .order_by(Visitor.created_at.desc())
        .limit(100)
    )
    return list(dict.fromkeys([who.id, *found]))


async def _left_in_peace(
    db: AsyncSession, now: datetime, name: str, ids: Collection[uuid.UUID]
) -> bool:
    mine = InvitationMark.visitor_id.in_(ids)
    found = await db.scalar(
        select(InvitationMark.visitor_id)
        .where(
            mine, (InvitationMark.invitation == name) | (InvitationMark.dismissed_at > now - PEACE)
        )
        .limit(1)
    )
    return found is not None


async def _talks(db: AsyncSession, ids: Collection[uuid.UUID]) -> bool:
    """Whether a chat of theirs goes on."""
    found = await db.scalar(
        select(Conversation.id)
        .where(
            Conversation.visitor_id.in_(ids),
            Conversation.owner != Owner.CLOSED,
            Conversation.last_seq > 0,
        )
        .limit(1)
    )
    return found is not None


async def note(
    db: AsyncSession, clock: Clock, name: str, what: What, visitor_id: uuid.UUID | None
) -> None:
    """Count it; of a known visitor once, whatever is repeated."""
    if visitor_id is not None and not await _mark(db, clock, name, what, visitor_id):
        return
    day = clock.now().date()
    count = getattr(InvitationDay, what)
    more = (
        update(InvitationDay)
        .where(InvitationDay.invitation == name, InvitationDay.day == day)
        .values({count: count + 1})
        .returning(InvitationDay.day)
        .execution_options(synchronize_session=False)
    )
    if await db.scalar(more) is not None:
        return
    try:
        async with db.begin_nested():
            db.add(
                InvitationDay(invitation=name, day=day, **{**dict.fromkeys(_COUNTS, 0), what: 1})
            )
            await db.flush()
    except IntegrityError:  # somebody else was first today
        await db.execute(more)


_COUNTS = ("shown", "opened", "dismissed", "answered")


async def _mark(
    db: AsyncSession, clock: Clock, name: str, what: What, visitor_id: uuid.UUID
) -> bool:
    """Remember it of this visitor; False if it was known."""
    # One after the other, so that two tabs that say the same count once.
    await db.scalar(select(Visitor.id).where(Visitor.id == visitor_id).with_for_update())
    kept = await db.get(InvitationMark, (visitor_id, name), populate_existing=True)
    if kept is None:
        kept = InvitationMark(visitor_id=visitor_id, invitation=name)
        db.add(kept)
    at = f"{what}_at"
    if getattr(kept, at) is not None:
        return False
    setattr(kept, at, clock.now())
    await db.flush()
    return True


async def counts(database: Database, clock: Clock, days: int) -> Mapping[str, Count]:
    """By the invitation's id, of the last so many days, today included."""
    since = (clock.now() - timedelta(days=days - 1)).date()
    sums = [func.sum(getattr(InvitationDay, name)) for name in _COUNTS]
    query = (
        select(InvitationDay.invitation, *sums)
        .where(InvitationDay.day >= since)
        .group_by(InvitationDay.invitation)
    )
    async with database.read() as db:
        rows = await db.execute(query)
        return {name: Count(*(int(number) for number in numbers)) for name, *numbers in rows}
