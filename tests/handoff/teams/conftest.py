"""The desk's set-up over REST, with a lead, and two agents."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from handoff.priority import Priorities
from handoff.teams import routes
from handoff.teams.roster import Rosters
from handoff.teams.setup import ensure_home
from server.auth import Role, Staff
from server.database import Database
from tests.support import FakeClock


@pytest.fixture
def rosters(clock: FakeClock) -> Rosters:
    return Rosters(clock)


@pytest.fixture
def priorities(clock: FakeClock) -> Priorities:
    return Priorities(clock)


@pytest.fixture
def app(app: FastAPI, rosters: Rosters, priorities: Priorities) -> FastAPI:
    app.state.services.rosters = rosters
    app.state.services.priorities = priorities
    app.include_router(routes.router)
    return app


async def _add(database: Database, clock: FakeClock, login: str, role: Role) -> Staff:
    """Without a password: hashing one takes longer than most of these tests."""
    async with database.write() as db:
        person = Staff(
            login=login, name=login.title(), password_hash="", roles=[role], created_at=clock.now()
        )
        db.add(person)
    return person


@pytest.fixture
async def lead(database: Database, clock: FakeClock) -> Staff:
    return await _add(database, clock, "lead", Role.SUPERVISOR)


@pytest.fixture
async def ada(database: Database, clock: FakeClock) -> Staff:
    return await _add(database, clock, "ada", Role.AGENT)


@pytest.fixture
async def bob(database: Database, clock: FakeClock) -> Staff:
    return await _add(database, clock, "bob", Role.AGENT)


@pytest.fixture
async def home(database: Database, lead: Staff, ada: Staff, bob: Staff) -> None:
    """The first team, as the app makes it at its start: with both agents."""
    async with database.write() as db:
        await ensure_home(db)
