from __future__ import annotations

import asyncio
import uuid

import pytest

from server.auth import Role, Staff, create_staff
from server.database import Database
from tests.support import FakeClock
from tests.training.talk import Talk
from training import proposals
from training.proposals import AlreadySettled
from training.review.items import Filter, Order, Show
from training.review.reasons import Reason
from training.room import TrainingRoom


@pytest.fixture
async def ada(database: Database, clock: FakeClock) -> Staff:
    async with database.write() as db:
        return await create_staff(
            db,
            clock,
            login="ada",
            name="Ada",
            password="a long enough password",
            roles=[Role.AGENT],
        )


async def propose(
    database: Database, clock: FakeClock, turn: uuid.UUID, by: Staff, intent: str = "deny"
) -> bool:
    async with database.write() as db:
        return (await proposals.add(db, clock, turn_id=turn, intent=intent, by=by.id))[1]


async def turn_of(room: TrainingRoom) -> uuid.UUID:
    return (await room.inbox.page(Filter())).items[0].turn_id


async def test_an_agents_word_is_a_reason_and_names_the_agent(
    database: Database, clock: FakeClock, room: TrainingRoom, talk: Talk, ada: Staff
) -> None:
    await talk.says("what about my parcel", intent="greet", confidence=0.99)
    turn = await turn_of(room)
    assert (await room.inbox.page(Filter(doubtful=True))).total == 0
    assert await propose(database, clock, turn, ada, "order_status")
    page = await room.inbox.page(Filter(doubtful=True, order=Order.VALUE))
    (item,) = page.items
    assert item.reasons == (Reason.AGENT_SAID,)
    assert [(one.intent, one.name) for one in item.proposals] == [("order_status", "Ada")]
    assert page.reasons[Reason.AGENT_SAID] == 1


async def test_the_same_click_twice_is_one_and_another_intent_replaces_it(
    database: Database, clock: FakeClock, room: TrainingRoom, talk: Talk, ada: Staff
) -> None:
    await talk.says("hm", intent="greet", confidence=0.9)
    turn = await turn_of(room)
    news = await asyncio.gather(*(propose(database, clock, turn, ada) for _ in range(4)))
    assert sorted(news) == [False, False, False, True]
    assert await propose(database, clock, turn, ada, "order_status")
    async with database.read() as db:
        (only,) = await proposals.of_turns(db, [turn])
    assert only.intent == "order_status"


async def test_labelling_settles_it_for_all_messages_that_read_the_same(
    database: Database, clock: FakeClock, room: TrainingRoom, talk: Talk, ada: Staff
) -> None:
    await talk.says("Where is it??", intent="greet", confidence=0.9)
    first = await turn_of(room)
    await propose(database, clock, first, ada, "order_status")
    await talk.says("where is it", intent="greet", confidence=0.9)
    second = await turn_of(room)
    assert second != first
    await room.labels.label([second], "order_status", None)
    async with database.read() as db:
        assert await proposals.open_ones(db) == []
    with pytest.raises(AlreadySettled):
        async with database.write() as db:
            await proposals.withdraw(db, proposals.id_of(first, ada.id), ada.id)
    await room.labels.undo(second)
    async with database.read() as db:
        assert [one.turn_id for one in await proposals.open_ones(db)] == [first]
    await room.labels.ignore([first], None)
    async with database.read() as db:
        assert await proposals.open_ones(db) == []
    assert (await room.inbox.page(Filter(show=Show.IGNORED))).items[0].proposals == ()


async def test_only_ones_own_is_taken_back_and_only_once(
    database: Database, clock: FakeClock, room: TrainingRoom, talk: Talk, ada: Staff
) -> None:
    await talk.says("hm", intent="greet", confidence=0.9)
    turn = await turn_of(room)
    await propose(database, clock, turn, ada)
    mine = proposals.id_of(turn, ada.id)
    async with database.write() as db:
        assert not await proposals.withdraw(db, mine, uuid.uuid4())
        assert await proposals.withdraw(db, mine, ada.id)
        assert not await proposals.withdraw(db, mine, ada.id)
    assert (await room.inbox.page(Filter(doubtful=True))).total == 0
