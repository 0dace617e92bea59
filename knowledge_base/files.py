"""The images and attachments of articles: add, list, read, delete."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Iterable
from urllib.parse import quote

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from knowledge_base import catalogue
from knowledge_base.file_kinds import Checked, check, is_image
from knowledge_base.models import ArticleFile
from knowledge_base.rendering import Shown, files_in
from server.clock import Clock
from server.errors import HandrailError, NotFound

FILES_LIMIT = 30
"""Files of one article."""


class TooManyFiles(HandrailError):
    code, status = "too_many_files", 409
    message = f"An article holds up to {FILES_LIMIT} files. Delete one that is not used any more."


async def read_upload(name: str, content: bytes) -> Checked:
    """What somebody uploaded, checked and cleaned; before any transaction, for it takes its time.

    Raises:
        FileRefused, TooLarge: as `file_kinds.check`.
    """
    return await asyncio.to_thread(check, name, content)


async def add(
    db: AsyncSession, clock: Clock, article_id: uuid.UUID, checked: Checked, by: str
) -> ArticleFile:
    """Store a file with its article; the same content again is the file that is there already.

    Raises:
        NotFound: there is no such article.
        TooManyFiles: it has 30 already.
    """
    await catalogue.get(db, article_id)
    digest = hashlib.sha256(checked.content).hexdigest()
    same = await db.scalar(
        select(ArticleFile).where(
            ArticleFile.article_id == article_id,
            ArticleFile.sha256 == digest,
            ArticleFile.media_type == checked.media_type,
        )
    )
    if same is not None:
        return same
    count = select(func.count()).where(ArticleFile.article_id == article_id)
    if (await db.scalar(count) or 0) >= FILES_LIMIT:
        raise TooManyFiles()
    file = ArticleFile(
        id=uuid.uuid4(),
        article_id=article_id,
        name=checked.name,
        media_type=checked.media_type,
        size=len(checked.content),
        sha256=digest,
        content=checked.content,
        by=by,
        at=clock.now(),
    )
    db.add(file)
    await db.flush()
    return file


async def list_of(db: AsyncSession, article_id: uuid.UUID) -> list[ArticleFile]:
    """An article's files, oldest first, without their content.

    Raises:
        NotFound: there is no such article.
    """
    await catalogue.get(db, article_id)
    query = select(ArticleFile).where(ArticleFile.article_id == article_id)
    return list(await db.scalars(query.order_by(ArticleFile.at, ArticleFile.id)))


async def get(db: AsyncSession, file_id: uuid.UUID) -> ArticleFile:
    """A file without its content.

    Raises:
        NotFound: there is none.
    """
    file = await db.get(ArticleFile, file_id)
    if file is None:
        raise NotFound("There is no such file.")
    return file


async def content(db: AsyncSession, file_id: uuid.UUID) -> bytes:
    """A file's bytes.

    Raises:
        NotFound: there is none.
    """
    query = (
        select(ArticleFile).where(ArticleFile.id == file_id).options(undefer(ArticleFile.content))
    )
    file = await db.scalar(query.execution_options(populate_existing=True))
    if file is None:
        raise NotFound("There is no such file.")
    return file.content


async def delete(db: AsyncSession, article_id: uuid.UUID, file_id: uuid.UUID) -> None:
    """Remove a file from its article, in every version at once.

    Raises:
        NotFound: this article has no such file.
    """
    gone = await db.execute(
        delete_rows(ArticleFile).where(
            ArticleFile.id == file_id, ArticleFile.article_id == article_id
        )
    )
    if gone.rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound("There is no such file.")


async def named_in(db: AsyncSession, article_id: uuid.UUID) -> set[uuid.UUID]:
    """The files that readers see now, or editors in the newest version.

    Raises:
        NotFound: there is no such article.
    """
    article = await catalogue.get(db, article_id)
    found: set[uuid.UUID] = set()
    for number in {article.newest, article.published} - {None}:
        version = await catalogue.version(db, article_id, int(number or 0))
        found |= files_in(version.context, version.action, version.outcome)
    return found


async def shown_in(db: AsyncSession, article_id: uuid.UUID, *texts: str) -> dict[uuid.UUID, Shown]:
    """What `rendering.render` needs for these texts of an article; no query where they name no file."""
    wanted = files_in(*texts)
    if not wanted:
        return {}
    query = select(ArticleFile).where(
        ArticleFile.article_id == article_id, ArticleFile.id.in_(wanted)
    )
    return shown(await db.scalars(query))


def shown(files: Iterable[ArticleFile]) -> dict[uuid.UUID, Shown]:
    """How these files appear in a text."""
    return {file.id: Shown(address(file), is_image(file.media_type), note(file)) for file in files}


def address(file: ArticleFile) -> str:
    """Where the help centre serves it; the name is for those who save it."""
    return f"/help/files/{file.id}/{quote(file.name)}"


def note(file: ArticleFile) -> str:
    """Kind and size, as "PDF, 120 kB"."""
    return f"{file.name.rpartition('.')[2].upper()}, {size_in_words(file.size)}"


def size_in_words(size: int) -> str:
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def mark_of(file: ArticleFile, words: str) -> str:
    """What an editor writes to show the file; `words`: the picture's alt text, or the link's."""
    said = "".join("" if sign in "[]\\" else sign for sign in words).strip()
    return f"{'!' if is_image(file.media_type) else ''}[{said or file.name}](file:{file.id})"
