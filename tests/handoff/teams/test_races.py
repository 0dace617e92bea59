"""Two leads at once, on a database that lets them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.priority import Rules
from handoff.teams import manage, priority_book
from handoff.teams.inputs import TeamChange, checked
from handoff.teams.setup import ensure_home
from server.auth import Role, Staff
from server.database import Database
from server.errors import Conflict, HandrailError, Invalid
from tests.support import FakeClock

WEEK = {"0": [("09:00", "17:00")]}


async def at_once(
    database: Database, *deeds: Callable[[AsyncSession], Awaitable[object]]
) -> list[type[HandrailError] | None]:
    async def one(deed: Callable[[AsyncSession], Awaitable[object]]) -> type[HandrailError] | None:
        try:
            async with database.write() as db:
                await deed(db)
        except HandrailError as error:
            return type(error)
        return None

    return list(await asyncio.gather(*map(one, deeds)))


async def test_of_two_changes_that_exclude_each_other_one_holds(
    any_database: Database, clock: FakeClock
) -> None:
    lead = Staff(
        login="lead", name="Lead", password_hash="", roles=[Role.SUPERVISOR], created_at=clock.now()
    )
    async with any_database.write() as db:
        db.add(lead)
        await ensure_home(db)
        one = (await manage.create(db, checked(TeamChange, name="One", week=WEEK), lead)).id
        two = (await manage.create(db, checked(TeamChange, name="Two", week=WEEK), lead)).id

    def overflow(name: str, of: object, to: object) -> Callable[[AsyncSession], Awaitable[object]]:
        wanted = checked(TeamChange, name=name, week=WEEK, overflow_team_id=to)
        return lambda db: manage.change(db, of, wanted, lead)  # type: ignore[arg-type]

    ways = await at_once(any_database, overflow("One", one, two), overflow("Two", two, one))
    assert sorted(map(str, ways)) == sorted(map(str, [None, Invalid]))
    books = await at_once(
        any_database,
        *[
            lambda db: priority_book.change(db, clock, Rules.load(), lead, note="", seen=0)
            for _ in range(4)
        ],
    )
    assert books.count(None) == 1
    assert books.count(Conflict) == 3
