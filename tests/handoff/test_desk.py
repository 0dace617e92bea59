from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from conversations.desk import Desk, Reason
from conversations.presence import Presence
from handoff import queue
from handoff.desk import HandoffDesk, latest
from handoff.models import CloseOutcome
from handoff.routing import waits
from server.auth import Role
from server.database import Database
from server.events import LocalBus
from tests.handoff.building import Chat
from tests.handoff.conftest import Hire
from tests.support import FakeClock


def test_the_desk_is_what_conversations_expects(desk: HandoffDesk) -> None:
    promised: Desk = desk
    assert promised is desk


async def test_urgent_customers_stand_before_those_who_wait_longer(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire
) -> None:
    ada = await hire("ada", Role.AGENT)
    chats = []
    async with database.write() as db:
        for text, intent in (
            ("is it blue", "product_question"),
            ("where is it", "order_status"),
            ("it burns", "safety_hazard"),
            ("where is mine", "order_status"),
        ):
            chat = await Chat.begin(db, clock)
            await chat.says(text, intent)
            await chat.needs_person(desk)
            chats.append(chat)
            clock.advance(5)
    async with database.read() as db:
        positions = [(await desk.standing(db, chat.conversation)).position for chat in chats]
        order = [entry.conversation for entry in await queue.waiting(db, desk, ada)]
    assert positions == [4, 2, 1, 3]
    assert order == [chats[n].id for n in (2, 1, 3, 0)]


async def test_equal_times_still_give_everyone_a_place_of_their_own(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire
) -> None:
    ada = await hire("ada", Role.AGENT)
    async with database.write() as db:
        chats = [await Chat.begin(db, clock) for _ in range(5)]
        for chat in chats:
            await chat.needs_person(desk)
    async with database.read() as db:
        places = {chat.id: (await desk.standing(db, chat.conversation)).position for chat in chats}
        order = [entry.conversation for entry in await queue.waiting(db, desk, ada)]
    assert sorted(places.values(), key=lambda place: place or 0) == [1, 2, 3, 4, 5]
    assert [places[one] for one in order] == [1, 2, 3, 4, 5]


async def test_the_wait_comes_from_real_claims(
    database: Database, clock: FakeClock, desk: HandoffDesk, presence: Presence, hire: Hire
) -> None:
    ada = await hire("ada", Role.AGENT)
    await presence.enter(ada.id)
    async with database.write() as db:
        first = await Chat.begin(db, clock)
        await first.needs_person(desk)
        assert (await desk.standing(db, first.conversation)).wait_seconds is None
        for wait in (20, 30, 40):
            chat = await Chat.begin(db, clock)
            await chat.needs_person(desk)
            clock.advance(wait)
            await queue.claim(db, desk, chat.id, ada)
        newest = await Chat.begin(db, clock)
        await newest.needs_person(desk)
        assert (await desk.standing(db, newest.conversation)).wait_seconds == 30


async def test_nobody_online_says_when_somebody_will_be(
    database: Database, clock: FakeClock, desk: HandoffDesk, presence: Presence, hire: Hire
) -> None:
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.needs_person(desk)
        in_hours = await desk.standing(db, chat.conversation)
        assert (in_hours.online, in_hours.opens_at, in_hours.position) == (False, None, 1)
        clock.advance(12 * 3600)  # 21:00 UTC
        night = await desk.standing(db, chat.conversation)
        assert night.opens_at is not None
        assert night.opens_at.isoformat() == "2026-03-03T07:00:00+00:00"
    await presence.enter((await hire("ada")).id)
    async with database.read() as db:
        late_worker = await desk.standing(db, chat.conversation)
    assert (late_worker.online, late_worker.opens_at) == (True, None)


async def test_a_promise_made_at_night_runs_from_the_opening(
    database: Database, clock: FakeClock, desk: HandoffDesk
) -> None:
    clock.advance(12 * 3600)
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.needs_person(desk)
        handoff = await latest(db, chat.id)
    assert handoff is not None
    assert handoff.due_at.isoformat() == "2026-03-03T07:00:30+00:00"


async def test_somebody_else_means_not_the_same_agent(
    database: Database, clock: FakeClock, desk: HandoffDesk, presence: Presence, hire: Hire
) -> None:
    ada, bob = await hire("ada"), await hire("bob")
    await presence.enter(ada.id)
    await presence.enter(bob.id)
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.needs_person(desk)
        await queue.claim(db, desk, chat.id, ada)
        chat.conversation = await queue.hand_back(db, desk, chat.id, ada)
        await chat.needs_person(desk, Reason.ASKED_OTHER)
    with pytest.raises(queue.Excluded):
        async with database.write() as db:
            await queue.claim(db, desk, chat.id, ada)
    async with database.read() as db:
        (entry,) = await queue.waiting(db, desk, ada)
        assert entry.excluded
    await presence.leave(bob.id)
    async with database.write() as db:
        taken = await queue.claim(db, desk, chat.id, ada)
    assert taken.agent_id == ada.id, "better the same person than nobody"


async def test_leaving_the_queue_and_coming_back_is_a_new_request(
    database: Database, clock: FakeClock, desk: HandoffDesk
) -> None:
    from conversations import speaking

    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.needs_person(desk)
        first = await latest(db, chat.id)
        chat.conversation = await speaking.leave_queue(db, clock, chat.id)
        clock.advance(60)
        await chat.needs_person(desk)
        second = await latest(db, chat.id)
    assert first is not None
    assert second is not None
    assert (first.outcome, first.closed_at is not None) == ("cancelled", True)
    assert second.episode == 2
    assert second.closed_at is None


async def test_releasing_keeps_the_waiting_time_and_raises_the_priority(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire, bus: LocalBus
) -> None:
    ada = await hire("ada")
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.needs_person(desk)
        asked_at = clock.now()
        clock.advance(40)
        await queue.claim(db, desk, chat.id, ada)
        clock.advance(40)
        released = await queue.release(db, desk, chat.id, ada)
        handoff = await latest(db, chat.id)
    assert released.queued_at == asked_at
    assert handoff is not None
    assert (handoff.returns, handoff.priority) == (1, "high")
    assert handoff.priority_reason == "waited before and was sent back to the queue"


async def test_closing_records_times_and_outcome(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire
) -> None:
    from conversations import messages

    ada = await hire("ada")
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.needs_person(desk)
        clock.advance(10)
        await queue.claim(db, desk, chat.id, ada)
        clock.advance(5)
        await messages.post_as_agent(
            db, clock, chat.id, ada, client_id="a-client-id", text="Hello", limit=2000
        )
        clock.advance(60)
        await queue.close(db, desk, chat.id, ada, CloseOutcome.FOLLOW_UP)
    async with database.read() as db:
        handoff = await latest(db, chat.id)
    assert handoff is not None
    times = (handoff.claimed_at, handoff.first_response_at, handoff.closed_at)
    assert [(t - handoff.requested_at).total_seconds() for t in times if t] == [10, 15, 75]
    assert handoff.outcome == "follow_up"


async def test_before_asking_one_may_know_who_is_there_until_when_and_how_soon(
    database: Database, clock: FakeClock, desk: HandoffDesk, presence: Presence, hire: Hire
) -> None:
    ada = await hire("ada", Role.AGENT)
    # a Monday; the house closes at 20:00 in Brussels
    closes = datetime(2026, 3, 2, 19, tzinfo=UTC)
    async with database.write() as db:
        asking = await Chat.begin(db, clock)
        alone = await desk.standing(db, asking.conversation)
        assert (alone.online, alone.opens_at, alone.closes_at) == (False, None, None)
        assert alone.expected_seconds is None
    await presence.enter(ada.id)
    async with database.write() as db:
        for wait in (20, 30, 40):
            chat = await Chat.begin(db, clock)
            await chat.needs_person(desk)
            clock.advance(wait)
            await queue.claim(db, desk, chat.id, ada)
        there = await desk.standing(db, asking.conversation)
        assert (there.online, there.closes_at, there.expected_seconds) == (True, closes, 30)
        assert (there.position, there.wait_seconds) == (None, None)
        waiting = await Chat.begin(db, clock)
        await waiting.needs_person(desk)
        assert (await desk.standing(db, waiting.conversation)).closes_at == closes
    clock.advance(
        (datetime(2026, 3, 2, 20, tzinfo=UTC) - clock.now()).total_seconds()
    )  # somebody stayed on
    async with database.read() as db:
        late = await desk.standing(db, asking.conversation)
        assert (late.online, late.closes_at) == (True, None)


async def test_what_to_expect_is_read_at_most_twice_a_minute(
    database: Database,
    clock: FakeClock,
    desk: HandoffDesk,
    presence: Presence,
    hire: Hire,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads, recent = [], waits.recent
    asking, read = asyncio.Event(), asyncio.Event()
    read.set()

    async def counting(*seen: Any) -> Any:
        reads.append(seen)
        if not read.is_set():
            asking.set()
            await read.wait()
        return await recent(*seen)

    monkeypatch.setattr(waits, "recent", counting)
    await presence.enter((await hire("ada", Role.AGENT)).id)
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        for _ in range(5):
            await desk.standing(db, chat.conversation)
        clock.advance(31)
        await desk.standing(db, chat.conversation)
    assert len(reads) == 2

    async def look() -> None:
        async with database.read() as db:
            await desk.standing(db, chat.conversation)

    clock.advance(31)
    read.clear()
    first = asyncio.create_task(look())
    async with asyncio.timeout(5):
        await asking.wait()
        await look()  # gets what was known, while it is being read again
    read.set()
    await first
    assert len(reads) == 3
