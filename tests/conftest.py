"""Fixtures for every room. Imports stand inside, for tests/bot runs on the other Python."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import FakeClock

# Before numpy comes: small products in two threads wait for each other. On two cores with other work a test of
# six processor seconds took 274 s so, and 15 s in one thread. What tests start inherits it.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

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


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hashing for real takes 0.1 s, for each member of staff in each test; tests/server/test_auth.py does it."""
    if find_spec("argon2") is None:  # on the bot's Python nobody signs in
        yield
        return
    from argon2 import PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.auth._hasher", PasswordHasher(1, 8, 1))
        yield


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


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, made once."""
    from tests.databases import sqlite_template

    return sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def database(sqlite_template: Path, tmp_path: Path, bus: LocalBus) -> AsyncIterator[Database]:
    """A file-backed SQLite database with every table."""
    from server.database import Database
    from tests.databases import sqlite_url

    database = Database(sqlite_url(sqlite_template, tmp_path / "test.db"), bus)
    yield database
    await database.close()


@pytest.fixture
async def postgres(postgres_url: str, bus: LocalBus) -> AsyncIterator[Database]:
    """A real PostgreSQL database with every table, empty."""
    from server.database import Database
    from tests.databases import empty_postgres

    await empty_postgres(postgres_url)
    database = Database(postgres_url, bus)
    yield database
    await database.close()


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
    limits = {
        "HANDRAIL_MESSAGES_PER_MINUTE": "10000",
        "HANDRAIL_STAFF_REQUESTS_PER_MINUTE": "100000",
    }
    with Trial(tmp_path_factory.mktemp("system"), **limits) as trial:
        yield trial


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """How it ended, for .ci/run."""
    if not hasattr(session.config, "workerinput") and session.config.cache is not None:
        session.config.cache.set("handrail/status", int(exitstatus))


@pytest.hookimpl(optionalhook=True)  # the bot's Python has no xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.workers import Sharing

    config.option.loadscopereorder = False
    return Sharing(config, log)
