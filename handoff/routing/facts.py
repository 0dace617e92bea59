"""What decides where a request goes, read from the log."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from conversations.models import Conversation, Turn, Visitor
from handoff.evidence import Evidence
from handoff.models import Handoff
from handoff.teams.roster import HOUSE_LANGUAGES
from server.auth import Role, Staff
from server.clock import Clock

KNOWN_FOR = timedelta(days=30)
"""So long a customer is sent back to the agent they talked with."""
TURNS = 5


class Segments(Protocol):
    async def of(self, db: AsyncSession, visitor: Visitor) -> str | None:
        """The customer's segment, for example ``at_risk``; None when they belong to none."""
        ...


class NoSegments:
    """A house that does not tell its customers apart."""

    async def of(self, db: AsyncSession, visitor: Visitor) -> str | None:
        return None


def topic(seen: Evidence) -> str | None:
    """The intent it is about: the likeliest of the last thing said that has substance."""
    return seen.intents[0].name[:80] if seen.intents else None


async def language(db: AsyncSession, conversation: Conversation) -> str | None:
    """The language of the customer's last words that gave one away, by its ISO 639-1 code.

    Where no words did, what their widget speaks counts; unless the house speaks it too: it tells nothing then.
    """
    found = await db.scalars(
        select(Turn.parse)
        .where(Turn.conversation_id == conversation.id, Turn.episode == conversation.episode)
        .order_by(Turn.started_at.desc())
        .limit(TURNS)
    )
    sure = spoken(found.all())
    if sure is not None:
        return sure
    told = await db.scalar(select(Visitor.language).where(Visitor.id == conversation.visitor_id))
    code = (told or "").split("-")[0].lower()
    return code if code and code not in HOUSE_LANGUAGES else None


def spoken(parses: Sequence[object]) -> str | None:
    """The language of the first of these parses that is sure of one."""
    for parse in parses:
        seen = parse.get("language") if isinstance(parse, dict) else None
        code = seen.get("code") if isinstance(seen, dict) and seen.get("sure") else None
        if isinstance(code, str) and 2 <= len(code) <= 8:
            return code
    return None


async def earlier_agent(
    db: AsyncSession, clock: Clock, conversation: Conversation
) -> uuid.UUID | None:
    """Whom this customer talked with last, if that was lately and the person still takes chats.

    The same customer on another device is known by the site's signed id only, never by what was typed.
    """
    me, other = aliased(Visitor), aliased(Visitor)
    same = or_(
        other.id == me.id,
        and_(
            me.external_id.is_not(None),
            me.verified_at.is_not(None),
            other.external_id == me.external_id,
            other.verified_at.is_not(None),
        ),
    )
    staff = await db.scalar(
        select(Staff)
        .join(Handoff, Handoff.agent_id == Staff.id)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .join(other, other.id == Conversation.visitor_id)
        .join(me, same)
        .where(
            me.id == conversation.visitor_id,
            Handoff.claimed_at > clock.now() - KNOWN_FOR,
            Staff.active,
        )
        .order_by(Handoff.claimed_at.desc())
        .limit(1)
    )
    return staff.id if staff is not None and staff.may(Role.AGENT, Role.SUPERVISOR) else None
