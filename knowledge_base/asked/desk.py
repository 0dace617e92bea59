"""What customers asked, for the editor's pages: kept up to date, worked out off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from knowledge_base import articles
from knowledge_base.asked import clicks, present
from knowledge_base.asked.clustered import Clustered
from knowledge_base.asked.drafting import draft_of, with_questions
from knowledge_base.asked.lines import Cluster
from knowledge_base.asked.log import FRESH, Log
from knowledge_base.asked.masking import key_of
from knowledge_base.asked.present import Listed
from knowledge_base.asked.texts import Texts
from knowledge_base.listing.numbers import RecentHealth
from knowledge_base.models import Article, SetAside
from knowledge_base.review.vectors import Vectors
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
CHAT, HELP = "chat", "help"
"""Where a question was asked."""
NEAR_ARTICLE = 0.45
"""The cosine from which a wording is worth suggesting to an article."""


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
        self.health = RecentHealth(database, clock)
        self._clusters = Clustered(database, clock, self._log, self._texts, self._vectors)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to follow the log; the first look comes at once, in the background."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.health.stop()

    # --- unanswered questions

    async def unanswered(
        self, days: int = 30, intent: str | None = None, place: str | None = None
    ) -> list[Listed]:
        """The clusters of the last days, the most painful first; at most sixty, and at most half of them
        from the help centre alone. `place`: those asked in ``chat`` or ``help``."""
        found = await self._clusters.between(self._clock.now() - timedelta(days=days))
        if intent:
            found = [one for one in found if intent in one.intents]
        if place:
            found = [one for one in found if (one.searches if place == HELP else one.in_chats)]
        found = found[:SHOWN] if place == HELP else _shown(found)
        async with self._database.read() as db:
            changed = await present.changes(db)
        listed = [
            Listed(one, await present.nearest(self._knowledge, one, changed)) for one in found
        ]
        # What an article answers by now is told, below what still hurts.
        return sorted(listed, key=lambda one: one.mended)

    async def cluster(self, key: str) -> Cluster:
        """The cluster that holds this wording, over all that is kept.

        Raises:
            NotFound: nobody asked that in vain lately.
        """
        for one in await self._clusters.between(self._clock.now() - timedelta(days=max(PERIODS))):
            if key in one.keys:
                return one
        raise NotFound("Nobody has asked that in vain lately.")

    async def places(self, days: int = 30) -> dict[str, int]:
        """How many questions of the period had no good answer in chats and in the help centre."""
        found = await self._clusters.between(self._clock.now() - timedelta(days=days))
        return {
            CHAT: sum(one.in_chats for one in found),
            HELP: sum(one.searches for one in found),
        }

    async def intents(self, days: int = 30) -> list[str]:
        """The intents of the period's clusters, commonest first, for the filter."""
        found = await self._clusters.between(self._clock.now() - timedelta(days=days))
        return list(dict.fromkeys(intent for one in found for intent in one.intents))

    async def between(self, since: datetime, until: datetime) -> list[Cluster]:
        """The clusters of a stretch of time, as if nothing had been asked after it."""
        return await self._clusters.between(since, until)

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
        found = await self._clusters.between(self._clock.now() - timedelta(days=max(PERIODS)))
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

    # --- clicks

    async def fold(self) -> int:
        """Turn the clicks since the last labelled one into labelled questions; returns how many changed."""
        return await clicks.fold(self._database, self._log, self._texts)

    async def _run(self) -> None:
        while True:
            try:
                # The article list's numbers first: they take seconds once, and an editor may be waiting.
                await self.health.refresh()
                changed = await self.fold()
                # The page's usual view, so that its thousands of sentences are encoded by then.
                await self._clusters.between(self._clock.now() - timedelta(days=30))
                await asyncio.to_thread(self._vectors.save)
                if changed:
                    log.info("clicks_labelled", questions=changed)
            except (SQLAlchemyError, HandrailError, ValueError) as error:
                # The next round reads the same clicks again.
                log.warning("clicks_not_read", reason=type(error).__name__)
            await asyncio.sleep(max(PAUSE, FRESH.total_seconds()))


def _shown(found: Sequence[Cluster]) -> list[Cluster]:
    """The first sixty, so that searches alone, which anybody may make, leave room for chats."""
    shown: list[Cluster] = []
    room = SHOWN // 2
    for one in found:
        if len(shown) == SHOWN:
            break
        if not one.in_chats:
            if not room:
                continue
            room -= 1
        shown.append(one)
    return shown
