"""Every article out again: as JSON, or as a zip of Markdown files with their attachments."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import zipfile
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, undefer

from knowledge_base.drafts import Draft, slug_of
from knowledge_base.exchange.portable import CarriedFile, Portable, Standing
from knowledge_base.exchange.rows import FORMAT
from knowledge_base.markdown_files import write_portable
from knowledge_base.models import Article, ArticleFile, ArticleVersion, Audience, Status
from server.database import Database

BATCH = 100


class Format(StrEnum):
    JSON = "json"
    MARKDOWN = "markdown"

    @property
    def file_name(self) -> str:
        return "articles.json" if self is Format.JSON else "articles.zip"

    @property
    def media_type(self) -> str:
        return "application/json" if self is Format.JSON else "application/zip"


async def write(database: Database, path: Path, form: Format) -> int:
    """Write every article, whatever its status, with its newest version; returns how many.

    What answers is written too where that is an older version. Importing the file gives equal articles.

    Raises:
        OSError: the file can't be written.
    """
    writer: JsonWriter | ZipWriter = (JsonWriter if form is Format.JSON else ZipWriter)(path)
    count = 0
    try:
        async with database.read() as db:
            async for batch in _batches(db):
                await asyncio.to_thread(writer.add, batch)
                count += len(batch)
    finally:
        await asyncio.to_thread(writer.close)
    return count


async def export_file(database: Database, form: Format) -> BinaryIO:
    """Everything as `write` writes it, in an open file that is gone once it is closed.

    A whole file first: a slow reader would otherwise hold the database's snapshot for as long as it reads.
    """
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp))
    try:
        path = folder / form.file_name
        await write(database, path, form)
        return await asyncio.to_thread(path.open, "rb")
    finally:
        await asyncio.to_thread(shutil.rmtree, folder)


class JsonWriter:
    """One article a line, so that two exports can be compared."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._file.write(f'{{"format": "{FORMAT}", "version": 1, "articles": [')
        self._between = "\n"

    def add(self, batch: list[Portable]) -> None:
        for article in batch:
            text = json.dumps(article.fields(), ensure_ascii=False)
            self._file.write(f"{self._between}{text}")
            self._between = ",\n"

    def close(self) -> None:
        self._file.write("\n]}\n")
        self._file.close()


class ZipWriter:
    """``<category>/<slug>.md``, and attachments as ``files/<id>/<name>``."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)

    def add(self, batch: list[Portable]) -> None:
        for article in batch:
            paths = {one.id: f"files/{one.id}/{one.name}" for one in article.standing.files}
            folder = slug_of(article.draft.category)
            self._write(f"{folder}/{article.slug}.md", write_portable(article, paths).encode())
            for one in article.standing.files:
                self._write(paths[one.id], one.content)

    def close(self) -> None:
        self._archive.close()

    def _write(self, name: str, content: bytes) -> None:
        # Without the hour at which it was packed: equal articles make equal archives.
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        self._archive.writestr(info, content)


async def _batches(db: AsyncSession) -> AsyncIterator[list[Portable]]:
    newest, answering = aliased(ArticleVersion), aliased(ArticleVersion)
    query = (
        select(Article, newest, answering)
        .join(newest, (newest.article_id == Article.id) & (newest.number == Article.newest))
        .outerjoin(
            answering,
            (answering.article_id == Article.id) & (answering.number == Article.published),
        )
        .order_by(Article.slug)
        .limit(BATCH)
    )
    last = ""
    while True:
        found = (await db.execute(query.where(Article.slug > last))).all()
        if not found:
            return
        files = await db.scalars(
            select(ArticleFile)
            .where(ArticleFile.article_id.in_([article.id for article, _, _ in found]))
            .order_by(ArticleFile.at, ArticleFile.id)
            .options(undefer(ArticleFile.content))
        )
        by_article: dict[Any, list[ArticleFile]] = {}
        for file in files:
            by_article.setdefault(file.article_id, []).append(file)
        yield [
            _portable(article, words, older, by_article.get(article.id, []))
            for article, words, older in found
        ]
        last = found[-1][0].slug
        db.expunge_all()  # or everything that was ever read, files too, stays in memory


def _portable(
    article: Article,
    newest: ArticleVersion,
    answering: ArticleVersion | None,
    files: list[ArticleFile],
) -> Portable:
    older = None
    answers: Any = None
    if answering is not None and answering.number != article.newest:
        older = _draft(article, answering)
        answers = _words(answering)
    elif (answering is not None) != (article.status == Status.PUBLISHED):
        answers = "nothing" if answering is None else "newest"
    waits = article.scheduled == article.newest
    standing = Standing(
        status=Status(article.status),
        answers=answers,
        publish_at=article.publish_at if waits else None,
        files=tuple(
            # Checked when it was stored, and maybe by rules of an earlier day.
            CarriedFile.model_construct(
                id=one.id, name=one.name, media_type=one.media_type, content=one.content
            )
            for one in files
        ),
    )
    return Portable(draft=_draft(article, newest), standing=standing, older=older)


def _draft(article: Article, version: ArticleVersion) -> Draft:
    """As stored, unchecked: an export must not fail on what an earlier release let in."""
    stated = {
        name: value
        for name in ("review_by", "expires_at", "family")
        if (value := getattr(article, name)) is not None
    }
    return Draft.model_construct(
        slug=article.slug,
        category=article.category,
        tags=article.tags,
        intents=article.intents,
        audience=Audience(article.audience),
        language=article.language,
        owner=article.owner or "",
        **stated,
        **_words(version),
    )


def _words(version: ArticleVersion) -> dict[str, Any]:
    return {
        "title": version.title,
        "questions": version.questions,
        "context": version.context,
        "action": version.action,
        "outcome": version.outcome,
    }
