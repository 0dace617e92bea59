"""A running knowledge base on a real database, with the small encoder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from knowledge_base.service import KnowledgeBase
from server.database import Database
from server.events import LocalBus
from tests.knowledge_base.support import FakeEncoder, settings_at
from tests.support import FakeClock


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
async def knowledge(
    tmp_path: Path, database: Database, clock: FakeClock, bus: LocalBus, encoder: FakeEncoder
) -> AsyncIterator[KnowledgeBase]:
    knowledge = KnowledgeBase(settings_at(tmp_path), clock, database, encoder, bus=bus)
    await knowledge.start()
    yield knowledge
    await knowledge.stop()
