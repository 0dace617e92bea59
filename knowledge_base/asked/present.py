"""What the published articles say by now to what was asked in vain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.asked.lines import Cluster
from knowledge_base.models import Article, ArticleEvent
from knowledge_base.search.decision import DecisionContext
from knowledge_base.service import KnowledgeBase


@dataclass(frozen=True)
class Nearest:
    """What the published articles say to a cluster's heading now."""

    article_id: UUID
    slug: str
    title: str
    probability: float
    answers: bool
    """Whether the bot would answer with it."""
    changed: bool
    """Whether it was published or changed after the question was last asked in vain."""


@dataclass(frozen=True)
class Listed:
    cluster: Cluster
    nearest: Nearest | None

    @property
    def mended(self) -> bool:
        return self.nearest is not None and self.nearest.answers and self.nearest.changed


class Change(NamedTuple):
    """The last change of what an article answers: chats know it by the revision, searches by the time."""

    revision: int
    at: datetime | None

    def is_after(self, cluster: Cluster) -> bool:
        """Whether the cluster was last asked in vain before it."""
        if self.revision <= cluster.revision:
            return False
        searched = cluster.searched_at
        return searched is None or (self.at is not None and self.at > searched)


async def changes(db: AsyncSession) -> dict[UUID, Change]:
    """The last change of each published article."""
    rows = await db.execute(
        select(Article.id, Article.revision, func.max(ArticleEvent.at))
        .outerjoin(
            ArticleEvent,
            and_(ArticleEvent.article_id == Article.id, ArticleEvent.what == "published"),
        )
        .where(Article.published.is_not(None))
        .group_by(Article.id, Article.revision)
    )
    return {article_id: Change(revision, at) for article_id, revision, at in rows}


async def nearest(
    knowledge: KnowledgeBase, cluster: Cluster, changed: dict[UUID, Change]
) -> Nearest | None:
    """The first article for a cluster's heading; None when nothing comes near."""
    decision = await knowledge.decide(cluster.heading, DecisionContext())
    if not decision.candidates:
        return None
    best = decision.candidates[0]
    change = changed.get(best.article_id)
    return Nearest(
        article_id=best.article_id,
        slug=best.slug,
        title=best.title,
        probability=best.probability,
        answers=decision.kind == "answer",
        changed=change is not None and change.is_after(cluster),
    )
