"""What one look at the queue loads."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from conversations.models import Conversation
from handoff import entries, queue
from handoff.desk import HandoffDesk
from handoff.models import Handoff
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.conftest import Hire
from tests.support import FakeClock


async def waiting_chats(database: Database, clock: FakeClock, desk: HandoffDesk) -> list[Chat]:
    """Six customers; two of them, the third and the fifth, with something urgent."""
    chats = []
    async with database.write() as db:
        for number in range(6):
            chat = await Chat.begin(db, clock)
            intent = "safety_hazard" if number in (2, 4) else "order_status"
            await chat.says("it burns" if number in (2, 4) else "where is it", intent)
            await chat.needs_person(desk)
            chats.append(chat)
            clock.advance(5)
    return chats


@pytest.fixture
def any_hire(any_database: Database, clock: FakeClock) -> Hire:
    """As ``hire``, on either database."""
    from tests.handoff.conftest import hire

    made: Hire = hire.__wrapped__(any_database, clock)  # type: ignore[attr-defined]
    return made


async def test_one_look_loads_the_head_of_the_queue_only(
    any_database: Database,
    clock: FakeClock,
    desk: HandoffDesk,
    any_hire: Hire,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ada = await any_hire("ada")
    chats = await waiting_chats(any_database, clock, desk)
    monkeypatch.setattr(entries, "QUEUE_LIMIT", 4)
    loaded: list[object] = []
    event.listen(Conversation, "load", lambda one, _: loaded.append(one))
    event.listen(Handoff, "load", lambda one, _: loaded.append(one))
    async with any_database.read() as db:
        shown = [entry.conversation for entry in await queue.waiting(db, desk, ada)]
    assert shown == [chats[number].id for number in (2, 4, 0, 1)]
    assert len(loaded) == 2 * 4
