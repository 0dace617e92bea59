"""What goes out comes in again: equal articles in an empty house, no change where it came from."""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
import uuid
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import undefer

from knowledge_base import articles, catalogue, files, lifecycle
from knowledge_base.drafts import Draft, read_draft
from knowledge_base.exchange import export, importing, sources
from knowledge_base.exchange.export import Format
from knowledge_base.exchange.portable import read_portable
from knowledge_base.exchange.report import Report
from knowledge_base.exchange.sources import kind_of
from knowledge_base.markdown_files import parse_portable, write_portable
from knowledge_base.models import Article, ArticleFile, ArticleVersion
from server.database import Database
from server.errors import Invalid
from server.events import LocalBus
from server.tables import metadata
from tests.knowledge_base.support import LAMP, RETURN, draft
from tests.support import FakeClock

#: What tells two houses' articles apart without meaning anything.
OWN = {"id", "created_at", "updated_at", "revision", "newest", "published", "scheduled"}

LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=40)
BODIES = st.text(
    st.sampled_from(list("ab\n #-*\\:'\"|>[](){}&!%@`~é漢🙂\u2028\u3000")), max_size=60
) | st.sampled_from(["## Action\nx", "\\## Outcome", "---\ntitle: x\n---", "a\n\n\n## Context"])


@st.composite
def drafts(draw: st.DrawFn, slug: str = "") -> Draft:
    fields = {
        "title": draw(LINES),
        "slug": slug,
        "category": draw(st.sampled_from(["general", "returns", "no", "30", "Größe", "a: b"])),
        "tags": draw(st.lists(LINES.map(lambda text: text[:20]), max_size=3)),
        "intents": draw(st.lists(st.sampled_from(["return", "yes"]), max_size=2)),
        "audience": draw(st.sampled_from(["public", "staff"])),
        "language": draw(st.sampled_from(["en", "no", "de-AT"])),
        "owner": draw(st.sampled_from(["", "ada", "007"])),
        "questions": draw(st.lists(LINES, max_size=4)),
        "context": draw(BODIES),
        "action": draw(BODIES),
        "outcome": draw(BODIES),
        "review_by": draw(st.none() | st.dates()),
        "expires_at": draw(st.sampled_from([None, "2027-01-01T08:30:00Z"])),
        "family": draw(st.sampled_from([None, "11111111-2222-4333-8444-555555555555"])),
    }
    try:
        return read_draft(fields)
    except Invalid:
        return read_draft({**fields, "title": "A", "tags": [], "questions": [], "action": "b"})


@asynccontextmanager
async def house(path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{path}"
    engine = create_async_engine(url)

    @event.listens_for(engine.sync_engine, "connect")
    def unsafe(connection: Any, _: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")  # tables of a house that lives for a second

    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    database = Database(url, LocalBus())
    try:
        yield database
    finally:
        await database.close()


async def exported(database: Database, form: Format) -> bytes:
    file = await export.export_file(database, form)
    with file:
        return file.read()


async def imported(database: Database, clock: FakeClock, content: bytes, form: Format) -> Report:
    found = await sources.read(content, kind_of(form.file_name))
    return await importing.run(database, clock, found)


async def contents(database: Database) -> list[dict[str, Any]]:
    """Everything that matters of every article, straight from the tables."""
    found = []
    async with database.read() as db:
        for article in await db.scalars(select(Article).order_by(Article.slug)):
            filed = {
                name: value
                for name, value in vars(article).items()
                if name not in OWN and not name.startswith("_")
            }
            versions = {
                version.number: (
                    version.title,
                    version.questions,
                    version.context,
                    version.action,
                    version.outcome,
                )
                for version in await db.scalars(
                    select(ArticleVersion).where(ArticleVersion.article_id == article.id)
                )
            }
            attached = [
                (one.id, one.name, one.media_type, one.size, one.sha256, one.content)
                for one in await db.scalars(
                    select(ArticleFile)
                    .where(ArticleFile.article_id == article.id)
                    .options(undefer(ArticleFile.content))
                    .order_by(ArticleFile.id)
                )
            ]
            found.append(
                {
                    **filed,
                    "newest": versions[article.newest],
                    "answers": versions.get(article.published or 0),
                    "waits": article.scheduled == article.newest,
                    "files": attached,
                }
            )
    return found


STORIES = (
    "draft",
    "review",
    "published",
    "newer draft",
    "in review again",
    "archived",
    "scheduled",
)


async def live(
    database: Database, clock: FakeClock, story: str, first: Draft, second: Draft
) -> uuid.UUID:
    """An article with this history."""
    async with database.write() as db:
        article = await articles.create(db, clock, first, "ada")
        at = article.id
        if story == "review":
            await lifecycle.submit(db, clock, at, expected=1, by="ada")
        if story in ("published", "newer draft", "in review again", "archived"):
            await articles.publish(db, clock, at, expected=1)
        if story in ("newer draft", "in review again"):
            await articles.save(db, clock, at, second, "ada", expected=1)
        if story == "in review again":
            await lifecycle.submit(db, clock, at, expected=2, by="ada")
        if story == "archived":
            await articles.archive(db, clock, at)
        if story == "scheduled":
            when = clock.now() + timedelta(days=2)
            await lifecycle.schedule(db, clock, at, expected=1, at=when, by="ada")
    return at


def png(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("form", list(Format))
@settings(
    max_examples=15,
    deadline=None,
    # Without shrinking: a house takes a quarter of a second, and a failure names its articles anyway.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_an_export_makes_equal_articles_elsewhere_and_changes_nothing_at_home(
    form: Format, data: st.DataObject
) -> None:
    wanted = [
        (story, data.draw(drafts(f"a-{at}")), data.draw(drafts(f"a-{at}")))
        for at, story in enumerate(data.draw(st.lists(st.sampled_from(STORIES), max_size=5)))
    ]

    async def there_and_back(folder: Path) -> None:
        clock = FakeClock()
        async with house(folder / "old.db") as old, house(folder / "new.db") as new:
            for story, first, second in wanted:
                await live(old, clock, story, first, second)
            before = await contents(old)
            content = await exported(old, form)
            if not wanted:
                assert await contents(new) == []
                return
            came = await imported(new, clock, content, form)
            assert came.counts["created"] == len(wanted), came.rows
            assert await contents(new) == before
            assert await exported(new, form) == content
            for home in (old, new):
                again = await imported(home, clock, content, form)
                assert again.counts["unchanged"] == len(wanted), again.rows
                assert await contents(home) == before

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(there_and_back(Path(folder)))


@given(one=drafts("a"), older=st.none() | drafts("a"))
@settings(max_examples=200, deadline=None)
def test_every_article_is_read_as_it_was_written(one: Draft, older: Draft | None) -> None:
    fields = one.model_dump(mode="json")
    if older is not None:
        words = ("title", "questions", "context", "action", "outcome")
        fields["answers"] = {name: getattr(older, name) for name in words}
    article = read_portable(fields)
    assert parse_portable(write_portable(article, {})).fields() == article.fields()
    assert read_portable(json.loads(json.dumps(article.fields()))).fields() == article.fields()


@pytest.mark.parametrize("form", list(Format))
async def test_files_come_along_and_keep_their_ids(
    database: Database, clock: FakeClock, tmp_path: Path, form: Format
) -> None:
    at = await live(database, clock, "published", RETURN, RETURN)
    async with database.write() as db:
        picture = await files.read_upload("label.png", png("red"))
        label = await files.add(db, clock, at, picture, "ada")
        note = await files.read_upload("Größen, alle.csv", b"a;b\n1;2\n")
        await files.add(db, clock, at, note, "ada")
        text = f"![The label](file:{label.id})"
        named = RETURN.model_copy(update={"action": text})
        await articles.save(db, clock, at, named, "ada", expected=1)
    content = await exported(database, form)
    async with house(tmp_path / "new.db") as new:
        assert (await imported(new, clock, content, form)).counts["created"] == 1
        assert await contents(new) == await contents(database)
        async with new.write() as db:
            article, _ = await catalogue.by_slug(db, RETURN.slug)
            await files.delete(db, article.id, label.id)
        again = await imported(new, clock, content, form)
        assert again.rows[0].message == "Changed: 1 files."
        assert len((await contents(new))[0]["files"]) == 2


async def test_a_file_of_another_article_is_not_taken_over(
    database: Database, clock: FakeClock
) -> None:
    at = await live(database, clock, "draft", RETURN, RETURN)
    async with database.write() as db:
        picture = await files.read_upload("label.png", png("red"))
        await files.add(db, clock, at, picture, "ada")
    exported_rows = json.loads(await exported(database, Format.JSON))["articles"]
    stolen = {**LAMP.model_dump(mode="json"), "files": exported_rows[0]["files"]}
    found = await sources.read(json.dumps([stolen]).encode(), sources.Kind.JSON)
    report = await importing.run(database, clock, found)
    assert (report.rows[0].outcome, report.rows[0].code) == ("error", "conflict")


async def test_an_attachment_that_is_missing_or_not_what_it_says_is_explained(
    database: Database, clock: FakeClock
) -> None:
    at = await live(database, clock, "draft", RETURN, RETURN)
    async with database.write() as db:
        await files.add(db, clock, at, await files.read_upload("a.png", png("red")), "ada")
    content = await exported(database, Format.MARKDOWN)
    for replaced, code in (
        (None, "invalid"),
        (b"<svg onload=x>", "file_refused"),
        (b"x", "invalid"),
    ):
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                if not name.startswith("files/"):
                    new.writestr(name, old.read(name))
                elif replaced is not None:
                    new.writestr(name, replaced)
        report = await imported(database, clock, out.getvalue(), Format.MARKDOWN)
        assert [(row.outcome, row.code) for row in report.rows] == [("error", code)]


async def test_a_large_house_is_exported_batch_by_batch_in_one_order(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    many = [draft(f"Part {at}", f"part {at} broke") for at in range(2 * export.BATCH + 3)]
    found = [("1", read_portable(one.model_dump(mode="json"))) for one in many]
    await importing.run(database, clock, found)
    assert await export.write(database, tmp_path / "a.zip", Format.MARKDOWN) == len(many)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
    assert sorted(names) == names
    assert set(names) == {f"returns/{one.slug}.md" for one in many}
