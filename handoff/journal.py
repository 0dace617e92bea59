"""What happened to a request for a person, line by line: for its time line, for measures, for other systems."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.events import HandoffNoted
from handoff.models import Handoff, HandoffEvent
from server.clock import Clock
from server.events import record_event


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


async def of(db: AsyncSession, handoff_id: uuid.UUID) -> list[HandoffEvent]:
    """All lines of a request, oldest first."""
    found = await db.scalars(
        select(HandoffEvent).where(HandoffEvent.handoff_id == handoff_id).order_by(HandoffEvent.id)
    )
    return list(found)
