"""Chats to practise on are found by what stands in them."""

from __future__ import annotations

import pytest

from handoff.finding.indexer import Indexer
from handoff.practice import candidates
from server.auth import Staff
from server.database import Database
from server.errors import Invalid
from tests.handoff.finding.conftest import database, migrated_file
from tests.handoff.practice.conftest import Handled

__all__ = ["database", "migrated_file"]
pytestmark = pytest.mark.usefixtures("app")


async def test_a_search_leaves_only_finished_chats_that_hold_the_words(
    database: Database,
    handled: Handled,
    lead: Staff,
) -> None:
    first, open_one = await handled(), await handled(closed=False)
    await handled(intent="refund")
    while await Indexer(database).step():
        pass
    async with database.read() as db:
        found = await candidates.recent(db, lead, "high street")
        assert {one.conversation_id for one in found} > {first}
        assert open_one not in {one.conversation_id for one in found}
        assert [one.topic for one in await candidates.recent(db, lead, "refund")] == ["refund"]
        assert await candidates.recent(db, lead, "zeppelin") == []
        with pytest.raises(Invalid):
            await candidates.recent(db, lead, "?!")
