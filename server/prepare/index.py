"""The search index: derived from the articles, built here so that the app only has to load it."""

from __future__ import annotations

import asyncio

from server.settings import Settings


class Index:
    name = "index"
    title = "search index"

    def is_done(self, settings: Settings) -> bool:
        """Always ask: only the database knows which articles it has."""
        return False

    def do(self, settings: Settings) -> str:
        return f"{asyncio.run(_build(settings))} articles"


async def _build(settings: Settings) -> int:
    from knowledge_base.service import KnowledgeBase
    from server.clock import SystemClock
    from server.database import Database
    from server.events import LocalBus
    from server.searching import searching_encoder

    database = Database(settings.database, LocalBus())
    knowledge = KnowledgeBase(settings, SystemClock(), database, searching_encoder(settings))
    try:
        await knowledge.start()
        return len(knowledge.snapshot.alive)
    finally:
        await knowledge.stop()
        await database.close()
