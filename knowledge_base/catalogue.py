"""Reading articles: one, its versions, the editor's list, and what changed for the index."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.models import Article, ArticleVersion, KnowledgeState, Status
from server.errors import NotFound


@dataclass(frozen=True)
class Listed:
    """One line of the editor's list: the article and its newest version."""

    article: Article
    version: ArticleVersion


async def get(db: AsyncSession, article_id: uuid.UUID) -> Article:
    """The article.

    Raises:
        NotFound: there is none with this id.
    """
    article = await db.get(Article, article_id)
    if article is None:
        raise NotFound("There is no such article.")
    return article


async def locked(db: AsyncSession, article_id: uuid.UUID) -> Article:
    """The article as it is now, held against every other change until the transaction ends.

    Raises:
        NotFound: there is none with this id.
    """
    article = await db.get(Article, article_id, with_for_update=True, populate_existing=True)
    if article is None:
        raise NotFound("There is no such article.")
    return article


async def by_slug(db: AsyncSession, slug: str) -> tuple[Article, ArticleVersion]:
    """An article by its address, with its newest version.

    Raises:
        NotFound: there is none.
    """
    article = await db.scalar(select(Article).where(Article.slug == slug))
    if article is None:
        raise NotFound("There is no such article.")
    return article, await version(db, article.id, article.newest)


async def version(db: AsyncSession, article_id: uuid.UUID, number: int) -> ArticleVersion:
    """One version of an article.

    Raises:
        NotFound: there is none with this number.
    """
    found = await db.scalar(
        select(ArticleVersion).where(
            ArticleVersion.article_id == article_id, ArticleVersion.number == number
        )
    )
    if found is None:
        raise NotFound("There is no such version.")
    return found


async def versions(
    db: AsyncSession, article_id: uuid.UUID, limit: int = 100
) -> list[ArticleVersion]:
    """The newest versions, newest first.

    Raises:
        NotFound: there is no such article.
    """
    await get(db, article_id)
    query = select(ArticleVersion).where(ArticleVersion.article_id == article_id)
    return list(await db.scalars(query.order_by(ArticleVersion.number.desc()).limit(limit)))


async def list_all(
    db: AsyncSession, *, status: Status | None = None, words: str = "", limit: int = 500
) -> list[Listed]:
    """Articles by category and title; `words` must all stand in title, category, slug or tags."""
    query: Select[Article, ArticleVersion] = select(Article, ArticleVersion).join(
        ArticleVersion,
        (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.newest),
    )
    if status is not None:
        query = query.where(Article.status == status.value)
    for word in words.split()[:8]:
        found = [
            func.lower(column).contains(word.lower(), autoescape=True)
            for column in (ArticleVersion.title, Article.category, Article.slug)
        ]
        query = query.where(found[0] | found[1] | found[2])
    rows = await db.execute(query.order_by(Article.category, ArticleVersion.title).limit(limit))
    return [Listed(article, newest) for article, newest in rows.all()]


async def content_revision(db: AsyncSession) -> int:
    """The present content revision; 0 before anything was ever published."""
    found = await db.scalar(select(KnowledgeState.content_revision).where(KnowledgeState.id == 1))
    return found or 0


@dataclass(frozen=True)
class State:
    """What the one row of the knowledge base's state says."""

    revision: int = 0
    answer_precision: float | None = None
    calibration: str | None = None
    """JSON, unread: comparing it is cheap, and what is damaged harms nobody who does not read it."""


async def state(db: AsyncSession) -> State:
    """The present state; an empty one before anything was ever published or set."""
    query = select(
        KnowledgeState.content_revision,
        KnowledgeState.answer_precision,
        cast(KnowledgeState.calibration, Text),
    ).where(KnowledgeState.id == 1)
    row = (await db.execute(query)).one_or_none()
    return State(*row) if row is not None else State()


async def published_since(
    db: AsyncSession, revision: int
) -> list[tuple[Article, ArticleVersion | None]]:
    """What changed after a revision: each article with the version that answers, or None when none does."""
    rows = await db.execute(
        select(Article, ArticleVersion)
        .outerjoin(
            ArticleVersion,
            (ArticleVersion.article_id == Article.id)
            & (ArticleVersion.number == Article.published),
        )
        .where(Article.revision > revision)
    )
    return [(article, answering) for article, answering in rows.all()]
