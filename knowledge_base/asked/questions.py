"""Questions whose right article is known: shipped, written by editors, or told by customers' clicks."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.asked.masking import LIMIT, key_of
from knowledge_base.drafts import clean_line
from knowledge_base.models import Article, ArticleVersion, StoredQuestion
from server.clock import Clock, SystemClock
from server.database import Database
from server.errors import Conflict, Invalid, NotFound
from server.events import LocalBus
from server.settings import ROOT, Settings

STARTER, EDITOR, CONFIRMED, REFUSED = "starter", "editor", "confirmed", "refused"
#: What customers' clicks made; an editor's word outranks both.
BY_CLICK = (CONFIRMED, REFUSED)
PAGE = 50


@dataclass(frozen=True)
class Labelled:
    """A question and the article that answers it; for source ``refused``, the article that does not."""

    text: str
    slug: str | None
    """None: no article answers it, and saying so is right."""
    golden: bool
    source: str


@dataclass(frozen=True)
class Line:
    """One line of the editor's list."""

    question: StoredQuestion
    slug: str | None
    title: str | None


@dataclass(frozen=True)
class Listing:
    lines: tuple[Line, ...]
    total: int
    page: int
    pages: int


async def labelled(db: AsyncSession) -> list[Labelled]:
    """Every stored question, in an order that depends on nothing but the questions."""
    rows = await db.execute(
        select(StoredQuestion, Article.slug)
        .outerjoin(Article, Article.id == StoredQuestion.article_id)
        .order_by(StoredQuestion.key)
    )
    return [Labelled(one.text, slug, one.golden, one.source) for one, slug in rows.all()]


async def prepare_starter(settings: Settings) -> int:
    """`load_starter` with data/articles/questions.jsonl, for the preparation; returns how many were new."""
    path = ROOT / "data" / "articles" / "questions.jsonl"
    database = Database(settings.database, LocalBus())
    try:
        shipped = await asyncio.to_thread(read_starter, path)
        async with database.write() as db:
            return await load_starter(db, SystemClock(), shipped)
    finally:
        await database.close()


def read_starter(path: Path) -> list[tuple[str, str | None]]:
    """The questions of a file and the slugs of their articles (None: no article answers it)."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [(clean_line(row["text"])[:LIMIT], row.get("article")) for row in rows]


async def load_starter(
    db: AsyncSession, clock: Clock, shipped: Iterable[tuple[str, str | None]]
) -> int:
    """Store the shipped questions once; returns how many were new.

    Never again where any of them stands, so that what an editor deletes stays deleted. The first question
    of each article is golden: one alarm for each, without one for every near-miss. Questions of an article
    that this house doesn't have are left out.
    """
    if await db.scalar(select(func.count()).where(StoredQuestion.source == STARTER)):
        return 0
    known = {slug: article_id for slug, article_id in await db.execute(_slugs())}  # noqa: C416
    taken = set(await db.scalars(select(StoredQuestion.key)))
    first: set[str | None] = set()
    added = 0
    for text, slug in shipped:
        key = key_of(text)
        if key in taken or (slug is not None and slug not in known):
            continue
        taken.add(key)
        golden = slug is not None and slug not in first
        first.add(slug)
        article_id = known[slug] if slug is not None else None
        db.add(_row(clock, key, text, article_id, golden=golden, source=STARTER))
        added += 1
    await db.flush()
    return added


async def add(
    db: AsyncSession, clock: Clock, text: str, slug: str | None, *, golden: bool = False
) -> StoredQuestion:
    """Store an editor's question; one that customers' clicks had made becomes the editor's.

    Raises:
        Invalid: the text is empty, too long, or holds forbidden characters.
        Conflict: the question is there already. NotFound: there is no such article.
    """
    line = _checked(text)
    article_id = await _article(db, slug)
    key = key_of(line)
    before = await db.scalar(select(StoredQuestion).where(StoredQuestion.key == key))
    if before is not None and before.source not in BY_CLICK:
        raise Conflict("This question is in the list already.")
    if before is None:
        before = _row(clock, key, line, article_id, golden=golden, source=EDITOR)
        db.add(before)
    before.text, before.article_id, before.golden = line, article_id, golden
    before.source = EDITOR
    await db.flush()
    return before


async def change(
    db: AsyncSession, question_id: uuid.UUID, slug: str | None, *, golden: bool
) -> StoredQuestion:
    """Name another right article (None: no article answers it), or make the question golden or not.

    A question that customers' clicks had made becomes the editor's, so that no click changes it back.

    Raises:
        NotFound: there is no such question or article.
    """
    found = await _get(db, question_id)
    found.article_id, found.golden = await _article(db, slug), golden
    if found.source in BY_CLICK:
        found.source = EDITOR
    await db.flush()
    return found


async def remove(db: AsyncSession, question_id: uuid.UUID) -> None:
    """Delete a question.

    Raises:
        NotFound: there is none with this id.
    """
    await db.delete(await _get(db, question_id))
    await db.flush()


async def listing(
    db: AsyncSession,
    *,
    words: str = "",
    source: str | None = None,
    golden: bool | None = None,
    page: int = 1,
) -> Listing:
    """One page of questions, newest first; a page past the end is the last one."""
    query: Select[StoredQuestion, str, str] = (
        select(StoredQuestion, Article.slug, ArticleVersion.title)
        .outerjoin(Article, Article.id == StoredQuestion.article_id)
        .outerjoin(
            ArticleVersion,
            (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.newest),
        )
    )
    for word in words.split()[:8]:
        query = query.where(
            func.lower(StoredQuestion.text).contains(word.lower(), autoescape=True)
            | func.lower(func.coalesce(ArticleVersion.title, "")).contains(
                word.lower(), autoescape=True
            )
        )
    if source is not None:
        query = query.where(StoredQuestion.source == source)
    if golden is not None:
        query = query.where(StoredQuestion.golden.is_(golden))
    total = await db.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    order = (StoredQuestion.created_at.desc(), StoredQuestion.key)
    rows = await db.execute(query.order_by(*order).offset((page - 1) * PAGE).limit(PAGE))
    return Listing(tuple(Line(*row) for row in rows.all()), total, page, pages)


async def _get(db: AsyncSession, question_id: uuid.UUID) -> StoredQuestion:
    found = await db.get(StoredQuestion, question_id)
    if found is None:
        raise NotFound("There is no such question.")
    return found


async def _article(db: AsyncSession, slug: str | None) -> uuid.UUID | None:
    if slug is None:
        return None
    found = await db.scalar(select(Article.id).where(Article.slug == slug))
    if found is None:
        raise NotFound("There is no such article.")
    return found


def _slugs() -> Select[str, uuid.UUID]:
    return select(Article.slug, Article.id)


def _checked(text: str) -> str:
    try:
        line = clean_line(text)
    except ValueError as error:
        raise Invalid(f"The question: {error}.") from error
    if not 1 <= len(line) <= LIMIT:
        raise Invalid(f"A question has 1 to {LIMIT} characters.")
    return line


def _row(
    clock: Clock, key: str, text: str, article_id: uuid.UUID | None, *, golden: bool, source: str
) -> StoredQuestion:
    return StoredQuestion(
        id=uuid.uuid4(),
        key=key,
        text=text,
        article_id=article_id,
        golden=golden,
        source=source,
        created_at=clock.now(),
    )
