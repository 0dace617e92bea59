"""What each person of the desk can take."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.models import Level
from handoff.teams.inputs import PersonChange
from handoff.teams.models import Profile, Team, TeamMember
from handoff.teams.roster import CAPACITY
from handoff.teams.setup import lock, takers
from server.auth import Staff
from server.errors import Invalid, NotFound

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Person:
    """A member of staff who may take chats; without a profile, with what then holds."""

    staff: Staff
    level: Level
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    """Empty: the house's own."""
    capacity: int
    teams: frozenset[UUID]
    """Empty: the first team."""


async def every(db: AsyncSession) -> list[Person]:
    """Everybody who may take a chat, by name."""
    profiles = {one.staff_id: one for one in await db.scalars(select(Profile))}
    teams: dict[UUID, set[UUID]] = {}
    active = select(TeamMember).join(Team, Team.id == TeamMember.team_id)
    for member in await db.scalars(active.where(Team.archived.is_(False))):
        teams.setdefault(member.staff_id, set()).add(member.team_id)
    return [
        _person(staff, profiles.get(staff.id), frozenset(teams.get(staff.id, ())))
        for staff in await takers(db)
    ]


def _person(staff: Staff, profile: Profile | None, teams: frozenset[UUID]) -> Person:
    if profile is None:
        return Person(staff, Level.FRONT_LINE, (), (), CAPACITY, teams)
    return Person(
        staff,
        Level(profile.level),
        tuple(profile.skills),
        tuple(profile.languages),
        profile.capacity,
        teams,
    )


async def change(db: AsyncSession, staff_id: UUID, wanted: PersonChange, by: Staff) -> None:
    """Set level, skills, languages, capacity and teams of one person.

    Raises:
        NotFound: nobody with this id may take chats. Invalid: a team does not exist, or is archived.
    """
    await lock(db)
    if staff_id not in {one.id for one in await takers(db)}:
        raise NotFound()
    active = set(await db.scalars(select(Team.id).where(Team.archived.is_(False))))
    if wanted.teams - active:
        raise Invalid("One of these teams does not exist, or is archived.")
    profile = await db.get(Profile, staff_id)
    if profile is None:
        profile = Profile(staff_id=staff_id)
        db.add(profile)
    profile.level = wanted.level.value
    profile.skills, profile.languages = wanted.skills, wanted.languages
    profile.capacity = wanted.capacity
    # Memberships of archived teams stay, for the day one is brought back.
    await db.execute(
        delete(TeamMember).where(TeamMember.staff_id == staff_id, TeamMember.team_id.in_(active))
    )
    db.add_all(TeamMember(team_id=team_id, staff_id=staff_id) for team_id in wanted.teams)
    await db.flush()
    log.info("profile_changed", staff=str(staff_id), by=by.login)
