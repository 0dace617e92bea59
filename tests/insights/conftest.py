"""The digest of a house whose rooms are all real; only the encoder is small."""

from __future__ import annotations

from typing import Any

import pytest

from insights.digest.service import Digests
from knowledge_base.asked.clustered import Clustered
from knowledge_base.asked.log import Log
from knowledge_base.asked.texts import Texts
from knowledge_base.review.vectors import Vectors
from server.auth import Role, Staff
from server.database import Database
from server.digested import digests
from tests.insights.house import two_weeks
from tests.knowledge_base.support import FakeEncoder
from tests.support import FakeClock


def made(database: Database, clock: FakeClock) -> Digests:
    vectors = Vectors(FakeEncoder())
    asks = Clustered(database, clock, Log(database, clock), Texts(database), vectors)
    return digests(database, clock, asks)


async def filled(database: Database, clock: FakeClock) -> dict[str, Any]:
    """Two weeks in this database; ids and slugs by name."""
    async with database.write() as db:
        agent = Staff(
            login="lena", name="Lena Peeters", password_hash="", roles=[Role.AGENT],
            created_at=clock.now(),
        )  # fmt: skip
        db.add(agent)
        await db.flush()
    return await two_weeks(database, clock, agent.id)


@pytest.fixture
async def house(database: Database, clock: FakeClock) -> dict[str, Any]:
    return await filled(database, clock)
