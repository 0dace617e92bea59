"""Staff and teams made at once: nobody signs in here, so nothing is hashed."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from handoff.desk import HandoffDesk
from handoff.hours import HOUSE, as_stored
from handoff.teams.models import Profile, Team, TeamMember
from server.auth import Role, Staff
from server.clock import Clock
from server.database import Database

Agent = Callable[..., Awaitable[Staff]]
MakeTeam = Callable[..., Awaitable[uuid.UUID]]


def hiring(database: Database, clock: Clock) -> Agent:
    async def hire(name: str, *roles: Role, **profile: Any) -> Staff:
        async with database.write() as db:
            person = Staff(
                login=name, name=name.capitalize(), password_hash="-", created_at=clock.now(),
                roles=[role.value for role in roles or (Role.AGENT,)],
            )  # fmt: skip
            db.add(person)
            await db.flush()
            if profile:
                db.add(Profile(staff_id=person.id, **profile))
        return person

    return hire


def teaming(database: Database, desk: HandoffDesk) -> MakeTeam:
    async def make(name: str, *members: Staff, **values: Any) -> uuid.UUID:
        async with database.write() as db:
            team = Team(name=name, **{**as_stored(HOUSE), **values})
            db.add(team)
            await db.flush()
            db.add_all(TeamMember(team_id=team.id, staff_id=one.id) for one in members)
        desk.rosters.forget()
        return team.id

    return make
