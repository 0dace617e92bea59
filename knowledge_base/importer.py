"""Articles from files: the starter set, a folder, JSON or CSV rows. A broken row is reported, the rest taken."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base import articles, catalogue
from knowledge_base.drafts import Draft, read_draft
from knowledge_base.markdown_files import parse_markdown
from knowledge_base.models import Article, ArticleVersion, Status
from server.clock import Clock, SystemClock
from server.database import Database
from server.errors import HandrailError, Invalid
from server.events import LocalBus
from server.settings import ROOT, Settings

log = structlog.get_logger(__name__)

#: Who an imported version says its author is; a newer version by anybody else is an editor's.
STARTER, IMPORT = "starter", "import"
IMPORTERS = frozenset({STARTER, IMPORT})
#: Articles per transaction, so that customers' messages get their turn in between.
BATCH = 50
ROW_LIMIT = 10_000

Outcome = Literal["created", "updated", "unchanged", "kept", "error"]
Source = tuple[str, "Draft | Invalid"]


@dataclass(frozen=True)
class Row:
    """What became of one row or file. `kept`: an editor changed the article, so it stays as it is."""

    row: str
    outcome: Outcome
    slug: str = ""
    code: str = ""
    message: str = ""


@dataclass
class Report:
    """All rows in their order."""

    rows: list[Row] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        found = dict.fromkeys(("created", "updated", "unchanged", "kept", "error"), 0)
        for row in self.rows:
            found[row.outcome] += 1
        return found


async def load_starter(settings: Settings, folder: Path = ROOT / "data" / "articles") -> Report:
    """Publish data/articles; again and again with the same result, and never over an editor's change."""
    database = Database(settings.database, LocalBus())
    try:
        report = await import_sources(
            database, SystemClock(), folder_sources(folder), author=STARTER, publish=True
        )
    finally:
        await database.close()
    for row in report.rows:
        if row.outcome == "error":
            log.warning("starter_article_broken", file=row.row, reason=row.message)
    log.info("starter_articles", **report.counts)
    return report


async def import_sources(
    database: Database,
    clock: Clock,
    sources: Iterable[Source],
    *,
    author: str = IMPORT,
    publish: bool = False,
) -> Report:
    """Create or update one article per source, known by its slug; what did not change is left alone."""
    rows: dict[int, Row] = {}
    seen: set[str] = set()
    waiting: list[tuple[int, str, Draft]] = []

    async def take() -> None:
        async with database.write() as db:
            for at, name, draft in waiting:
                rows[at] = await _take(db, clock, name, draft, author, publish)
        waiting.clear()

    for at, (name, source) in enumerate(sources):
        if isinstance(source, Invalid):
            rows[at] = Row(name, "error", code=source.code, message=str(source))
        elif source.slug in seen:
            message = "An earlier row has this address already."
            rows[at] = Row(name, "error", source.slug, "duplicate", message)
        else:
            seen.add(source.slug)
            waiting.append((at, name, source))
            if len(waiting) >= BATCH:
                await take()
    if waiting:
        await take()
    return Report([rows[at] for at in sorted(rows)])


def folder_sources(folder: Path) -> Iterator[Source]:
    """Every ``<category>/<slug>.md`` below a folder, in a fixed order."""
    for path in sorted(folder.glob("*/*.md")):
        name = path.relative_to(folder).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
            yield name, parse_markdown(text, slug=path.stem, category=path.parent.name)
        except UnicodeDecodeError:
            yield name, Invalid("the file is not UTF-8")
        except Invalid as error:
            yield name, error


def text_sources(kind: Literal["json", "csv", "markdown"], text: str) -> Iterator[Source]:
    """Rows of a JSON list, of a CSV table with a head line, or one Markdown file.

    In CSV several questions, tags or intents stand in one cell, separated by ``|`` or new lines.

    Raises:
        Invalid: the whole is not of this format, or has more than 10,000 rows.
    """
    if kind == "markdown":
        try:
            yield "1", parse_markdown(text)
        except Invalid as error:
            yield "1", error
        return
    for number, fields in enumerate(_json_rows(text) if kind == "json" else _csv_rows(text), 1):
        if number > ROW_LIMIT:
            raise Invalid(f"More than {ROW_LIMIT} rows; split the file.")
        try:
            if not isinstance(fields, dict):
                raise Invalid("row: expected an object with a title")
            yield str(number), read_draft(fields)
        except Invalid as error:
            yield str(number), error


def _json_rows(text: str) -> list[Any]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid("This is not JSON.") from error
    if not isinstance(rows, list):
        raise Invalid("Expected a JSON list of articles.")
    return rows


def _csv_rows(text: str) -> Iterator[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        if "title" not in (reader.fieldnames or ()):
            raise Invalid("The head line has no column “title”.")
        for row in reader:
            fields: dict[str, Any] = {
                name: value for name, value in row.items() if name is not None and value
            }
            for name in ("questions", "tags", "intents"):
                if name in fields:
                    cell = fields[name].replace("\n", "|")
                    fields[name] = [part.strip() for part in cell.split("|") if part.strip()]
            if None in row:
                fields["too many cells"] = True
            yield fields
    except csv.Error as error:
        raise Invalid(f"This is not CSV: line {reader.line_num} can't be read.") from error


async def _take(
    db: AsyncSession, clock: Clock, name: str, draft: Draft, author: str, publish: bool
) -> Row:
    found = await db.scalar(select(Article).where(Article.slug == draft.slug))
    try:
        async with db.begin_nested():
            if found is None:
                created = await articles.create(db, clock, draft, author)
                if publish:
                    await articles.publish(db, clock, created.id, expected=1)
                return Row(name, "created", draft.slug)
            newest = await catalogue.version(db, found.id, found.newest)
            if newest.author not in IMPORTERS or found.status == Status.ARCHIVED:
                return Row(name, "kept", draft.slug)
            if _same(found, newest, draft):
                return Row(name, "unchanged", draft.slug)
            expected = found.newest
            await articles.save(db, clock, found.id, draft, author, expected=expected)
            if publish:
                await articles.publish(db, clock, found.id, expected=expected + 1)
            return Row(name, "updated", draft.slug)
    except HandrailError as error:
        return Row(name, "error", draft.slug, error.code, str(error))


def _same(article: Article, newest: ArticleVersion, draft: Draft) -> bool:
    filed = (article.category, article.tags, article.intents, article.audience, article.language)
    wanted = (
        draft.category,
        draft.unique_tags,
        draft.unique_intents,
        draft.audience,
        draft.language,
    )
    words = (newest.title, newest.questions, newest.context, newest.action, newest.outcome)
    drafted = (draft.title, draft.unique_questions, draft.context, draft.action, draft.outcome)
    return filed == wanted and words == drafted and (article.owner or "") == draft.owner
