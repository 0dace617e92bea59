"""The week to read elsewhere: lines, a letter, and `handrail kb digest`."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from knowledge_base.asked.digest import Digest, Doing, Old, Recurring, Totals
from knowledge_base.asked.digest_letter import as_text, letter
from knowledge_base.asked.digest_view import DigestView
from knowledge_base.asked.health import Health
from knowledge_base.asked.lines import Cluster
from knowledge_base.asked.outcomes import Fate
from server.database import Database
from server.events import LocalBus
from server.migrations import upgrade
from server.week import Week
from tests.knowledge_base.asked.story import Chat
from tests.knowledge_base.support import settings_at

EVIL = "<script>alert(1)</script>\nBcc: all@example.com"


def cluster(heading: str) -> Cluster:
    return Cluster(
        key="k",
        heading=heading,
        newest=heading,
        examples=(heading,),
        keys=("k",),
        intents=(),
        asked=5,
        failed=4,
        searches=3,
        fates={Fate.NOTHING: 4},
        last_seen=datetime(2026, 3, 4, tzinfo=UTC),
        revision=0,
        searched_at=None,
        chats=(),
    )


def week_of(heading: str = "do you ship to norway") -> Digest:
    health = Health(views=7, shown=9, helped=1, not_helped=4)
    doing = Doing(uuid4(), "the-lamp", "The <lamp> & its light", health, Health())
    return Digest(
        week=Week(2026, 10),
        totals=Totals(failed=4, searches=3, shown=9, helped=1, not_helped=4, views=7),
        before=Totals(failed=1, searches=0, shown=2, helped=1, not_helped=0, views=3),
        recurring=(Recurring(cluster(heading), before=1),),
        worst=(doing,),
        old=(Old("return-an-item", "Return", None, date(2025, 1, 2), date(2026, 3, 1), True),),
        new=(),
    )


def test_the_letter_says_the_week_in_text_and_in_html() -> None:
    made = letter(week_of(), "https://help.example.com")
    assert made.subject == "Knowledge base, week 10, 2026: 4 questions without a good answer"
    for words in (
        "4× do you ship to norway (the week before: 1, 3× in the help centre)",
        "of them in the help centre: 3 (0)",
        "The <lamp> & its light: 20% of 5 said that it helped",
        "Return: review was due 2026-03-01",
        "https://help.example.com/staff/articles/digest?week=2026-W10",
    ):
        assert words in made.text
    assert 'href="https://help.example.com/staff/articles/the-lamp"' in made.html
    assert "The &lt;lamp&gt; &amp; its light</a>: 20% of 5" in made.html
    assert made.text.startswith(as_text(week_of()))


def test_what_customers_wrote_stays_text_on_one_line() -> None:
    made = letter(week_of(EVIL * 100), "https://help.example.com")
    assert "<script" not in made.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Bcc: all@example.com" in made.html
    assert "\n" not in made.subject
    assert not any(line.startswith("Bcc") for line in made.text.splitlines())
    assert max(map(len, made.text.splitlines())) < 320


def test_a_quiet_week_is_said_in_the_subject() -> None:
    none = Totals(failed=0, searches=0, shown=0, helped=0, not_helped=0, views=0)
    quiet = Digest(Week(2026, 10), none, none, (), (), (), ())
    assert letter(quiet, "").subject == "Knowledge base, week 10, 2026: nothing waits for you"
    assert letter(quiet, "").html.count("<p>nothing</p>") == 4


def test_programs_read_the_same_numbers() -> None:
    told = json.loads(DigestView.of(week_of()).model_dump_json())
    assert (told["week"], told["totals"]["searches"]) == ("2026-W10", 3)
    assert told["recurring"][0]["searches"] == 3


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house with one chat of yesterday that found nothing, and the real encoder."""
    from server.settings import load_settings

    encoders = load_settings().encoder_path.parent
    (tmp_path / "encoders").symlink_to(encoders, target_is_directory=True)
    monkeypatch.setenv("HANDRAIL_VAR", str(tmp_path))
    settings = settings_at(tmp_path)
    upgrade(settings)

    async def fill() -> None:
        database = Database(settings.database, LocalBus())
        at = datetime.now(UTC) - timedelta(days=1, minutes=5)
        await Chat(at).asks("do you ship to norway").write(database)
        await database.close()

    asyncio.run(fill())
    return tmp_path


@pytest.mark.usefixtures("house")
def test_the_command_prints_lines_or_json() -> None:
    from server.cli import cli

    runner = CliRunner()
    at = datetime.now(UTC) - timedelta(days=1, minutes=5)
    week = str(Week.of(at.date()))
    told = runner.invoke(cli, ["kb", "digest", "--week", week])
    assert told.exit_code == 0, told.output
    assert f"Knowledge base, week {week}" in told.output
    assert "1× do you ship to norway" in told.output
    as_json = runner.invoke(cli, ["kb", "digest", "--json", "--week", week])
    found = json.loads(as_json.output[as_json.output.index("{") :])
    assert (found["week"], found["totals"]["failed"]) == (week, 1)
    wrong = runner.invoke(cli, ["kb", "digest", "--week", "2026-W99"])
    assert (wrong.exit_code, wrong.exception.__class__) == (2, SystemExit)


def test_on_a_monday_the_week_that_has_ended_is_read() -> None:
    monday = datetime(2026, 3, 9, 8, tzinfo=UTC)
    assert str(Week.to_read(monday)) == "2026-W10"
    assert str(Week.to_read(monday + timedelta(days=1))) == "2026-W11"
