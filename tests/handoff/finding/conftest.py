"""Databases with everything that the migrations make, for the search's tables are in no model."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from server.database import Database
from server.events import LocalBus
from server.migrations import config_for


def apart(deed: Callable[[], None]) -> None:
    """In a thread: Alembic runs a loop of its own, and a test's may be running here."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(deed).result()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest revision, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "migrated.db"
    apart(lambda: command.upgrade(config_for(f"sqlite+aiosqlite:///{path}"), "head"))
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """A PostgreSQL database of its own at the newest revision."""

    async def make() -> None:
        engine = create_async_engine(postgres_url, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text("DROP DATABASE IF EXISTS history"))
            await connection.execute(text("CREATE DATABASE history"))
        await engine.dispose()

    apart(lambda: asyncio.run(make()))
    url = postgres_url.rpartition("/")[0] + "/history"
    apart(lambda: command.upgrade(config_for(url), "head"))
    return url


@asynccontextmanager
async def _copy(migrated: Path, folder: Path, bus: LocalBus) -> AsyncIterator[Database]:
    path = folder / "history.db"
    shutil.copy(migrated, path)
    database = Database(f"sqlite+aiosqlite:///{path}", bus)
    yield database
    await database.close()


@pytest.fixture
async def database(migrated_file: Path, tmp_path: Path, bus: LocalBus) -> AsyncIterator[Database]:
    """SQLite with the index and its triggers, empty."""
    async with _copy(migrated_file, tmp_path, bus) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgres"])
async def history(
    request: pytest.FixtureRequest, migrated_file: Path, tmp_path: Path, bus: LocalBus
) -> AsyncIterator[Database]:
    """Each database with the index and its triggers, empty."""
    if request.param == "sqlite":
        async with _copy(migrated_file, tmp_path, bus) as database:
            yield database
        return
    database = Database(request.getfixturevalue("migrated_postgres"), bus)
    async with database.write() as db:
        await db.execute(
            text(
                "TRUNCATE messages, handoff_notes, handoff_events, handoffs, conversations, episodes, "
                "visitors, staff, history_pending, history_entries CASCADE"
            )
        )
    yield database
    await database.close()
