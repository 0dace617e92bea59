from __future__ import annotations

import asyncio

import pytest

from conversations import messages, speaking
from conversations.models import Conversation, Owner
from conversations.presence import Presence
from handoff import queue
from handoff.clocks import Sweeper
from handoff.desk import HandoffDesk, latest
from handoff.models import Handoff
from server.auth import Staff
from server.database import Database
from server.events import LocalBus
from tests.handoff.building import Chat
from tests.handoff.conftest import Hire
from tests.support import FakeClock

GRACE = 120.0


@pytest.fixture
async def ada(hire: Hire) -> Staff:
    return await hire("ada")


@pytest.fixture
def sweeper(database: Database, desk: HandoffDesk) -> Sweeper:
    return Sweeper(database, desk, agent_grace=GRACE)


@pytest.fixture
async def owned(
    database: Database, clock: FakeClock, desk: HandoffDesk, presence: Presence, ada: Staff
) -> Chat:
    """A chat that Ada, whose console is open, has taken."""
    await presence.enter(ada.id)
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.needs_person(desk)
        clock.advance(10)
        await queue.claim(db, desk, chat.id, ada)
    return chat


async def read(database: Database, chat: Chat) -> tuple[Conversation, Handoff]:
    async with database.read() as db:
        handoff = await latest(db, chat.id)
        assert handoff is not None
        return await db.get_one(Conversation, chat.id), handoff


async def test_an_agent_gone_past_the_grace_period_loses_the_chat(
    database: Database,
    clock: FakeClock,
    sweeper: Sweeper,
    presence: Presence,
    ada: Staff,
    owned: Chat,
) -> None:
    asked_at = (await read(database, owned))[1].requested_at
    clock.advance(1000)
    await sweeper.step()
    assert (await read(database, owned))[0].owner is Owner.AGENT, "her console is open"
    await presence.leave(ada.id)
    clock.advance(GRACE)
    await sweeper.step()
    assert (await read(database, owned))[0].owner is Owner.AGENT, "a reload takes seconds"
    clock.advance(1)
    await sweeper.step()
    conversation, handoff = await read(database, owned)
    assert (conversation.owner, conversation.agent_id) == (Owner.QUEUED, None)
    assert conversation.queued_at == asked_at
    assert handoff.returns == 1
    await sweeper.step()
    assert (await read(database, owned))[1].returns == 1, "once is enough"


async def test_a_customer_who_goes_on_writing_does_not_keep_a_gone_agent(
    database: Database,
    clock: FakeClock,
    sweeper: Sweeper,
    presence: Presence,
    ada: Staff,
    owned: Chat,
) -> None:
    await presence.leave(ada.id)
    clock.advance(GRACE + 1)
    async with database.write() as db:
        owned.db, owned.conversation = db, await messages.lock(db, owned.id)
        await owned.says("hello? are you there?")
    await sweeper.step()
    assert (await read(database, owned))[0].owner is Owner.QUEUED


async def test_after_a_restart_agents_get_the_grace_period(
    database: Database, clock: FakeClock, bus: LocalBus, owned: Chat
) -> None:
    clock.advance(3600)
    fresh = Sweeper(database, HandoffDesk(clock, Presence(clock, bus)), agent_grace=GRACE)
    await fresh.step()
    assert (await read(database, owned))[0].owner is Owner.AGENT
    clock.advance(GRACE + 1)
    await fresh.step()
    assert (await read(database, owned))[0].owner is Owner.QUEUED


async def test_an_answer_in_time_is_recorded_and_never_overdue(
    database: Database, clock: FakeClock, sweeper: Sweeper, ada: Staff, owned: Chat
) -> None:
    clock.advance(5)
    async with database.write() as db:
        await messages.post_as_agent(
            db, clock, owned.id, ada, client_id="client-0001", text="Hello", limit=2000
        )
    answered_at = clock.now()
    clock.advance(100)
    await sweeper.step()
    handoff = (await read(database, owned))[1]
    assert (handoff.first_response_at, handoff.overdue_at) == (answered_at, None)


async def test_a_customer_who_left_closes_the_request(
    database: Database, clock: FakeClock, sweeper: Sweeper, desk: HandoffDesk
) -> None:
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.needs_person(desk)
        await speaking.leave_queue(db, clock, chat.id)
    await sweeper.step()
    handoff = (await read(database, chat))[1]
    assert (handoff.outcome, handoff.closed_at) == ("cancelled", clock.now())


async def test_the_sweeper_starts_goes_on_after_an_error_and_stops(
    database: Database, desk: HandoffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = asyncio.Semaphore(0)

    async def breaks(self: Sweeper) -> None:
        steps.release()
        raise RuntimeError("the database is busy")

    monkeypatch.setattr(Sweeper, "step", breaks)
    sweeper = Sweeper(database, desk, agent_grace=GRACE, seconds=0)
    sweeper.start()
    for _ in range(3):
        await asyncio.wait_for(steps.acquire(), 2)
    await sweeper.stop()
    await sweeper.stop()
