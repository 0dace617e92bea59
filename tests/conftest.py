"""Fixtures for every room. Imports stand inside, for tests/bot runs on the other Python."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import FakeClock

if TYPE_CHECKING:
    from server.database import Database
    from server.events import LocalBus
    from server.trial import Trial


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def bus() -> LocalBus:
    from server.events import LocalBus

    return LocalBus()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL, started once."""
    from tests.servers import postgres_server

    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis, started once."""
    from tests.servers import redis_server

    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@asynccontextmanager
async def _filled(url: str, bus: LocalBus) -> AsyncIterator[Database]:
    from sqlalchemy.ext.asyncio import create_async_engine

    from server.database import Database
    from server.tables import metadata

    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    database = Database(url, bus)
    yield database
    await database.close()


@pytest.fixture
async def database(tmp_path: Path, bus: LocalBus) -> AsyncIterator[Database]:
    """A file-backed SQLite database with every table."""
    async with _filled(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}", bus) as database:
        yield database


@pytest.fixture
async def postgres(postgres_url: str, bus: LocalBus) -> AsyncIterator[Database]:
    """A real PostgreSQL database with every table, empty."""
    async with _filled(postgres_url, bus) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Database:
    """The same test on both databases."""
    name = "database" if request.param == "sqlite" else "postgres"
    database: Database = request.getfixturevalue(name)
    return database


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """One whole Handrail for all system and browser tests: real processes, started once."""
    from server.trial import Trial

    # Tests write faster than the limit for people allows; the limit has tests of its own.
    limits = {"HANDRAIL_MESSAGES_PER_MINUTE": "10000"}
    with Trial(tmp_path_factory.mktemp("system"), **limits) as trial:
        yield trial
