"""What the buttons of the editor's page do to the stored article; each takes what it should be now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from knowledge_base import articles, lifecycle
from knowledge_base.drafts import Draft
from knowledge_base.models import Article
from knowledge_base.review.gate import Passed
from server.auth import Staff


class Deeds:
    """One person's hand on articles.

    Every method raises what the service of the same name does: NotFound, SavedByOther, Conflict, Invalid.
    """

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._login = staff.login

    async def store(
        self, article: Article | None, draft: Draft, passed: Passed | None = None
    ) -> Article:
        """Create the article, or save a new version of it; `passed` is of the filing, which holds at once."""
        clock, login = self._app.clock, self._login
        async with self._app.database.write() as db:
            if passed is not None:
                await passed.record(db, clock)
            if article is None:
                return await articles.create(db, clock, draft, login)
            expected = article.newest
            return await articles.save(db, clock, article.id, draft, login, expected=expected)

    async def submit(self, article: Article, note: str) -> Article:
        async with self._app.database.write() as db:
            return await lifecycle.submit(
                db, self._app.clock, article.id,
                expected=article.newest, by=self._login, note=note,
            )  # fmt: skip

    async def send_back(self, article: Article, note: str) -> Article:
        async with self._app.database.write() as db:
            return await lifecycle.send_back(
                db, self._app.clock, article.id,
                expected=article.newest, by=self._login, note=note,
            )  # fmt: skip

    async def publish(self, article: Article, passed: Passed | None) -> Article:
        """Publish, with the override written down in the same transaction."""
        async with self._app.database.write() as db:
            if passed is not None:
                await passed.record(db, self._app.clock)
            return await articles.publish(
                db, self._app.clock, article.id, expected=article.newest, by=self._login
            )

    async def schedule(self, article: Article, at: datetime, passed: Passed | None) -> Article:
        async with self._app.database.write() as db:
            if passed is not None:
                await passed.record(db, self._app.clock)
            return await lifecycle.schedule(
                db, self._app.clock, article.id,
                expected=article.newest, at=at, by=self._login,
            )  # fmt: skip

    async def unschedule(self, article: Article) -> Article:
        async with self._app.database.write() as db:
            return await lifecycle.unschedule(db, self._app.clock, article.id, by=self._login)

    async def archive(self, article: Article, note: str, passed: Passed | None) -> Article:
        async with self._app.database.write() as db:
            if passed is not None:
                await passed.record(db, self._app.clock)
            return await articles.archive(
                db, self._app.clock, article.id, by=self._login, note=note
            )

    async def reviewed(self, article: Article, days: int) -> Article:
        async with self._app.database.write() as db:
            return await lifecycle.reviewed(
                db, self._app.clock, article.id, days=days, by=self._login
            )
