"""Imports: broken rows are named, good ones taken, and a second run changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge_base import articles, catalogue
from knowledge_base.drafts import read_draft
from knowledge_base.exchange import importing, sources
from knowledge_base.exchange.plan import Options
from knowledge_base.exchange.report import Report
from knowledge_base.exchange.sources import Kind
from knowledge_base.importer import STARTING, load_starter, starter_sources
from knowledge_base.models import Status
from server.database import Database
from server.errors import Invalid
from server.settings import ROOT
from tests.knowledge_base.support import settings_at
from tests.support import FakeClock

FILE = """---
title: {title}
questions:
  - how do I {title}
---
## Context
About it.

## Action
Do it.

## Outcome
Done in 2 days.
"""


def write(folder: Path, name: str, title: str) -> None:
    path = folder / "care" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(FILE.format(title=title), encoding="utf-8")


async def starter(database: Database, clock: FakeClock, folder: Path) -> Report:
    return await importing.run(database, clock, list(starter_sources(folder)), STARTING)


async def taken(
    database: Database, clock: FakeClock, kind: Kind, text: str, *, publish: bool = False
) -> Report:
    found = await sources.read(text.encode("utf-8", "surrogatepass"), kind)
    return await importing.run(database, clock, found, Options(publish=publish))


async def test_a_folder_is_loaded_again_without_doubles_and_never_over_an_editor(
    tmp_path: Path, database: Database, clock: FakeClock
) -> None:
    for name in ("wash", "iron", "fold"):
        write(tmp_path, name, name)
    assert (await starter(database, clock, tmp_path)).counts["created"] == 3
    assert (await starter(database, clock, tmp_path)).counts["unchanged"] == 3

    async with database.write() as db:
        article, newest = await catalogue.by_slug(db, "wash")
        mine = read_draft({"title": "Wash by hand", "slug": "wash", "action": newest.action})
        await articles.save(db, clock, article.id, mine, "ada", expected=1)
        gone, _ = await catalogue.by_slug(db, "fold")
        await articles.archive(db, clock, gone.id)
    for name in ("wash", "iron", "fold"):
        write(tmp_path, name, f"{name} anew")
    counts = (await starter(database, clock, tmp_path)).counts
    assert (counts["kept"], counts["updated"]) == (2, 1)
    async with database.read() as db:
        assert (await catalogue.by_slug(db, "wash"))[1].title == "Wash by hand"
        iron, newest = await catalogue.by_slug(db, "iron")
        assert (newest.title, iron.published) == ("iron anew", 2)


async def test_broken_files_are_reported_and_the_rest_is_taken(
    tmp_path: Path, database: Database, clock: FakeClock
) -> None:
    write(tmp_path, "good", "good")
    (tmp_path / "care" / "bad.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    (tmp_path / "care" / "bytes.md").write_bytes(b"\xff\xfe\x00")
    report = await starter(database, clock, tmp_path)
    assert {row.row: row.outcome for row in report.rows} == {
        "care/bad.md": "error",
        "care/bytes.md": "error",
        "care/good.md": "created",
    }
    assert all(
        row.code == "invalid" and row.message for row in report.rows if row.outcome == "error"
    )


async def test_json_rows(database: Database, clock: FakeClock) -> None:
    rows = [{"title": f"Article {at}", "action": "Do it.", "questions": ["q"]} for at in range(120)]
    broken: list[object] = [
        {"title": "x" * 200, "action": "a"},
        {"action": "no title"},
        {"title": "no text"},
        {"title": "Control", "action": "a\x00b"},
        {"title": "Unknown", "action": "a", "shelf": 3},
        "words",
        None,
        {"title": "Article 3", "action": "again"},
        {"title": 5, "action": "a"},
    ]
    text = json.dumps([*rows[:60], *broken, *rows[60:]])
    report = await taken(database, clock, Kind.JSON, text)
    assert (report.counts["created"], report.counts["error"]) == (120, len(broken))
    assert [row.row for row in report.rows] == [str(at) for at in range(1, 130)]
    assert [row.row for row in report.rows if row.outcome == "error"] == [
        str(at) for at in range(61, 70)
    ]
    assert {row.code for row in report.rows if row.outcome == "error"} == {"invalid", "duplicate"}
    again = await taken(database, clock, Kind.JSON, text)
    assert (again.counts["unchanged"], again.counts["created"]) == (120, 0)
    async with database.read() as db:
        assert len(await catalogue.list_all(db, status=Status.DRAFT)) == 120


async def test_csv_rows(database: Database, clock: FakeClock) -> None:
    text = (
        "\ufefftitle,questions,action,audience\r\n"
        'Wash,"how to wash|washing, cold","Wash at 30°.",\r\n'
        ",missing title,x,\r\n"
        "Iron,,Iron it.,everyone\r\n"
        "Fold,,Fold it.,,too,many\r\n"
    )
    report = await taken(database, clock, Kind.CSV, text, publish=True)
    outcomes = {row.row: row.outcome for row in report.rows}
    assert outcomes == {"1": "created", "2": "error", "3": "error", "4": "error"}
    async with database.read() as db:
        article, newest = await catalogue.by_slug(db, "wash")
    assert newest.questions == ["how to wash", "washing, cold"]
    assert article.published == 1


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("json", "{"),
        ("json", "\ud800"),
        ("json", '{"format": "handrail-articles"}'),
        ("zip", "PK"),
        ("json", "{}"),
        ("json", "[" * 100_000),
        ("csv", "name\nx"),
        ("csv", ""),
        ("csv", 'title\n"' + "x" * 200_000),
    ],
)
async def test_a_file_that_is_not_what_it_says_is_refused_whole(kind: str, text: str) -> None:
    with pytest.raises(Invalid):
        await sources.read(text.encode("utf-8", "surrogatepass"), Kind(kind))


async def test_a_table_of_a_european_spreadsheet(database: Database, clock: FakeClock) -> None:
    text = 'Title;Category;Action\r\nWash;care;"Cold; by hand."\r\n'
    report = await taken(database, clock, Kind.CSV, text)
    assert report.counts["created"] == 1
    async with database.read() as db:
        article, newest = await catalogue.by_slug(db, "wash")
    assert (article.category, newest.action) == ("care", "Cold; by hand.")


async def test_the_starter_articles_all_load(
    tmp_path: Path, database: Database, clock: FakeClock
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    report = await load_starter(settings_at(tmp_path, database_url=url))
    files = list((ROOT / "data" / "articles").glob("*/*.md"))
    assert [row for row in report.rows if row.outcome == "error"] == []
    assert report.counts["created"] == len(files) >= 80
    again = await load_starter(settings_at(tmp_path, database_url=url))
    assert again.counts["unchanged"] == len(files)
