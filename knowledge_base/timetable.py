"""What set times do by themselves: publish a scheduled version, archive what has expired, forget searches."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence

import structlog
from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base import articles, catalogue, history
from knowledge_base.help_centre import searches
from knowledge_base.models import Article, Status
from server.clock import Clock
from server.database import Database
from server.errors import HandrailError

log = structlog.get_logger(__name__)

#: Says why a scheduled article must not be published now, or nothing.
Gate = Callable[[uuid.UUID], Awaitable[str]]

PAUSE = 5.0
#: Articles in one round; the next round takes what is left.
BATCH = 200


class Timetable:
    """Looks every few seconds for what is due.

    Each step is one conditional UPDATE, so several processes may look at the same time: zero rows means
    another was faster, or an editor changed the time, and nothing is done twice.
    """

    def __init__(self, database: Database, clock: Clock, gate: Gate | None = None) -> None:
        self._database = database
        self._gate = gate
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def start(self, gate: Gate | None = None) -> None:
        """Begin to look; what came due while nothing ran is done first.

        What `gate` objects to goes back to review instead, with its reason.
        """
        self._gate = gate or self._gate
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def sweep(self) -> int:
        """One round; returns how many articles were published or archived by it."""
        now, done = self._clock.now(), 0
        for article_id in await self._due(Article.publish_at <= now):
            try:
                objection = await self._gate(article_id) if self._gate else ""
            except HandrailError as error:
                # The index is starting, say; the next round asks again, and the others go on.
                log.warning("scheduled_article_waits", article=str(article_id), why=error.code)
                continue
            async with self._database.write() as db:
                if objection:
                    await self._hold(db, article_id, objection)
                else:
                    done += await self._publish(db, article_id)
        expired = (Article.expires_at <= now) & Article.published.is_not(None)
        for article_id in await self._due(expired):
            async with self._database.write() as db:
                done += await self._expire(db, article_id)
        return done

    async def _due(self, condition: ColumnElement[bool]) -> Sequence[uuid.UUID]:
        async with self._database.read() as db:
            found = await db.scalars(select(Article.id).where(condition).limit(BATCH))
            return found.all()

    async def _publish(self, db: AsyncSession, article_id: uuid.UUID) -> bool:
        newer_in_review = (Article.status == Status.REVIEW) & (Article.newest != Article.scheduled)
        changed = await db.execute(
            update(Article)
            .where(
                Article.id == article_id,
                Article.publish_at <= self._clock.now(),
                Article.scheduled.is_not(None),
            )
            .values(
                published=Article.scheduled,
                scheduled=None,
                publish_at=None,
                status=case((newer_in_review, Article.status), else_=Status.PUBLISHED.value),
                updated_at=self._clock.now(),
            )
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount == 0:  # type: ignore[attr-defined]
            return False
        article = await catalogue.get(db, article_id)
        asked = await history.latest(db, article_id, "scheduled")
        await history.record(
            db, self._clock, article_id, "published", history.CLOCK,
            version=article.published, note=f"scheduled by {asked.by}" if asked else "",
        )  # fmt: skip
        await articles.touch(db, article)
        log.info("article_published_on_time", article=str(article_id), version=article.published)
        return True

    async def _hold(self, db: AsyncSession, article_id: uuid.UUID, why: str) -> None:
        """Take a due version off the timetable, and put the article before an editor."""
        article = await catalogue.locked(db, article_id)
        if article.publish_at is None or article.publish_at > self._clock.now():
            return  # another process was faster, or an editor
        version, article.scheduled, article.publish_at = article.scheduled, None, None
        article.status = Status.REVIEW.value
        await history.record(
            db, self._clock, article_id, "unscheduled", history.CLOCK, version=version, note=why
        )

    async def _expire(self, db: AsyncSession, article_id: uuid.UUID) -> bool:
        before = await catalogue.get(db, article_id)
        changed = await db.execute(
            update(Article)
            .where(
                Article.id == article_id,
                Article.expires_at <= self._clock.now(),
                Article.published.is_not(None),
            )
            .values(
                status=Status.ARCHIVED.value,
                published=None,
                scheduled=None,
                publish_at=None,
                # Or an editor who brings it back would see it archived again at once.
                expires_at=None,
                updated_at=self._clock.now(),
            )
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount == 0:  # type: ignore[attr-defined]
            return False
        version = before.published
        await db.refresh(before)
        await history.record(db, self._clock, article_id, "expired", history.CLOCK, version=version)
        await articles.touch(db, before)
        log.info("article_expired", article=str(article_id))
        return True

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
                await searches.forget(self._database, self._clock)
            except Exception as error:
                log.error("timetable_broke", exc_info=error)
            await asyncio.sleep(PAUSE)
