"""Taking chats: capacity, whom the customer knows or does not want, and races that one of two wins."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from conversations.desk import Reason
from conversations.errors import AlreadyClaimed
from conversations.presence import Presence
from handoff import queue
from handoff.desk import HandoffDesk, latest
from server.auth import Staff
from server.database import Database
from server.events import LocalBus
from tests.handoff.building import Chat
from tests.handoff.routing.staff import Agent, MakeTeam, hiring
from tests.support import FakeClock

CLAIMS = 60


async def test_a_claim_over_capacity_has_to_be_meant(
    database: Database, clock: FakeClock, desk: HandoffDesk, agent: Agent
) -> None:
    ada = await agent("ada", capacity=1)
    async with database.write() as db:
        chats = [await Chat.begin(db, clock) for _ in range(2)]
        for chat in chats:
            await chat.needs_person(desk)
        await queue.claim(db, desk, chats[0].id, ada)
    with pytest.raises(queue.OverCapacity, match="You have 1 chats of 1") as refused:
        async with database.write() as db:
            await queue.claim(db, desk, chats[1].id, ada)
    assert refused.value.details == {"chats": 1, "capacity": 1}
    async with database.write() as db:
        (entry,) = await queue.waiting(db, desk, ada)
        assert entry.conversation == chats[1].id, "still in the queue"
        taken = await queue.claim(db, desk, chats[1].id, ada, over_capacity=True)
    assert taken.agent_id == ada.id


async def test_the_customer_meets_the_agent_they_know(
    database: Database, clock: FakeClock, desk: HandoffDesk, presence: Presence, agent: Agent,
    team: MakeTeam,
) -> None:  # fmt: skip
    ada, bob = await agent("ada"), await agent("bob")
    await team("Support", ada, bob, assign="round_robin")
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.needs_person(desk)
        await queue.claim(db, desk, chat.id, bob)
        chat.conversation = await queue.hand_back(db, desk, chat.id, bob)
    for one in (ada, bob):
        await presence.enter(one.id)
    async with database.write() as db:
        chat.db = db
        clock.advance(29 * 24 * 3600)
        await chat.needs_person(desk)
        known = await latest(db, chat.id)
        assert known is not None
        assert (known.wanted_agent_id, known.offered_to) == (bob.id, bob.id)
        await queue.accept(db, desk, chat.id, bob)
        chat.conversation = await queue.hand_back(db, desk, chat.id, bob)
        await chat.needs_person(desk, Reason.ASKED_OTHER)
        other = await latest(db, chat.id)
        assert other is not None
        assert (other.excluded_agent_id, other.wanted_agent_id, other.offered_to) == (
            bob.id, None, ada.id,
        )  # fmt: skip
        await queue.accept(db, desk, chat.id, ada)
        chat.conversation = await queue.hand_back(db, desk, chat.id, ada)
        clock.advance(31 * 24 * 3600)
        await chat.needs_person(desk)
        stranger = await latest(db, chat.id)
    assert stranger is not None
    assert stranger.wanted_agent_id is None


async def race(
    databases: list[Database], clock: FakeClock, bus: LocalBus, people: list[Staff], claims: int
) -> list[str]:
    """Two agents of two app processes claim each of so many chats at once; who got each."""
    desks = [HandoffDesk(clock, Presence(clock, bus)) for _ in people]
    won = []

    async def attempt(
        database: Database, desk: HandoffDesk, who: Staff, chat: uuid.UUID
    ) -> str | None:
        try:
            async with database.write() as db:
                await queue.claim(db, desk, chat, who, over_capacity=True)
        except AlreadyClaimed:
            return None
        return who.login

    for number in range(claims):
        async with databases[0].write() as db:
            chat = await Chat.begin(db, clock)
            await chat.needs_person(desks[0])
        both = list(zip(databases, desks, people, strict=True))
        if number % 2:
            both.reverse()
        results = await asyncio.gather(*(attempt(*one, chat.id) for one in both))
        (winner,) = [one for one in results if one is not None]
        async with databases[0].read() as db:
            handoff = await latest(db, chat.id)
        assert handoff is not None
        assert handoff.agent_id == {one.login: one.id for one in people}[winner]
        won.append(winner)
    return won


async def test_of_two_who_claim_exactly_one_wins_each_time(
    any_database: Database, clock: FakeClock, bus: LocalBus
) -> None:
    hire = hiring(any_database, clock)
    people = [await hire("ada"), await hire("bob")]
    # Its own connections, and its own turn at writing: as a second process has.
    url = any_database._writer.url.render_as_string(hide_password=False)
    other = Database(url, bus)
    try:
        won = await race([any_database, other], clock, bus, people, CLAIMS)
    finally:
        await other.close()
    assert len(won) == CLAIMS
    assert set(won) == {"ada", "bob"}, "the race was one"
