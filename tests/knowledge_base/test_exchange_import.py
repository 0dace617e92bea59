"""A whole import: planned first, taken in batches, repeated without doubles."""

from __future__ import annotations

import asyncio
import csv
import io
import time
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from knowledge_base import articles, catalogue, history
from knowledge_base.drafts import read_draft
from knowledge_base.exchange import importing, sources, store
from knowledge_base.exchange.plan import Options
from knowledge_base.exchange.portable import Portable, read_portable
from knowledge_base.exchange.report import OUTCOMES, Report, Row, as_csv
from knowledge_base.exchange.rows import csv_sources, json_sources
from knowledge_base.exchange.sources import Kind
from knowledge_base.models import Article, ArticlesChanged, ArticleVersion
from server.database import Database
from server.errors import HandrailError, Unavailable
from server.events import LocalBus
from tests.support import FakeClock

ROWS, BAD = 5000, 50


def table(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("title", "category", "tags", "questions", "context", "action", "outcome"))
    writer.writerows(rows)
    return text.getvalue().encode()


def big_table() -> tuple[bytes, set[str]]:
    """5,000 rows, and the numbers of the fifty that are wrong, in five ways."""
    rows, wrong = [], set()
    for at in range(ROWS):
        title, action = f"How to mend part {at}", f"1. Take part {at}.\n2. **Mend** it."
        tags = "mending|parts"
        if at % (ROWS // BAD) == 7:
            wrong.add(str(at + 1))
            kind = len(wrong) % 5
            title = ("", "x" * 121, "How to mend part 0", title, title)[kind]
            action = (action, action, action, "a\x07b", "y" * 20_001)[kind]
        rows.append(
            [title, "mending", tags, f"part {at} broke|mend {at}", f"Part {at}.", action, "1 day."]
        )
    return table(rows), wrong


async def imported(database: Database, clock: FakeClock, content: bytes, **wishes: Any) -> Report:
    dry = bool(wishes.pop("dry", False))
    found = await sources.read(content, Kind.CSV)
    return await importing.run(database, clock, found, Options(**wishes), dry=dry)


async def count(database: Database) -> int:
    async with database.read() as db:
        return await db.scalar(select(func.count()).select_from(Article)) or 0


async def test_of_5000_rows_50_are_bad_4950_come_in_and_none_twice(
    database: Database, clock: FakeClock
) -> None:
    content, wrong = big_table()
    planned = await imported(database, clock, content, dry=True, publish=True)
    assert await count(database) == 0
    started = time.process_time()
    report = await imported(database, clock, content, publish=True)
    assert time.process_time() - started < 20  # 0.9 ms a row when nothing else runs
    assert report.rows == planned.rows
    assert (report.counts["created"], report.counts["error"]) == (ROWS - BAD, BAD)
    assert {row.row for row in report.errors} == wrong
    assert all(row.code in ("invalid", "duplicate") and row.message for row in report.errors)
    assert await count(database) == ROWS - BAD

    again = await imported(database, clock, content, publish=True)
    assert (again.counts["unchanged"], again.counts["error"]) == (ROWS - BAD, BAD)
    assert again.changes == 0
    async with database.read() as db:
        versions = await db.scalar(select(func.count()).select_from(ArticleVersion))
        answering = await db.scalar(
            select(func.count()).where(Article.published == 1, Article.revision > 0)
        )
    assert (versions, answering) == (ROWS - BAD, ROWS - BAD)


async def test_others_write_while_an_import_runs(database: Database, clock: FakeClock) -> None:
    content, _ = big_table()
    found = (await sources.read(content, Kind.CSV))[:1000]
    running = asyncio.create_task(importing.run(database, clock, found, Options(publish=True)))
    between = 0
    while not running.done():
        async with database.write() as db:
            between += 1
            title = f"Written meanwhile {between}"
            await articles.create(db, clock, read_draft({"title": title, "action": "a"}), "ada")
        await asyncio.sleep(0)
    assert (await running).counts["created"] == 990
    assert between >= 10


async def test_the_same_address_is_updated_and_an_editors_change_is_kept_until_asked(
    database: Database, clock: FakeClock
) -> None:
    def rows(action: str) -> bytes:
        return table([[name, "care", "", "", "", action, ""] for name in ("Wash", "Iron", "Fold")])

    await imported(database, clock, rows("First."), publish=True)
    async with database.write() as db:
        article, _ = await catalogue.by_slug(db, "wash")
        mine = read_draft({"title": "Wash by hand", "slug": "wash", "action": "Mine."})
        await articles.save(db, clock, article.id, mine, "ada", expected=1)
        gone, _ = await catalogue.by_slug(db, "fold")
        await articles.archive(db, clock, gone.id)

    for dry in (True, False):
        report = await imported(database, clock, rows("Second."), dry=dry)
        assert [(row.slug, row.outcome, row.code) for row in report.rows] == [
            ("wash", "kept", "edited"),
            ("iron", "updated", ""),
            ("fold", "kept", "archived"),
        ]
        assert "ada changed it here on 2026-03-02" in report.rows[0].message
        assert report.rows[1].message.startswith("Changed: action.")
    async with database.read() as db:
        iron, newest = await catalogue.by_slug(db, "iron")
    assert (newest.action, iron.published, iron.newest) == ("Second.", 1, 2)

    report = await imported(database, clock, rows("Third."), overwrite=True, publish=True)
    assert report.counts["updated"] == 3
    async with database.read() as db:
        for slug, number in (("wash", 3), ("iron", 3), ("fold", 2)):
            article, newest = await catalogue.by_slug(db, slug)
            assert (newest.action, article.published, newest.number) == ("Third.", number, number)
        assert (await catalogue.versions(db, article.id))[1].action == "First."
        steps = [step.what for step in await history.of(db, article.id)]
    assert steps == ["published", "archived", "published"]


async def test_drafts_that_came_in_are_published_by_importing_them_again(
    database: Database, clock: FakeClock
) -> None:
    content = table([["Wash", "care", "", "", "", "Wash it.", ""]])
    first = await imported(database, clock, content)
    assert first.rows[0].message == "New; a draft."
    second = await imported(database, clock, content, publish=True)
    assert (second.rows[0].outcome, second.rows[0].message) == ("updated", "It answers at once.")
    assert (await imported(database, clock, content, publish=True)).counts["unchanged"] == 1


async def test_one_change_is_told_for_a_batch_and_names_the_newest_revision(
    database: Database, clock: FakeClock, bus: LocalBus
) -> None:
    content = table([[f"Part {at}", "care", "", "", "", "Do.", ""] for at in range(120)])
    async with bus.subscribe("articles") as events:
        await imported(database, clock, content, publish=True)
        told = [await events.next() for _ in range(3)]
    assert all(isinstance(event, ArticlesChanged) for event in told)
    async with database.read() as db:
        changed = await catalogue.published_since(db, 0)
        assert await catalogue.content_revision(db) == 3
    assert {article.revision for article, _ in changed} == {1, 2, 3}
    assert len(changed) == 120


async def test_a_change_of_filing_alone_is_counted_where_the_article_answers(
    database: Database, clock: FakeClock
) -> None:
    await imported(database, clock, table([["Wash", "care", "", "", "", "Do.", ""]]), publish=True)
    moved = await imported(database, clock, table([["Wash", "laundry", "", "", "", "Do.", ""]]))
    assert (moved.rows[0].outcome, moved.rows[0].message) == ("updated", "Changed: category.")
    async with database.read() as db:
        article, newest = await catalogue.by_slug(db, "wash")
        assert await catalogue.content_revision(db) == article.revision == 2
    assert (article.category, newest.number) == ("laundry", 1)


async def test_what_another_writer_made_at_the_same_moment_is_told_alone(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on PostgreSQL, where two may insert the same address between look and commit."""
    real = store.take

    async def take(db: Any, batch: Any, *rest: Any) -> Any:
        if any(one.slug == "iron" for one in batch):
            raise IntegrityError("insert", {}, Exception("unique"))
        return await real(db, batch, *rest)

    monkeypatch.setattr(store, "take", take)
    names = ("Wash", "Iron", "Fold")
    report = await imported(
        database, clock, table([[name, "care", "", "", "", "Do.", ""] for name in names])
    )
    assert [(row.outcome, row.code) for row in report.rows] == [
        ("created", ""),
        ("error", "conflict"),
        ("created", ""),
    ]


async def test_an_article_whose_last_day_has_passed_comes_in_archived(
    database: Database, clock: FakeClock
) -> None:
    fields = {"title": "Sale", "action": "Buy.", "expires_at": "2026-03-01T00:00:00Z"}
    for status, standing in (("published", "archived"), ("draft", "draft")):
        one = read_portable({**fields, "slug": f"sale-{status}", "status": status})
        report = await importing.run(database, clock, [("1", one)])
        assert report.counts["created"] == 1
        async with database.read() as db:
            article, _ = await catalogue.by_slug(db, f"sale-{status}")
        assert (article.status, article.published) == (standing, None)
        again = await importing.run(database, clock, [("1", one)])
        assert again.counts["unchanged"] == 1


async def test_progress_counts_up_to_all_rows(database: Database, clock: FakeClock) -> None:
    seen: list[tuple[int, int]] = []
    content = table([[f"Part {at}", "care", "", "", "", "Do.", ""] for at in range(101)] + [[""]])
    found = await sources.read(content, Kind.CSV)
    await importing.run(database, clock, found, progress=lambda *step: seen.append(step))
    assert seen == [(51, 102), (101, 102), (102, 102)]


async def test_a_database_that_cannot_be_written_is_said_so(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def take(*_: Any) -> Any:
        raise Unavailable

    monkeypatch.setattr(store, "take", take)
    with pytest.raises(Unavailable):
        await imported(database, clock, table([["Wash", "care", "", "", "", "Do.", ""]]))


def test_a_head_line_of_a_million_commas_is_refused_at_once() -> None:
    before = time.process_time()
    with pytest.raises(HandrailError, match="columns"):
        list(csv_sources("title" + "," * 1_000_000 + "\n" + "a\n" * 10_000))
    assert time.process_time() - before < 3


def test_a_time_before_all_times_is_one_bad_row() -> None:
    early = '{"title": "x", "action": "y", "expires_at": "0001-01-01T00:00:00+14:00"}'
    (_, first), (_, second) = json_sources(f'[{early}, {{"title": "x", "action": "y"}}]')
    assert isinstance(first, HandrailError)
    assert isinstance(second, Portable)


def test_error_rows_make_a_table_without_formulas() -> None:
    rows = [Row("1", "error", code="invalid", message="=cmd()"), Row("+2.md", "error", title="a,b")]
    rows += [Row("\n=cmd()", "error", title="＝cmd()")]
    lines = list(csv.reader(io.StringIO(as_csv(rows))))
    assert lines[1] == ["1", "error", "", "", "invalid", "'=cmd()"]
    assert lines[2] == ["'+2.md", "error", "", "a,b", "", ""]
    assert lines[3] == ["'\n=cmd()", "error", "", "'＝cmd()", "", ""]
    assert list(Report(rows).counts) == list(OUTCOMES)


@pytest.mark.parametrize(
    "extra",
    [
        {"status": "live"},
        {"answers": "maybe"},
        {"answers": {"title": "x", "slug": "y"}},
        {"answers": {"title": "", "action": "y"}},
        {"files": [{"id": "x"}]},
        {"publish_at": "2026-03-02T09:00:00"},
        {
            "files": [
                {"id": "0" * 32, "name": "a.png", "media_type": "image/png", "content": "eA=="}
            ]
        },
    ],
)
def test_what_an_export_would_not_say_is_refused(extra: dict[str, Any]) -> None:
    with pytest.raises(HandrailError) as caught:
        read_portable({"title": "Wash", "action": "Do.", **extra})
    assert caught.value.code in ("invalid", "file_refused")
