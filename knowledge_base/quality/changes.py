"""Who changed how answers are decided, from what to what, and why: written once, in the change's transaction."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.history import clean_note
from knowledge_base.models import PolicyChange
from server.clock import Clock

PRECISION, CALIBRATION = "precision", "calibration"
GOLDEN_REMOVED, GOLDEN_DELETED = "golden_removed", "golden_deleted"
#: What before and after have room for.
TEXT_LIMIT = 500


async def record(
    db: AsyncSession, clock: Clock, what: str, before: str, after: str, by: str, note: str = ""
) -> None:
    """Write one change down; `what` is one of the constants above.

    Raises:
        Invalid: the note is longer than 500 characters or holds a forbidden one.
    """
    db.add(
        PolicyChange(
            what=what,
            before=before[:TEXT_LIMIT],
            after=after[:TEXT_LIMIT],
            by=by[:80],
            note=clean_note(note),
            at=clock.now(),
        )
    )
    await db.flush()


async def latest(db: AsyncSession, limit: int = 10) -> list[PolicyChange]:
    """The newest changes, newest first."""
    return list(
        await db.scalars(select(PolicyChange).order_by(PolicyChange.id.desc()).limit(limit))
    )
