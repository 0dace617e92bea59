"""The first team, and the lock under which the desk is set up."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.hours import HOUSE, as_stored
from handoff.teams.models import Team, TeamMember
from server.auth import Role, Staff

HOME = "Support"


async def ensure_home(db: AsyncSession) -> None:
    """Make the team "Support", with the house's hours and every agent in it, unless there is a team."""
    if await db.scalar(select(Team.id).where(Team.archived.is_(False)).limit(1)):
        return
    team = Team(name=HOME, position=0, **as_stored(HOUSE))
    try:
        async with db.begin_nested():
            db.add(team)
            await db.flush()
    except IntegrityError:
        return  # another process starts at the same moment and was faster
    for person in await takers(db):
        if person.may(Role.AGENT):
            db.add(TeamMember(team_id=team.id, staff_id=person.id))
    await db.flush()


async def takers(db: AsyncSession) -> list[Staff]:
    """Everybody who may take a chat, by name."""
    found = await db.scalars(select(Staff).where(Staff.active).order_by(Staff.name, Staff.id))
    return [person for person in found if person.may(Role.AGENT, Role.SUPERVISOR)]


async def lock(db: AsyncSession) -> None:
    """Wait until nobody else sets up the desk: what spans several rows is checked and changed as one.

    The first row of the table is the lock on PostgreSQL; SQLite has one writer anyway.
    """
    await db.execute(select(Team.id).order_by(Team.id).limit(1).with_for_update())
