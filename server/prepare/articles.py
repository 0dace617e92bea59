"""The starter knowledge base."""

from __future__ import annotations

import asyncio

from server.settings import Settings


class Articles:
    name = "articles"
    title = "starter articles"

    def is_done(self, settings: Settings) -> bool:
        """Always ask: only the database knows which articles it has."""
        return False

    def do(self, settings: Settings) -> str:
        from knowledge_base.asked.questions import prepare_starter
        from knowledge_base.importer import load_starter

        starter = asyncio.run(load_starter(settings)).counts
        counts = {str(outcome): count for outcome, count in starter.items()}
        counts["questions"] = asyncio.run(prepare_starter(settings))
        return ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
