"""How far each side has read; a mark only ever moves forward."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.events import SeenMoved
from conversations.models import Conversation, Owner, Seen
from server.auth import Staff
from server.clock import Clock
from server.events import record_event

CUSTOMER: Final = "customer"
AGENT: Final = "agent"


async def mark(
    db: AsyncSession, clock: Clock, conversation_id: uuid.UUID, side: str, seq: int
) -> bool:
    """Note that this side has seen everything up to ``seq``; returns whether the mark moved.

    What is claimed beyond the last message counts as the last message. A room may keep marks of its own
    under another side; those are told to nobody.
    """
    last = await db.scalar(select(Conversation.last_seq).where(Conversation.id == conversation_id))
    reached = min(seq, last or 0)
    if reached < 1:
        return False
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(Seen).values(
        conversation_id=conversation_id, side=side, seq=reached, at=clock.now()
    )
    moved = await db.execute(
        statement.on_conflict_do_update(
            index_elements=[Seen.conversation_id, Seen.side],
            set_={"seq": reached, "at": clock.now()},
            where=Seen.seq < reached,
        ).returning(Seen.seq)
    )
    if moved.scalar_one_or_none() is None:
        return False
    if side in (CUSTOMER, AGENT):
        record_event(
            db,
            SeenMoved(conversation_id=conversation_id, side=side, seq=reached, at=clock.now()),
        )
    return True


async def mark_by(
    db: AsyncSession, clock: Clock, conversation_id: uuid.UUID, staff: Staff, seq: int
) -> None:
    """The agent who has the chat has read it; a supervisor who looks in leaves no mark."""
    owner = await db.scalar(
        select(Conversation.agent_id).where(
            Conversation.id == conversation_id, Conversation.owner == Owner.AGENT
        )
    )
    if owner == staff.id:
        await mark(db, clock, conversation_id, AGENT, seq)


async def marks(db: AsyncSession, conversation_id: uuid.UUID) -> dict[str, int]:
    """How far each side has read, by side; who has read nothing is left out."""
    return {side: seq for side, (seq, _) in (await times(db, conversation_id)).items()}


async def times(db: AsyncSession, conversation_id: uuid.UUID) -> dict[str, tuple[int, datetime]]:
    """How far each side has read, and when it got there."""
    found = await db.execute(
        select(Seen.side, Seen.seq, Seen.at).where(
            Seen.conversation_id == conversation_id, Seen.side.in_((CUSTOMER, AGENT))
        )
    )
    return {side: (seq, at) for side, seq, at in found}
