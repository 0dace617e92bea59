"""Moments of truth: an alarm reaches everybody on duty and stays raised until somebody owns it."""

from __future__ import annotations

import uuid
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from handoff import journal
from handoff.events import AlarmOwned, AlarmRaised
from handoff.models import Handoff
from server.clock import Clock
from server.events import record_event

# Before every other case: urgent ones have 0, and the queue is sorted by it.
ALARM_RANK: Final = -1
WHY_LIMIT: Final = 300


def is_raised(handoff: Handoff) -> bool:
    return handoff.alarm_at is not None and handoff.alarm_owned_at is None


def raise_alarm(
    db: AsyncSession, clock: Clock, handoff: Handoff, why: str, by: uuid.UUID | None = None
) -> bool:
    """Raise the alarm of an open case, which goes to the head of the queue; False: it is raised already.

    ``handoff`` was flushed and, unless it is new, locked. ``by`` is a member of staff; None: the rules.
    A new reason is added to the one that stands.
    """
    why = why.strip()[:WHY_LIMIT]
    handoff.moment_of_truth = True
    handoff.priority_rank = ALARM_RANK
    if is_raised(handoff):
        if why and why not in handoff.alarm_why:
            handoff.alarm_why = f"{handoff.alarm_why}; {why}"[:WHY_LIMIT]
        return False
    handoff.alarm_at, handoff.alarm_by, handoff.alarm_why = clock.now(), by, why
    handoff.alarm_owned_at = None
    journal.note(db, clock, handoff, "alarm_raised", by, why=why)
    record_event(db, AlarmRaised(conversation_id=handoff.conversation_id, handoff_id=handoff.id))
    return True


def own(db: AsyncSession, clock: Clock, handoff: Handoff, by: uuid.UUID) -> bool:
    """Somebody takes the alarm on, by claiming the chat or by saying so; False: none is raised."""
    if not is_raised(handoff):
        return False
    handoff.alarm_owned_at = clock.now()
    journal.note(db, clock, handoff, "alarm_owned", by)
    record_event(db, AlarmOwned(conversation_id=handoff.conversation_id, handoff_id=handoff.id))
    return True
