"""Anonymous customers: a random token, shown once, bound to one visitor and one origin."""

from __future__ import annotations

import re
import secrets
import uuid
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import text as texts
from conversations.errors import TokenUnknown
from conversations.models import Conversation, Episode, Visitor
from server.auth import hash_token
from server.clock import Clock
from server.errors import Invalid, NotFound

LIFETIME = timedelta(days=180)
# Only catches slips: whether the address works shows when somebody writes to it.
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


async def create(db: AsyncSession, clock: Clock, origin: str) -> tuple[Visitor, str]:
    """A new visitor with an empty conversation; the token is returned here and never again."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    visitor = Visitor(
        token_hash=hash_token(token), origin=origin, created_at=now, expires_at=now + LIFETIME
    )
    db.add(visitor)
    await db.flush()
    conversation = Conversation(visitor_id=visitor.id, created_at=now, updated_at=now)
    db.add(conversation)
    await db.flush()
    db.add(Episode(conversation_id=conversation.id, number=1, started_at=now))
    await db.flush()
    return visitor, token


async def of_token(db: AsyncSession, clock: Clock, token: str, origin: str | None) -> Visitor:
    """The visitor behind a token. ``origin`` None: the caller is no browser page and sent none.

    Raises:
        TokenUnknown: no such token, expired, or it belongs to another origin (not told apart).
    """
    visitor = await db.scalar(select(Visitor).where(Visitor.token_hash == hash_token(token)))
    if visitor is None or visitor.expires_at <= clock.now():
        raise TokenUnknown()
    if origin is not None and origin != visitor.origin:
        raise TokenUnknown()
    return visitor


async def conversation_of(db: AsyncSession, visitor_id: uuid.UUID) -> Conversation:
    """The visitor's one conversation.

    Raises:
        NotFound: it was erased.
    """
    conversation = await db.scalar(
        select(Conversation).where(Conversation.visitor_id == visitor_id)
    )
    if conversation is None:
        raise NotFound()
    return conversation


async def give_details(
    db: AsyncSession, visitor_id: uuid.UUID, *, name: str | None, email: str | None
) -> None:
    """Keep how the customer wants to be called and reached; what is None stays as it was.

    Raises:
        Invalid: nothing was given, or a text is no name or no address.
    """
    values: dict[str, str] = {}
    if name is not None:
        values["name"] = " ".join(texts.clean(name).split())
        if texts.is_blank(values["name"]) or len(values["name"]) > 80:
            raise Invalid("A name has 1 to 80 characters.")
    if email is not None:
        values["email"] = _address(email)
    if not values:
        raise Invalid("Neither a name nor an e-mail address was given.")
    await db.execute(update(Visitor).where(Visitor.id == visitor_id).values(**values))


def _address(email: str) -> str:
    """The e-mail address without what came along unseen at its ends, as happens when one copies it.

    Raises:
        Invalid: it has not the form of an address, or something in the middle can't be seen: such an address
            is another than the one that an agent reads.
    """
    seen = [at for at, one in enumerate(email) if one.isprintable() and not one.isspace()]
    address = email[seen[0] : seen[-1] + 1] if seen else ""
    if len(address) > 254 or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise Invalid("This is not an e-mail address.")
    return address
