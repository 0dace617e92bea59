"""One article in several languages: who belongs together, what is missing, a first draft of the rest."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base import articles, catalogue
from knowledge_base.drafts import Draft, read_draft
from knowledge_base.models import Article, ArticleVersion, Status
from server.clock import Clock
from server.errors import Conflict


@dataclass(frozen=True)
class Family:
    """An article's variants by language, itself among them, and the house's languages it lacks."""

    members: tuple[Article, ...]
    missing: tuple[str, ...]


async def languages(db: AsyncSession) -> set[str]:
    """The languages in which the house answers: those of its published articles."""
    found = await db.scalars(
        select(Article.language).where(Article.published.is_not(None)).distinct()
    )
    return set(found)


async def family(db: AsyncSession, article_id: uuid.UUID) -> Family:
    """The variants of an article.

    Raises:
        NotFound: there is no such article.
    """
    article = await catalogue.get(db, article_id)
    members = await _members(db, article)
    had = {one.language for one in members if one.status != Status.ARCHIVED}
    return Family(tuple(members), tuple(sorted(await languages(db) - had - {article.language})))


async def missing(
    db: AsyncSession, listed: Collection[Article]
) -> dict[uuid.UUID, tuple[str, ...]]:
    """Of each article, the house's languages in which neither it nor a variant stands."""
    house = await languages(db)
    if len(house) < 2:
        return {one.id: () for one in listed}
    named = {one.family for one in listed if one.family is not None}
    had: dict[uuid.UUID, set[str]] = defaultdict(set)
    rows = await db.execute(
        select(Article.family, Article.language).where(
            Article.family.in_(named), Article.status != Status.ARCHIVED.value
        )
    )
    for shared, language in rows.all():
        if shared is not None:
            had[shared].add(language)
    return {
        one.id: tuple(sorted(house - {one.language} - (had[one.family] if one.family else set())))
        for one in listed
    }


async def add(
    db: AsyncSession, clock: Clock, article_id: uuid.UUID, language: str, by: str
) -> Article:
    """Start a draft in another language: same filing, and the newest words, to be translated.

    Raises:
        NotFound: there is no such article.
        Conflict: the article stands in this language already. Invalid: this is no language code.
    """
    base = await catalogue.locked(db, article_id)
    base.family = base.family or uuid.uuid4()
    await db.flush()
    # Held until commit: of two who add the same language to two variants, the second sees the first's.
    await db.execute(
        update(Article)
        .where(Article.family == base.family)
        .values(family=base.family)
        .execution_options(synchronize_session=False)
    )
    members = await _members(db, base)
    if any(one.language == language for one in members if one.status != Status.ARCHIVED):
        raise Conflict(f"This article stands in “{language[:12]}” already.")
    words = await catalogue.version(db, base.id, base.newest)
    return await articles.create(db, clock, await _draft(db, base, words, language), by)


async def _members(db: AsyncSession, article: Article) -> list[Article]:
    if article.family is None:
        return [article]
    found = await db.scalars(
        select(Article)
        .where(Article.family == article.family)
        .order_by(Article.language, Article.slug)
    )
    return list(found)


async def _draft(db: AsyncSession, base: Article, words: ArticleVersion, language: str) -> Draft:
    ending = f"-{language.lower()}"
    address = f"{base.slug[: 76 - len(ending)].rstrip('-')}{ending}"
    taken = set(await db.scalars(select(Article.slug).where(Article.slug.startswith(address))))
    free = next(
        name
        for name in (address, *(f"{address}-{number}" for number in range(2, 1000)))
        if name not in taken
    )
    return read_draft(
        {
            "title": words.title,
            "slug": free,
            "category": base.category,
            "tags": base.tags,
            "intents": base.intents,
            "audience": base.audience,
            "language": language,
            "owner": base.owner or "",
            "family": base.family,
            "context": words.context,
            "action": words.action,
            "outcome": words.outcome,
        }
    )
