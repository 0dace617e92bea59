"""`handrail digest`: lines or JSON, from the database, beside an app that may be running."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.database import Database
from server.events import LocalBus
from server.migrations import upgrade
from server.settings import Settings, load_settings
from server.week import Week
from tests.insights.house import Chat


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """When a chat of this house ended with one star; it has the real encoder."""
    encoders = load_settings().encoder_path.parent
    (tmp_path / "encoders").symlink_to(encoders, target_is_directory=True)
    monkeypatch.setenv("HANDRAIL_VAR", str(tmp_path))
    settings = Settings(environment="test", var=tmp_path)
    upgrade(settings)
    at = datetime.now(UTC) - timedelta(days=8)

    async def fill() -> None:
        database = Database(settings.database, LocalBus())
        async with database.write() as db:
            await Chat(at).rated(1, "nobody listens").write(db)
        await database.close()

    asyncio.run(fill())
    return at + timedelta(hours=1)


def test_the_command_prints_lines_or_json(at: datetime) -> None:
    from server.cli import cli

    runner = CliRunner()
    week = str(Week.of(at.date()))
    told = runner.invoke(cli, ["digest", "--week", week])
    assert told.exit_code == 0, told.output
    assert f"Digest, week {week}" in told.output
    assert "“nobody listens”: 1 star of 5" in told.output
    as_json = runner.invoke(cli, ["digest", "--json", "--week", week])
    found = json.loads(as_json.output[as_json.output.index("{") :])
    assert (found["week"], found["sections"][0]["now"]) == (week, 1)
    wrong = runner.invoke(cli, ["digest", "--week", "2026-W99"])
    assert (wrong.exit_code, wrong.exception.__class__) == (2, SystemExit)
