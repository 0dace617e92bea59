"""What customers asked, for the editor's pages: kept up to date, worked out off the event loop."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from knowledge_base import articles
from knowledge_base.asked import questions
from knowledge_base.asked.drafting import draft_of, with_questions
from knowledge_base.asked.log import FRESH, Log
from knowledge_base.asked.masking import key_of
from knowledge_base.asked.outcomes import Question
from knowledge_base.asked.questions import Click
from knowledge_base.asked.texts import Texts
from knowledge_base.asked.unanswered import FAILED_LIMIT, GOOD_LIMIT, Asked, Cluster, clusters
from knowledge_base.models import Article, SetAside
from knowledge_base.review.vectors import Vectors
from knowledge_base.search.decision import DecisionContext
from knowledge_base.search.records import TextEncoder
from knowledge_base.service import KnowledgeBase
from server.clock import Clock
from server.database import Database
from server.errors import HandrailError, NotFound

log = structlog.get_logger(__name__)

PERIODS = (7, 30, 90)
"""Days; the longest is all that is kept."""
SHOWN = 60
"""Clusters for which the present answer is looked up, 5 ms each."""
PAUSE = 300.0
NEAR_ARTICLE = 0.45
"""The cosine from which a wording is worth suggesting to an article."""


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


class AskedDesk:
    """One per process. Every few minutes it reads on and turns customers' clicks into labelled questions."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        encoder: TextEncoder,
        knowledge: KnowledgeBase,
        folder: Path | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._knowledge = knowledge
        self._vectors = Vectors(encoder, folder)
        self._log = Log(database, clock)
        self._texts = Texts(database)
        self._kept: dict[object, list[Cluster]] = {}
        self._kept_of: object = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to follow the log; the first look comes at once, in the background."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # --- unanswered questions

    async def unanswered(self, days: int = 30, intent: str | None = None) -> list[Listed]:
        """The clusters of the last days, the most painful first; at most sixty."""
        found = await self._clusters(self._clock.now() - timedelta(days=days))
        if intent:
            found = [one for one in found if intent in one.intents]
        found = found[:SHOWN]
        revisions = await self._revisions()
        listed = [Listed(one, await self._nearest(one, revisions)) for one in found]
        # What an article answers by now is told, below what still hurts.
        return sorted(listed, key=lambda one: one.mended)

    async def cluster(self, key: str) -> Cluster:
        """The cluster that holds this wording, over all that is kept.

        Raises:
            NotFound: nobody asked that in vain lately.
        """
        for one in await self._clusters(self._clock.now() - timedelta(days=max(PERIODS))):
            if key in one.keys:
                return one
        raise NotFound("Nobody has asked that in vain lately.")

    async def intents(self, days: int = 30) -> list[str]:
        """The intents of the period's clusters, commonest first, for the filter."""
        found = await self._clusters(self._clock.now() - timedelta(days=days))
        return list(dict.fromkeys(intent for one in found for intent in one.intents))

    async def between(self, since: datetime, until: datetime) -> list[Cluster]:
        """The clusters of a stretch of time, as if nothing had been asked after it."""
        return await self._clusters(since, until)

    async def set_aside(self, key: str, login: str) -> Cluster:
        """Take a cluster off the list until it is asked more often than before.

        Raises:
            NotFound: there is no such cluster.
        """
        cluster = await self.cluster(key)
        now = self._clock.now()
        async with self._database.write() as db:
            await db.execute(delete(SetAside).where(SetAside.key.in_(cluster.keys)))
            db.add_all(SetAside(key=one, by=login[:80], at=now) for one in cluster.keys)
        return cluster

    async def aside_with(self, key: str) -> list[str]:
        """Every wording that was set aside at the same moment as this one."""
        async with self._database.read() as db:
            at = await db.scalar(select(SetAside.at).where(SetAside.key == key))
            return list(await db.scalars(select(SetAside.key).where(SetAside.at == at)))

    async def bring_back(self, keys: Sequence[str]) -> None:
        """Undo `set_aside`."""
        async with self._database.write() as db:
            await db.execute(delete(SetAside).where(SetAside.key.in_(keys)))

    async def draft(self, key: str, login: str) -> str:
        """Begin an article for a cluster; returns its slug, of the one begun before where there is one.

        Raises:
            NotFound: there is no such cluster.
        """
        wanted = draft_of(await self.cluster(key))
        async with self._database.write() as db:
            there = await db.scalar(select(Article.slug).where(Article.slug == wanted.slug))
            if there is None:
                await articles.create(db, self._clock, wanted, login)
        return wanted.slug

    async def add_to_article(self, key: str, slug: str, login: str) -> int:
        """Add the cluster's wordings to an article, as a new version that waits to be published; returns
        how many were new to it.

        Raises:
            NotFound: there is no such cluster or article. Invalid: the article has no room for them.
        """
        cluster = await self.cluster(key)
        async with self._database.write() as db:
            return await with_questions(db, self._clock, slug, cluster.variants, login)

    async def near_article(self, title: str, texts: Sequence[str], limit: int = 8) -> list[str]:
        """Wordings without a good answer that are near an article's title and questions, nearest first,
        without those that it has."""
        found = await self._clusters(self._clock.now() - timedelta(days=max(PERIODS)))
        own = [text for text in (title, *texts) if text.strip()]
        wordings = list(dict.fromkeys(text for one in found for text in one.variants))
        if not own or not wordings:
            return []
        return await asyncio.to_thread(self._near, own, wordings, limit)

    def _near(self, own: list[str], wordings: list[str], limit: int) -> list[str]:
        cosines = (self._vectors.of(wordings) @ self._vectors.of(own).T).max(axis=1)
        has = {key_of(text) for text in own}
        order = sorted(range(len(wordings)), key=lambda at: (-cosines[at], wordings[at]))
        return [
            wordings[at]
            for at in order
            if cosines[at] >= NEAR_ARTICLE and key_of(wordings[at]) not in has
        ][:limit]

    async def _clusters(self, since: datetime, until: datetime | None = None) -> list[Cluster]:
        every = await self._log.questions()
        async with self._database.read() as db:
            rows = await db.execute(select(SetAside.key, SetAside.at))
            aside = {key: at for key, at in rows}  # noqa: C416
        # By the hour, so that the same page asked for again finds what was worked out.
        since = since.replace(minute=0, second=0, microsecond=0)
        name = (since, until, tuple(sorted(aside.items())))
        if self._kept_of is not every:
            self._kept_of, self._kept = every, {}
        if name in self._kept:
            return self._kept[name]
        chosen = await asyncio.to_thread(_newest, every, until)
        words = await self._texts.of([one.turn_id for one in chosen])
        asked = [Asked(one, words[one.turn_id]) for one in chosen if one.turn_id in words]
        found = await asyncio.to_thread(
            lambda: clusters(asked, self._vectors.of, since=since, set_aside=aside)
        )
        if self._kept_of is every:
            self._kept[name] = found
        return found

    async def _revisions(self) -> dict[UUID, int]:
        async with self._database.read() as db:
            rows = await db.execute(
                select(Article.id, Article.revision).where(Article.published.is_not(None))
            )
            return {article_id: revision for article_id, revision in rows}  # noqa: C416

    async def _nearest(self, cluster: Cluster, revisions: dict[UUID, int]) -> Nearest | None:
        decision = await self._knowledge.decide(cluster.heading, DecisionContext())
        if not decision.candidates:
            return None
        best = decision.candidates[0]
        return Nearest(
            article_id=best.article_id,
            slug=best.slug,
            title=best.title,
            probability=best.probability,
            answers=decision.kind == "answer",
            changed=revisions.get(best.article_id, 0) > cluster.revision,
        )

    # --- clicks

    async def fold(self) -> int:
        """Turn the clicks since the last labelled one into labelled questions; returns how many changed."""
        every = await self._log.questions()
        async with self._database.read() as db:
            since = await questions.last_click(db)
        told = [
            (one, one.verdict)
            for one in every
            if one.verdict is not None and (since is None or one.verdict.at > since)
        ]
        words = await self._texts.of([one.turn_id for one, _ in told])
        clicks = [
            Click(words[one.turn_id].text, UUID(said.article), said.helped, said.at)
            for one, said in told
            if one.turn_id in words
        ]
        if not clicks:
            return 0
        async with self._database.write() as db:
            return await questions.store_clicks(db, clicks)

    async def _run(self) -> None:
        while True:
            try:
                changed = await self.fold()
                # The page's usual view, so that its thousands of sentences are encoded by then.
                await self._clusters(self._clock.now() - timedelta(days=30))
                await asyncio.to_thread(self._vectors.save)
                if changed:
                    log.info("clicks_labelled", questions=changed)
            except (SQLAlchemyError, HandrailError, ValueError) as error:
                # The next round reads the same clicks again.
                log.warning("clicks_not_read", reason=type(error).__name__)
            await asyncio.sleep(max(PAUSE, FRESH.total_seconds()))


def _newest(every: Sequence[Question], until: datetime | None) -> list[Question]:
    """The newest failed questions and the newest others; twice as many as different wordings are looked at,
    for many ask the same."""
    asked = [one for one in every if until is None or one.at < until]
    failed = (one for one in asked if one.failed)
    good = (one for one in asked if not one.failed)
    return [
        *heapq.nlargest(2 * FAILED_LIMIT, failed, key=lambda one: one.at),
        *heapq.nlargest(2 * GOOD_LIMIT, good, key=lambda one: one.at),
    ]
