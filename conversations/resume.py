"""Back into a chat from a mail: a link that works once and soon ends, and never the visitor's own token.

The link's token travels in the fragment of the address, which no server and no log sees, and is exchanged by a
POST: so a mail scanner that opens the page with no script does not use it up.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import visitors
from conversations.errors import LinkOver, TokenUnknown
from conversations.models import Conversation, ResumeLink
from server.auth import hash_token
from server.clock import Clock

LINK_LASTS = timedelta(hours=72)
"""A mail of Friday evening is read on Monday."""
KEY_LASTS = timedelta(days=30)
FRAGMENT = "handrail-resume"


async def issue(db: AsyncSession, clock: Clock, visitor_id: uuid.UUID) -> str:
    """A new link's token; only its hash is kept."""
    now = clock.now()
    await db.execute(
        delete(ResumeLink).where(ResumeLink.expires_at < now, ResumeLink.used_at.is_(None))
    )
    token = secrets.token_urlsafe(32)
    db.add(
        ResumeLink(link_hash=hash_token(token), visitor_id=visitor_id, expires_at=now + LINK_LASTS)
    )
    await db.flush()
    return token


async def redeem(
    db: AsyncSession, clock: Clock, token: str, origin: str, *, held: str = ""
) -> tuple[Conversation, str]:
    """The chat behind a link, and a visitor token for it, good on pages of ``origin`` only.

    ``held``: the visitor token that the caller has already; it is kept if it is the same customer's.

    Raises:
        LinkOver: no such link, used before, or too old.
    """
    now = clock.now()
    key = secrets.token_urlsafe(32)
    used = await db.execute(
        update(ResumeLink)
        .where(
            ResumeLink.link_hash == hash_token(token),
            ResumeLink.used_at.is_(None),
            ResumeLink.expires_at > now,
        )
        .values(
            used_at=now,
            token_hash=hash_token(key),
            origin=origin,
            token_expires_at=now + KEY_LASTS,
        )
        .returning(ResumeLink.visitor_id)
        .execution_options(synchronize_session=False)
    )
    visitor_id = used.scalar_one_or_none()
    if visitor_id is None:
        raise LinkOver()
    conversation = await visitors.conversation_of(db, visitor_id)
    if held:
        try:
            holder = await visitors.of_token(db, clock, held, origin)
        except TokenUnknown:
            return conversation, key
        if holder.id == visitor_id:
            return conversation, held
    return conversation, key
