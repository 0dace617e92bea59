"""Make, change, order and archive teams, and say who belongs to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.teams.inputs import TeamChange
from handoff.teams.models import RoutingRule, Team, TeamMember
from handoff.teams.setup import lock, takers
from server.auth import Staff
from server.errors import Conflict, Invalid, NotFound

TEAMS_AT_MOST = 200
log = structlog.get_logger(__name__)


async def every(db: AsyncSession) -> list[Team]:
    """All teams by position, archived ones last."""
    found = await db.scalars(select(Team).order_by(Team.archived, Team.position, Team.name))
    return list(found)


async def members(db: AsyncSession) -> dict[UUID, set[UUID]]:
    """The people of each team that has any."""
    found: dict[UUID, set[UUID]] = {}
    for team_id, staff_id in await db.execute(select(TeamMember.team_id, TeamMember.staff_id)):
        found.setdefault(team_id, set()).add(staff_id)
    return found


async def create(db: AsyncSession, wanted: TeamChange, by: Staff) -> Team:
    """Add a team behind the others.

    Raises:
        Conflict: the name is taken. Invalid: overflow or escalation can't be so.
    """
    await lock(db)
    teams = await every(db)
    if len(teams) >= TEAMS_AT_MOST:
        raise Invalid(f"A desk has at most {TEAMS_AT_MOST} teams.")
    _check_name(teams, wanted.name, None)
    team = Team(position=1 + max((one.position for one in teams), default=-1), **wanted.columns())
    db.add(team)
    await _check_ways(db, [*teams, team], team, wanted)
    await db.flush()
    log.info("team_created", team=str(team.id), by=by.login)
    return team


async def change(
    db: AsyncSession, team_id: UUID, wanted: TeamChange, by: Staff, *, seen: str | None = None
) -> Team:
    """Change a team; with ``seen``, the `mark` of what the editor saw, only if it is still that.

    Raises:
        NotFound: there is no such team. Conflict: the name is taken, or somebody else changed it meanwhile.
        Invalid: overflow or escalation can't be so.
    """
    await lock(db)
    teams = await every(db)
    team = _one(teams, team_id)
    if seen is not None and seen != mark(team):
        raise Conflict("Somebody else changed this team meanwhile. Load the page again.")
    _check_name(teams, wanted.name, team_id)
    for name, value in wanted.columns().items():
        setattr(team, name, value)
    await _check_ways(db, teams, team, wanted)
    await db.flush()
    log.info("team_changed", team=str(team_id), by=by.login)
    return team


async def move(db: AsyncSession, team_id: UUID, by: int) -> None:
    """Move a team up (negative) or down. The first one takes what no rule sends elsewhere.

    Raises:
        NotFound: there is no such team.
    """
    await lock(db)
    teams = [team for team in await every(db) if not team.archived]
    team = _one(teams, team_id)
    place = min(max(teams.index(team) + by, 0), len(teams) - 1)
    teams.remove(team)
    teams.insert(place, team)
    for position, one in enumerate(teams):
        one.position = position


async def archive(db: AsyncSession, team_id: UUID, by: Staff) -> None:
    """Take a team off the desk; its chats go on with the first team.

    Raises:
        NotFound: there is no such team. Conflict: it is the first one, or rules send requests to it.
    """
    await lock(db)
    teams = [team for team in await every(db) if not team.archived]
    team = _one(teams, team_id)
    if team is teams[0]:
        raise Conflict("The first team takes what no rule sends elsewhere. Put another one first.")
    rules = list(
        await db.scalars(
            select(RoutingRule.name)
            .where(RoutingRule.team_id == team_id)
            .order_by(RoutingRule.position)
        )
    )
    if rules:
        named = ", ".join(f"“{name}”" for name in rules[:5])
        raise Conflict(f"Rules send requests here: {named}. Send them elsewhere first.")
    team.archived = True
    for way in (Team.overflow_team_id, Team.escalates_to_id):
        await db.execute(update(Team).where(way == team_id).values({way: None}))
    log.info("team_archived", team=str(team_id), by=by.login)


async def restore(db: AsyncSession, team_id: UUID) -> None:
    """Bring an archived team back, behind the others.

    Raises:
        NotFound: there is no such archived team.
    """
    await lock(db)
    team = _one([team for team in await every(db) if team.archived], team_id)
    last = await db.scalar(select(func.max(Team.position)).where(Team.archived.is_(False)))
    team.archived, team.position = False, 1 + (last or 0)
    # What they pointed to may be archived by now, or point back.
    team.overflow_team_id = team.escalates_to_id = None


async def set_members(db: AsyncSession, team_id: UUID, staff_ids: Iterable[UUID]) -> None:
    """Say who belongs to a team.

    Raises:
        NotFound: there is no such team. Invalid: somebody may not take chats, or has left.
    """
    await lock(db)
    _one(await every(db), team_id)
    wanted = set(staff_ids)
    if wanted - {person.id for person in await takers(db)}:
        raise Invalid("Only active agents and supervisors can be members of a team.")
    await db.execute(delete(TeamMember).where(TeamMember.team_id == team_id))
    db.add_all(TeamMember(team_id=team_id, staff_id=staff_id) for staff_id in wanted)


def mark(team: Team) -> str:
    """A short name of everything that `change` may change."""
    held = [
        team.name, team.zone, team.week, team.holidays, team.assign, team.offer_seconds,
        str(team.overflow_team_id), team.overflow_seconds, str(team.escalates_to_id),
        str(team.backup_id),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()[:16]


def _one(teams: list[Team], team_id: UUID) -> Team:
    found = next((team for team in teams if team.id == team_id), None)
    if found is None:
        raise NotFound()
    return found


def _check_name(teams: list[Team], name: str, own: UUID | None) -> None:
    for team in teams:
        if team.name.casefold() == name.casefold() and team.id != own:
            where = "an archived team" if team.archived else "another team"
            raise Conflict(f"{name} is the name of {where}.")


async def _check_ways(db: AsyncSession, teams: list[Team], team: Team, wanted: TeamChange) -> None:
    _check_way(teams, team, "overflow", lambda one: one.overflow_team_id)
    _check_way(teams, team, "escalation", lambda one: one.escalates_to_id)
    if wanted.backup_id and wanted.backup_id not in {one.id for one in await takers(db)}:
        raise Invalid("The backup must be an active agent or supervisor.")


def _check_way(
    teams: list[Team], team: Team, what: str, onward: Callable[[Team], UUID | None]
) -> None:
    """No chain may come back to a team, or a chat would go round for ever."""
    active = {one.id: one for one in teams if not one.archived}
    path, step = [team], onward(team)
    while step is not None:
        target = team if step == team.id else active.get(step)
        if target is None:
            if path == [team]:
                raise Invalid(f"The team for {what} does not exist, or is archived.")
            return
        path.append(target)
        if target is team:
            names = " → ".join(one.name for one in path)
            raise Invalid(f"The {what} would come back to its start: {names}.")
        if len(path) > len(teams) + 1:
            return
        step = onward(target)
