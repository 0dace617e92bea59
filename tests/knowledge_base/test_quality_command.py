"""``handrail kb fit`` and ``handrail kb precision`` on a database of their own."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from encoder import Encoder
from knowledge_base import catalogue
from knowledge_base.asked import questions
from knowledge_base.catalogue import State
from knowledge_base.exchange.plan import Options
from knowledge_base.models import StoredQuestion
from server.clock import SystemClock
from server.commands import kb_articles
from server.commands.kb import kb
from server.database import Database
from server.events import LocalBus
from server.migrations import upgrade
from server.settings import load_settings
from tests.knowledge_base.support import INVOICE, LAMP, RETURN, FakeEncoder, published


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a database with 40 labelled questions, eight of them without an article."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'own.db'}"
    monkeypatch.setenv("HANDRAIL_VAR", str(tmp_path))
    monkeypatch.setenv("HANDRAIL_DATABASE_URL", url)
    monkeypatch.setattr(Encoder, "load", lambda *_, **__: FakeEncoder())
    upgrade(load_settings())
    asyncio.run(_fill(url))
    return url


async def _fill(url: str) -> None:
    database, clock = Database(url, LocalBus()), SystemClock()
    for wanted in (RETURN, LAMP, INVOICE):
        await published(database, clock, wanted)
    async with database.write() as db:
        for at in range(8):
            for wanted in (RETURN, LAMP, INVOICE):
                await questions.add(db, clock, f"{wanted.questions[0]} word{at}", wanted.slug)
            await questions.add(db, clock, f"what about the moon word{at}", None)
    await database.close()


def _state(url: str) -> State:
    async def read() -> State:
        database = Database(url, LocalBus())
        async with database.read() as db:
            found = await catalogue.state(db)
        await database.close()
        return found

    return asyncio.run(read())


def test_a_target_is_shown_set_and_given_back(house: str) -> None:
    run = CliRunner().invoke
    shown = run(kb, ["precision"])
    assert shown.exit_code == 0
    assert "of 32 labelled questions" in shown.output
    assert run(kb, ["precision", "0.93"]).exit_code == 0
    assert _state(house).answer_precision == 0.93
    assert "target 93%" in run(kb, ["precision"]).output
    refused = run(kb, ["precision", "1.5"])
    assert (refused.exit_code, _state(house).answer_precision) == (2, 0.93)
    assert "50% to 99%" in refused.output
    assert run(kb, ["precision", "--reset"]).exit_code == 0
    assert _state(house).answer_precision is None


def test_an_import_asks_the_golden_questions_and_takes_a_reason(house: str, tmp_path: Path) -> None:
    asked = f"{RETURN.questions[0]} word1"
    asyncio.run(_golden(house, asked))
    file = tmp_path / "new.json"
    row = {"title": asked, "questions": [asked], "action": asked, "slug": RETURN.slug}
    row |= {"audience": "staff", "status": "published"}
    file.write_text(json.dumps([row]), "utf-8")
    run = CliRunner().invoke
    arguments = ["import", str(file), "--overwrite", "--dry-run"]
    held = run(kb, [*arguments, "--override-reason", "ok"])
    assert (held.exit_code, "10 to 400 characters" in held.output) == (2, True)
    assert _codes(house, file, "") == [("updated", "golden_regression")]
    reason = "We sell for staff only from now on."
    assert _codes(house, file, reason) == [("updated", "")]
    assert run(kb, [*arguments, "--override-reason", reason]).exit_code == 0


def _codes(url: str, file: Path, reason: str) -> list[tuple[str, str]]:
    """What a dry run of the command's import says of each row."""
    options = Options(overwrite=True, reason=reason)
    report = asyncio.run(kb_articles._import(load_settings(), str(file), options, dry=True))
    return [(row.outcome, row.code) for row in report.rows]


async def _golden(url: str, text: str) -> None:
    database = Database(url, LocalBus())
    async with database.write() as db:
        await db.execute(
            update(StoredQuestion).where(StoredQuestion.text == text).values(golden=True)
        )
    await database.close()


def test_a_fit_is_kept_or_not_and_says_so_and_undo_forgets_it(
    house: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = CliRunner().invoke
    monkeypatch.setattr("knowledge_base.quality.fit.is_better", lambda *_: False)
    refused = run(kb, ["fit"])
    assert refused.exit_code == 1
    assert "Not kept" in refused.output
    assert _state(house).calibration is None
    monkeypatch.setattr("knowledge_base.quality.fit.is_better", lambda *_: True)
    kept = run(kb, ["fit"])
    assert kept.exit_code == 0
    assert "32 labelled questions, 24 with an article" in kept.output
    assert "calibration error" in kept.output
    assert '"source": "house"' in str(_state(house).calibration)
    assert run(kb, ["fit", "--undo"]).exit_code == 0
    assert _state(house).calibration is None
