"""The clusters of a stretch of time, worked out once for what was read of chats and searches."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from knowledge_base.asked import searched
from knowledge_base.asked.lines import Asked, Cluster
from knowledge_base.asked.log import HORIZON, Log
from knowledge_base.asked.outcomes import Question
from knowledge_base.asked.texts import Texts
from knowledge_base.asked.unanswered import FAILED_LIMIT, GOOD_LIMIT, clusters
from knowledge_base.models import SetAside
from knowledge_base.review.vectors import Vectors
from server.clock import Clock
from server.database import Database


class Clustered:
    """Kept until the log is read on, off the event loop."""

    def __init__(
        self, database: Database, clock: Clock, turns: Log, texts: Texts, vectors: Vectors
    ) -> None:
        self._database = database
        self._clock = clock
        self._log = turns
        self._texts = texts
        self._vectors = vectors
        self._kept: dict[object, list[Cluster]] = {}
        self._kept_of: object = None

    async def between(self, since: datetime, until: datetime | None = None) -> list[Cluster]:
        """The questions without a good answer since then, as if nothing had been asked from `until` on."""
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
        asked = await self._asked(every, until)
        found = await asyncio.to_thread(
            lambda: clusters(asked, self._vectors.of, since=since, set_aside=aside)
        )
        if self._kept_of is every:
            self._kept[name] = found
        return found

    async def _asked(self, every: Sequence[Question], until: datetime | None) -> list[Asked]:
        chosen = await asyncio.to_thread(_newest, every, until)
        words = await self._texts.of([one.turn_id for one in chosen])
        in_chats = [
            Asked.in_chat(one, words[one.turn_id]) for one in chosen if one.turn_id in words
        ]
        now = self._clock.now()
        async with self._database.read() as db:
            searches = await searched.read(db, now=now, since=now - HORIZON, until=until)
        return [*in_chats, *searches]


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
