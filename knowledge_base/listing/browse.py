"""The editor's list: search, filters, sort and pages."""

from __future__ import annotations

import json
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base import reports, variants
from knowledge_base.catalogue import Listed
from knowledge_base.listing.filters import Filters, Need, Sort
from knowledge_base.models import Article, ArticleVersion, Status
from server.clock import Clock

PAGE = 50
#: Nobody changed it and nobody promised to read it again for so long: it may be out of date.
STALE_AFTER = timedelta(days=365)
#: Fewer verdicts say nothing; below this share of "it helped" the words need work.
VERDICTS, HELPFUL = 5, 0.6


class Numbers(Protocol):
    """What the list needs of an article's health; `asked.health.Health` has it."""

    views: int
    shown: int
    helped: int
    not_helped: int
    deflected: int


@dataclass(frozen=True)
class Found:
    """One page of the list."""

    lines: tuple[Listed, ...]
    total: int
    page: int
    missing: Mapping[uuid.UUID, tuple[str, ...]]
    """Languages that an article lacks."""

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


async def find(
    db: AsyncSession,
    clock: Clock,
    filters: Filters,
    numbers: Mapping[uuid.UUID, Numbers] | None = None,
    *,
    per_page: int = PAGE,
) -> Found:
    """One page of the articles that match; a page past the end gives the last one.

    Filters and orders by health need `numbers`; an article without any counts as never seen.
    """
    query = _matching(filters, clock.now().date(), clock)
    rows = (await db.execute(query.order_by(*_order(filters.sort)))).all()
    ids = [row[0] for row in rows]
    if filters.need == Need.UNTRANSLATED:
        lacking = await variants.missing(db, await _articles(db, ids))
        ids = [one for one in ids if lacking.get(one)]
    ids = _by_numbers(ids, filters, numbers or {})
    page = min(filters.page, max(1, -(-len(ids) // per_page)))
    wanted = ids[(page - 1) * per_page : page * per_page]
    lines = await _lines(db, wanted)
    missing = await variants.missing(db, [line.article for line in lines])
    return Found(tuple(lines), len(ids), page, missing)


async def everyone(db: AsyncSession) -> list[uuid.UUID]:
    """The ids of all articles, for their health."""
    return list(await db.scalars(select(Article.id)))


async def overdue(db: AsyncSession, clock: Clock, owner: str) -> int:
    """How many of somebody's articles wait to be read again."""
    due = _needs(Need.TO_REVIEW, clock.now().date(), clock)
    query = select(func.count()).select_from(Article).where(due, Article.owner == owner)
    return await db.scalar(query) or 0


def is_stale(article: Article, clock: Clock) -> bool:
    """Whether its day of reading has passed, or nobody set one and nobody touched it for a year."""
    if article.review_by is not None:
        return article.review_by < clock.now().date()
    return article.updated_at < clock.now() - STALE_AFTER


def _matching(filters: Filters, today: date, clock: Clock) -> Select[uuid.UUID]:
    query = select(Article.id).join(
        ArticleVersion,
        (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.newest),
    )
    for name in ("status", "category", "audience", "language", "owner"):
        wanted = getattr(filters, name)
        if wanted:
            query = query.where(getattr(Article, name) == wanted)
    if filters.tag:
        query = query.where(_text(Article.tags).contains(json.dumps(filters.tag), autoescape=True))
    for word in unicodedata.normalize("NFC", filters.words).split()[:8]:
        query = query.where(_holds(word))
    if filters.need and filters.need not in (Need.NEVER_SHOWN, Need.NOT_HELPING):
        query = query.where(_needs(Need(filters.need), today, clock))
    elif filters.need:
        query = query.where(Article.published.is_not(None))
    return query


def _needs(need: Need, today: date, clock: Clock) -> ColumnElement[bool]:
    alive = Article.status != Status.ARCHIVED.value
    if need is Need.TO_REVIEW:
        return and_(alive, Article.review_by <= today)
    if need is Need.STALE:
        untouched = Article.updated_at < clock.now() - STALE_AFTER
        return and_(
            alive,
            or_(Article.review_by < today, and_(Article.review_by.is_(None), untouched)),
        )
    if need is Need.NO_OWNER:
        return and_(alive, Article.owner.is_(None))
    if need is Need.SCHEDULED:
        return Article.scheduled.is_not(None)
    if need is Need.REPORTED:
        return reports.has_open(Article.id)
    return alive


def _holds(word: str) -> ColumnElement[bool]:
    """Whether a word stands anywhere in an article, whatever its capitals."""
    newest = ArticleVersion
    plain = (newest.title, Article.category, Article.slug, func.coalesce(Article.owner, ""))
    parts = (newest.context, newest.action, newest.outcome)
    hits: list[ColumnElement[bool]] = []
    for form in sorted({_ascii_lower(one) for one in (word.lower(), word.upper(), word.title())}):
        hits += [func.lower(column).contains(form, autoescape=True) for column in (*plain, *parts)]
        # Lists are stored as JSON, where “ü” is written with its number.
        coded = _ascii_lower(json.dumps(form)[1:-1])
        hits += [
            func.lower(_text(column)).contains(coded, autoescape=True)
            for column in (Article.tags, newest.questions)
        ]
    return or_(*hits)


def _ascii_lower(text: str) -> str:
    """As SQLite's lower(), which knows the letters a to z only; hence the forms above."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


def _text(column: Any) -> ColumnElement[str]:
    return cast(column, String)


def _order(sort: str) -> list[Any]:
    title = (func.lower(ArticleVersion.title), Article.id)
    if sort == Sort.TITLE:
        return [*title]
    if sort == Sort.UPDATED:
        return [Article.updated_at.desc(), *title]
    if sort == Sort.REVIEW:
        return [Article.review_by.is_(None), Article.review_by, *title]
    return [Article.category, *title]


def _by_numbers(
    ids: list[uuid.UUID], filters: Filters, numbers: Mapping[uuid.UUID, Numbers]
) -> list[uuid.UUID]:
    if filters.need == Need.NEVER_SHOWN:
        ids = [one for one in ids if one not in numbers or not numbers[one].shown]
    if filters.need == Need.NOT_HELPING:
        ids = [one for one in ids if one in numbers and _helps_few(numbers[one])]
    names: dict[str, Literal["views", "shown", "not_helped", "deflected"]] = {
        Sort.VIEWS: "views",
        Sort.SHOWN: "shown",
        Sort.NOT_HELPED: "not_helped",
        Sort.DEFLECTED: "deflected",
    }
    if filters.sort in names:
        name = names[filters.sort]
        ids.sort(key=lambda one: getattr(numbers[one], name) if one in numbers else 0, reverse=True)
    return ids


def _helps_few(one: Numbers) -> bool:
    said = one.helped + one.not_helped
    return said >= VERDICTS and one.helped / said < HELPFUL


async def _articles(db: AsyncSession, ids: list[uuid.UUID]) -> list[Article]:
    wanted = set(ids)
    return [one for one in await db.scalars(select(Article)) if one.id in wanted]


async def _lines(db: AsyncSession, ids: list[uuid.UUID]) -> list[Listed]:
    rows = await db.execute(
        select(Article, ArticleVersion)
        .join(
            ArticleVersion,
            (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.newest),
        )
        .where(Article.id.in_(ids))
    )
    by_id = {article.id: Listed(article, newest) for article, newest in rows.all()}
    return [by_id[one] for one in ids if one in by_id]
