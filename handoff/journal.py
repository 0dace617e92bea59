"""What happened to a request for a person, line by line: for its time line, for measures, for other systems."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.events import HandoffNoted
from handoff.models import Handoff, HandoffEvent
from server.clock import Clock
from server.events import record_event

PAGE = 200


def note(
    db: AsyncSession,
    clock: Clock,
    handoff: Handoff,
    what: str,
    staff_id: uuid.UUID | None = None,
    **detail: Any,
) -> None:
    """Add one line in the caller's transaction; `handoff` has its id (it was flushed).

    Listeners hear `HandoffNoted` after the commit.
    """
    db.add(
        HandoffEvent(
            handoff_id=handoff.id, what=what, staff_id=staff_id, detail=detail, at=clock.now()
        )
    )
    record_event(
        db, HandoffNoted(conversation_id=handoff.conversation_id, handoff_id=handoff.id, what=what)
    )


async def of(db: AsyncSession, handoff_id: uuid.UUID, *whats: str) -> list[HandoffEvent]:
    """All lines of a request, oldest first, or only those of these kinds."""
    found = await db.scalars(
        select(HandoffEvent)
        .where(
            HandoffEvent.handoff_id == handoff_id, HandoffEvent.what.in_(whats) if whats else true()
        )
        .order_by(HandoffEvent.id)
    )
    return list(found)


async def page(
    db: AsyncSession, handoff_id: uuid.UUID, *, before: int | None = None, limit: int = PAGE
) -> tuple[list[HandoffEvent], bool]:
    """The last lines of a request, or of those before a line, newest last; and whether there are earlier ones."""
    found = await db.scalars(
        select(HandoffEvent)
        .where(
            HandoffEvent.handoff_id == handoff_id,
            HandoffEvent.id < before if before is not None else true(),
        )
        .order_by(HandoffEvent.id.desc())
        .limit(limit + 1)
    )
    lines = list(found)
    return lines[:limit][::-1], len(lines) > limit
