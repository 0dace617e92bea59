"""Every change of teams, people and routing rules is kept: who, when, and what became of what.

The rows are those of the rule books (handoff.rule_books), one key each; ``value`` is
``{id: {"before": …, "after": …}}`` of what changed, null where it was not, or is no more.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import rule_books
from handoff.teams.models import Profile, RoutingRule, Team, TeamMember
from handoff.teams.roster import Rosters
from handoff.teams.setup import lock
from server.auth import Staff
from server.clock import Clock
from server.database import Database

TEAMS: Final = "teams"
PEOPLE: Final = "people"
ROUTING: Final = "routing"
KEYS: Final = (TEAMS, PEOPLE, ROUTING)
# Not what a supervisor sets: the round robin moves it with each offer.
_UNKEPT = {"last_offered_at"}

Rows = dict[str, dict[str, Any]]


class Held(Protocol):
    """What a change needs of the app's services."""

    database: Database
    clock: Clock
    rosters: Rosters


@asynccontextmanager
async def changing(held: Held, by: Staff) -> AsyncIterator[AsyncSession]:
    """A writing session for a change of the desk's set-up; what it changed is kept with it, or none of it is."""
    async with held.rosters.changing(held.database) as db:
        await lock(db)
        before = await _rows(db)
        yield db
        await db.flush()
        after = await _rows(db)
        names = await _names(db, before, after)
        for key in KEYS:
            changed = _changed(before[key], after[key])
            if changed:
                said = "; ".join(_said(of, one, names) for of, one in changed.items())
                rule_books.write(db, held.clock, key, changed, by, said)


async def _rows(db: AsyncSession) -> dict[str, Rows]:
    """What stands in the tables now, as JSON takes it, by key and id."""
    teams = await _table(db, Team, "id")
    people = await _table(db, Profile, "staff_id")
    for team_id, staff_id in await db.execute(select(TeamMember.team_id, TeamMember.staff_id)):
        teams[str(team_id)].setdefault("people", []).append(str(staff_id))
        people.setdefault(str(staff_id), {}).setdefault("teams", []).append(str(team_id))
    for row in teams.values():
        row["people"] = sorted(row.get("people", []))
    for row in people.values():
        row["teams"] = sorted(row.get("teams", []))
    return {TEAMS: teams, PEOPLE: people, ROUTING: await _table(db, RoutingRule, "id")}


async def _table(
    db: AsyncSession, table: type[Team] | type[Profile] | type[RoutingRule], key: str
) -> Rows:
    # Columns, not entities: those that are being changed would come from memory.
    found = await db.execute(select(*(one for one in table.__table__.columns)))
    return {
        str(row[key]): {
            name: str(value) if isinstance(value, uuid.UUID) else value
            for name, value in row.items()
            if name != key and name not in _UNKEPT
        }
        for row in found.mappings()
    }


def _changed(before: Rows, after: Rows) -> dict[str, dict[str, Any]]:
    return {
        one: {"before": before.get(one), "after": after.get(one)}
        for one in sorted({*before, *after})
        if before.get(one) != after.get(one)
    }


async def _names(db: AsyncSession, *states: dict[str, Rows]) -> dict[str, str]:
    """The names of everything that a row may point to, by id."""
    found = {str(one): name for one, name in await db.execute(select(Staff.id, Staff.name))}
    for state in states:
        for key in (TEAMS, ROUTING):
            found |= {one: str(row["name"]) for one, row in state[key].items()}
        found |= {one: found.get(one, "Somebody") for one in state[PEOPLE]}
    return found


def _said(of: str, change: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """One row's change in words: ``Billing: offer seconds 20 → 30``."""
    before, after, name = change["before"], change["after"], names.get(of, of)
    if before is None:
        return f"{name} is new"
    if after is None:
        return f"{name} was removed"
    parts = [
        f"{what.removesuffix('_id').replace('_', ' ')} {_value(before.get(what), names)} → "
        f"{_value(after.get(what), names)}"
        for what in after
        if before.get(what) != after.get(what)
    ]
    return f"{name}: {', '.join(parts)}"


def _value(value: Any, names: Mapping[str, str]) -> str:
    if value is None or value == [] or value == {}:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_value(one, names) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_value(one, names)}" for key, one in value.items())
    return names.get(str(value), str(value).replace("_", " "))
