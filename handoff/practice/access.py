"""Who chooses and scores practice chats: supervisors, leads, and who stands in for a lead."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.desk import HandoffDesk
from handoff.practice.errors import LeadsOnly
from handoff.routing import assign
from server.auth import Role, Staff


async def leads(db: AsyncSession, desk: HandoffDesk, staff: Staff) -> bool:
    """Whether this person may choose, read and score."""
    return staff.may(Role.SUPERVISOR) or assign.is_lead(await desk.rosters.now(db), staff.id)


async def require_lead(db: AsyncSession, desk: HandoffDesk, staff: Staff) -> None:
    """Go on only for leads and supervisors.

    Raises:
        LeadsOnly: this person is neither.
    """
    if not await leads(db, desk, staff):
        raise LeadsOnly()
