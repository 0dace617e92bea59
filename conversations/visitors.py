"""Anonymous customers: a random token, shown once, bound to one visitor and one origin."""

from __future__ import annotations

import re
import secrets
import uuid
from datetime import timedelta
from functools import cache
from zoneinfo import available_timezones

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import text as texts
from conversations.errors import TokenUnknown
from conversations.models import Conversation, Episode, ResumeLink, Visitor
from server.auth import hash_token
from server.clock import Clock
from server.database import Database
from server.errors import Invalid, NotFound

LIFETIME = timedelta(days=180)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
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
    hashed, home = hash_token(token), None
    visitor = await db.scalar(select(Visitor).where(Visitor.token_hash == hashed))
    if visitor is not None:
        home = visitor.origin
    else:
        visitor, home = await _of_second_key(db, clock, hashed)
    if visitor is None or visitor.expires_at <= clock.now():
        raise TokenUnknown()
    if origin is not None and origin != home:
        raise TokenUnknown()
    return visitor


def is_by_link(visitor: Visitor, token: str) -> bool:
    """Whether this token of the visitor was given for the link of a mail, rather than to their first browser."""
    return visitor.token_hash != hash_token(token)


async def _of_second_key(
    db: AsyncSession, clock: Clock, hashed: str
) -> tuple[Visitor | None, str | None]:
    """Who came back by a link in a mail (conversations.resume), and the page their key is for."""
    found = await db.execute(
        select(Visitor, ResumeLink.origin)
        .join(ResumeLink, ResumeLink.visitor_id == Visitor.id)
        .where(ResumeLink.token_hash == hashed, ResumeLink.token_expires_at > clock.now())
    )
    row = found.one_or_none()
    return (row[0], row[1]) if row else (None, None)


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
    db: AsyncSession,
    visitor_id: uuid.UUID,
    *,
    name: str | None,
    email: str | None,
    zone: str | None = None,
) -> None:
    """Keep how the customer wants to be called and reached; what is None stays as it was.

    Raises:
        Invalid: nothing was given, or a text is no name, no address or no time zone.
    """
    values: dict[str, str] = {}
    if name is not None:
        values["name"] = " ".join(texts.clean(name).split())
        if texts.is_blank(values["name"]) or len(values["name"]) > 80:
            raise Invalid("A name has 1 to 80 characters.")
    if email is not None:
        values["email"] = email_of(email)
    if zone is not None:
        if not known_zone(zone):
            raise Invalid("There is no such time zone.")
        values["zone"] = zone
    if not values:
        raise Invalid("Neither a name, an e-mail address nor a time zone was given.")
    await db.execute(update(Visitor).where(Visitor.id == visitor_id).values(**values))


async def note_browser(
    database: Database, visitor: Visitor, *, zone: str | None, language: str | None
) -> None:
    """Keep the zone and the language that the widget greets with; what is unknown keeps nobody from the chat."""
    told: dict[str, str] = {}
    if zone is not None and zone != visitor.zone and known_zone(zone):
        told["zone"] = zone
    if language is not None and language != visitor.language and known_language(language):
        told["language"] = language
    if not told:
        return
    async with database.write() as db:
        await db.execute(update(Visitor).where(Visitor.id == visitor.id).values(**told))


def known_language(tag: str) -> bool:
    """Whether it has the form of a BCP 47 tag, and a length that we keep."""
    return len(tag) <= 35 and _LANGUAGE.fullmatch(tag) is not None


def known_zone(zone: str) -> bool:
    return zone in _zones()


@cache
def _zones() -> frozenset[str]:
    """Every zone's name: read once, for it walks through the files of the time zone database."""
    return frozenset(available_timezones())


def email_of(email: str) -> str:
    """The e-mail address without what came along unseen at its ends, as happens when one copies it.

    Raises:
        Invalid: it has not the form of an address, or something in the middle can't be seen: such an address
            is another than the one that an agent reads.
    """
    seen = [at for at, one in enumerate(email) if one.isprintable() and not one.isspace()]
    found = email[seen[0] : seen[-1] + 1] if seen else ""
    if len(found) > 254 or not found.isprintable() or not _EMAIL.fullmatch(found):
        raise Invalid("This is not an e-mail address.")
    return found
