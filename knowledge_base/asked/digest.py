"""The editor's week: what was asked in vain, which articles help least, which are old, how new ones do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.asked import health
from knowledge_base.asked.health import Health
from knowledge_base.asked.lines import Cluster
from knowledge_base.listing.browse import STALE_AFTER, VERDICTS
from knowledge_base.models import Article, ArticleEvent, ArticleVersion
from server.clock import Clock
from server.database import Database
from server.errors import Invalid
from server.week import Week

#: Items in each list: what can be mended in a week.
MOST = 10


@dataclass(frozen=True)
class Recurring:
    """A cluster of the week, and how often the same was asked in vain the week before."""

    cluster: Cluster
    before: int


@dataclass(frozen=True)
class Doing:
    """How an article does in the week, and did the week before."""

    article_id: UUID
    slug: str
    title: str
    health: Health
    before: Health


@dataclass(frozen=True)
class Old:
    """An article to read again."""

    slug: str
    title: str
    owner: str | None
    updated: date
    review_by: date | None
    overdue: bool
    """Past its review-by day; otherwise nobody has changed it for a year."""


@dataclass(frozen=True)
class Totals:
    failed: int
    """Questions without a good answer, in chats and in the help centre."""
    searches: int
    """How many of them were searches of the help centre."""
    shown: int
    helped: int
    not_helped: int
    views: int


@dataclass(frozen=True)
class Digest:
    week: Week
    totals: Totals
    before: Totals
    recurring: tuple[Recurring, ...]
    worst: tuple[Doing, ...]
    old: tuple[Old, ...]
    new: tuple[Doing, ...]

    @property
    def quiet(self) -> bool:
        """Whether nothing waits for an editor."""
        return not (self.recurring or self.worst or self.old)


class Asks(Protocol):
    """Who knows what was asked in vain: `asked.desk.AskedDesk`, or `asked.clustered.Clustered` alone."""

    async def between(self, since: datetime, until: datetime) -> list[Cluster]: ...


async def digest(database: Database, clock: Clock, desk: Asks, week: Week) -> Digest:
    """The digest of one week; one that has not ended counts up to now.

    Unanswered questions reach back 90 days, articles' numbers as far as the log does.

    Raises:
        Invalid: the week has not begun.
    """
    if week.begins > clock.now():
        raise Invalid("This week has not begun.")
    last = week.later(-1)
    now = await desk.between(week.begins, week.ends)
    earlier = await desk.between(last.begins, last.ends)
    async with database.read() as db:
        titles = await _titles(db)
        these = await health.of(db, titles, since=week.begins, until=week.ends)
        those = await health.of(db, titles, since=last.begins, until=last.ends)
        old = await _old(db, min(clock.now(), week.ends))
        fresh = await _first_published(db, week.begins, week.ends)

    def doing(article_id: UUID) -> Doing:
        slug, title = titles[article_id]
        return Doing(article_id, slug, title, these[article_id], those[article_id])

    return Digest(
        week=week,
        totals=_totals(now, these.values()),
        before=_totals(earlier, those.values()),
        recurring=tuple(Recurring(one, _same(one, earlier)) for one in now[:MOST]),
        worst=tuple(doing(article_id) for article_id in _worst(these)),
        old=old,
        new=tuple(doing(article_id) for article_id in fresh if article_id in titles),
    )


def _totals(clusters: Sequence[Cluster], healths: Collection[Health]) -> Totals:
    return Totals(
        failed=sum(one.failed for one in clusters),
        searches=sum(one.searches for one in clusters),
        shown=sum(one.shown for one in healths),
        helped=sum(one.helped for one in healths),
        not_helped=sum(one.not_helped for one in healths),
        views=sum(one.views for one in healths),
    )


def _same(cluster: Cluster, earlier: Sequence[Cluster]) -> int:
    keys = set(cluster.keys)
    return sum(one.failed for one in earlier if keys & set(one.keys))


def _worst(these: dict[UUID, Health]) -> list[UUID]:
    """Those with enough votes whose helpfulness is surely below the house's own, or below a half."""
    judged = {
        article_id: share
        for article_id, one in these.items()
        if (share := one.helpfulness) is not None and share.of >= VERDICTS
    }
    helped = sum(these[article_id].helped for article_id in judged)
    mean = helped / max(1, sum(share.of for share in judged.values()))
    bad = [one for one, share in judged.items() if share.value < 0.5 or share.high < mean]
    return sorted(bad, key=lambda one: (judged[one].high, str(one)))[:MOST]


async def _titles(db: AsyncSession) -> dict[UUID, tuple[str, str]]:
    rows = await db.execute(
        select(Article.id, Article.slug, ArticleVersion.title)
        .join(
            ArticleVersion,
            (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.newest),
        )
        .where(Article.published.is_not(None))
    )
    return {article_id: (slug, title) for article_id, slug, title in rows}


async def _old(db: AsyncSession, at: datetime) -> tuple[Old, ...]:
    overdue = Article.review_by < at.date()
    stale = Article.review_by.is_(None) & (Article.updated_at < at - STALE_AFTER)
    rows = await db.execute(
        select(Article, ArticleVersion.title)
        .join(
            ArticleVersion,
            (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.newest),
        )
        .where(Article.published.is_not(None), overdue | stale)
        .order_by(func.coalesce(Article.review_by, date.max), Article.updated_at, Article.slug)
        .limit(MOST)
    )
    return tuple(
        Old(
            slug=article.slug,
            title=title,
            owner=article.owner,
            updated=article.updated_at.date(),
            review_by=article.review_by,
            overdue=article.review_by is not None,
        )
        for article, title in rows
    )


async def _first_published(db: AsyncSession, since: datetime, until: datetime) -> list[UUID]:
    first = func.min(ArticleEvent.at)
    rows = await db.execute(
        select(ArticleEvent.article_id, first)
        .where(ArticleEvent.what == "published", ArticleEvent.by != "starter")
        .group_by(ArticleEvent.article_id)
        .having((first >= since) & (first < until))
        .order_by(first.desc(), ArticleEvent.article_id)
        .limit(MOST)
    )
    return [article_id for article_id, _ in rows]
