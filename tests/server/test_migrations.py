"""The migrations make what the models say, on both databases, and the newest one can be taken back."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from server.migrations import config_for


def forth_and_back(url: str) -> None:
    config = config_for(url)
    command.upgrade(config, "head")
    command.check(config)  # raises where a model says otherwise
    command.downgrade(config, "-1")
    command.upgrade(config, "head")
    command.check(config)


async def made_anew(url: str, name: str) -> str:
    """A PostgreSQL database of this name, with nothing in it."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    return f"{url.rpartition('/')[0]}/{name}"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_models_are_what_the_migrations_make(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'made.db'}"
    if kind == "postgresql":
        given = request.getfixturevalue("postgres_url")
        # In a thread: a test's loop may be running here.
        with ThreadPoolExecutor(1) as pool:
            url = pool.submit(lambda: asyncio.run(made_anew(given, "migrations"))).result()
    # In a process of its own: other tests add tables to the models here.
    call = (
        "import sys; from tests.server.test_migrations import forth_and_back as f; f(sys.argv[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", call, url], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
