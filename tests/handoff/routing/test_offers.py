"""Offers: one agent at a time is asked, and whatever happens the chat stays in the queue until somebody has it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from conversations.errors import AlreadyClaimed
from conversations.models import Conversation
from conversations.presence import Presence
from handoff import journal, queue
from handoff.desk import HandoffDesk, latest
from handoff.models import Handoff
from handoff.routing import offers
from handoff.routing.offers import OfferOver
from server.auth import Role, Staff
from server.database import Database
from server.errors import Conflict
from server.events import LocalBus
from tests.handoff.building import Chat
from tests.handoff.routing.staff import Agent, MakeTeam, hiring, teaming
from tests.support import FakeClock


@pytest.fixture
async def pushing(
    agent: Agent, team: MakeTeam, presence: Presence
) -> AsyncIterator[tuple[Staff, Staff]]:
    """Ada and Bob, online, in a team whose chats are offered by turns."""
    ada, bob = await agent("ada"), await agent("bob")
    await team("Support", ada, bob, assign="round_robin", offer_seconds=20)
    for one in (ada, bob):
        await presence.enter(one.id)
    yield ada, bob


async def ask(database: Database, clock: FakeClock, desk: HandoffDesk) -> uuid.UUID:
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.needs_person(desk)
    return chat.id


async def now(database: Database, conversation_id: uuid.UUID) -> Handoff:
    async with database.read() as db:
        found = await latest(db, conversation_id)
    assert found is not None
    return found


async def told(database: Database, conversation_id: uuid.UUID) -> list[str]:
    handoff = await now(database, conversation_id)
    async with database.read() as db:
        return [line.what for line in await journal.of(db, handoff.id)]


async def test_offers_go_round(
    database: Database, clock: FakeClock, desk: HandoffDesk, pushing: tuple[Staff, Staff]
) -> None:
    asked = []
    for _ in range(4):
        clock.advance(1)
        asked.append((await now(database, await ask(database, clock, desk))).offered_to)
    ada, bob = pushing
    assert set(asked[:2]) == {ada.id, bob.id}
    assert asked[:2] == asked[2:]


async def test_a_declined_offer_goes_to_the_next_and_then_the_chat_is_open(
    database: Database, clock: FakeClock, desk: HandoffDesk, pushing: tuple[Staff, Staff]
) -> None:
    by_id = {one.id: one for one in pushing}
    chat = await ask(database, clock, desk)
    first = by_id.pop((await now(database, chat)).offered_to or uuid.uuid4())
    (second,) = by_id.values()
    async with database.write() as db:
        assert await queue.decline(db, desk, chat, first) == second.id
    with pytest.raises(OfferOver):
        async with database.write() as db:
            await queue.decline(db, desk, chat, first)
    with pytest.raises(OfferOver):
        async with database.write() as db:
            await queue.accept(db, desk, chat, first)
    async with database.write() as db:
        assert await queue.decline(db, desk, chat, second) is None
    clock.advance(60)
    assert await offers.lapse(database, desk) == 0, "everybody was asked"
    async with database.write() as db:
        (entry,) = await queue.waiting(db, desk, first)
        assert (entry.can_take, entry.offered) == (True, False)
        taken = await queue.claim(db, desk, chat, first)
    assert taken.agent_id == first.id
    assert await told(database, chat) == [
        "requested", "routed", "offered", "declined", "offered", "declined", "claimed",
    ]  # fmt: skip


async def test_an_offer_nobody_answers_lapses_to_the_next(
    database: Database, clock: FakeClock, desk: HandoffDesk, pushing: tuple[Staff, Staff]
) -> None:
    chat = await ask(database, clock, desk)
    first = (await now(database, chat)).offered_to
    clock.advance(19)
    assert await offers.lapse(database, desk) == 0
    clock.advance(1)
    assert await offers.lapse(database, desk) == 1
    handoff = await now(database, chat)
    assert {first, handoff.offered_to} == {one.id for one in pushing}
    assert handoff.offered_until == clock.now() + timedelta(seconds=20)
    assert handoff.declined == [str(first)]


async def test_a_chat_whose_offer_can_not_be_ended_keeps_no_other_from_its_own(
    database: Database, clock: FakeClock, desk: HandoffDesk, pushing: tuple[Staff, Staff],
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    broken, sound = await ask(database, clock, desk), await ask(database, clock, desk)
    first = (await now(database, sound)).offered_to
    note = journal.note

    def fails(db: Any, clock: Any, handoff: Handoff, *rest: Any, **detail: Any) -> None:
        if handoff.conversation_id == broken:
            raise RuntimeError("no line today")
        note(db, clock, handoff, *rest, **detail)

    monkeypatch.setattr(journal, "note", fails)
    clock.advance(20)
    assert await offers.lapse(database, desk) == 1
    assert (await now(database, sound)).offered_to not in (first, None)
    assert "offer_failed" in (said := capsys.readouterr().out) and str(broken) in said
    monkeypatch.setattr(journal, "note", note)
    assert await offers.lapse(database, desk) == 1, "it was left as it was, and is looked at again"


async def test_an_offer_to_somebody_who_leaves_goes_on_at_once(
    database: Database,
    clock: FakeClock,
    desk: HandoffDesk,
    presence: Presence,
    pushing: tuple[Staff, Staff],
) -> None:
    chat = await ask(database, clock, desk)
    first = (await now(database, chat)).offered_to
    assert first is not None
    await presence.set_away(first, True)
    await offers.lapse(database, desk)
    assert (await now(database, chat)).offered_to in {one.id for one in pushing} - {first}


async def test_nobody_gets_more_offers_than_they_have_room_for(
    database: Database, clock: FakeClock, desk: HandoffDesk, presence: Presence, agent: Agent,
    team: MakeTeam,
) -> None:  # fmt: skip
    ada = await agent("ada", capacity=2)
    await team("Support", ada, assign="least_busy")
    await presence.enter(ada.id)
    chats = []
    for _ in range(4):
        chats.append(await ask(database, clock, desk))
        clock.advance(1)
    offered = [chat for chat in chats if (await now(database, chat)).offered_to == ada.id]
    assert offered == chats[:2]
    async with database.write() as db:
        await queue.accept(db, desk, chats[0], ada)
    assert await offers.lapse(database, desk) == 0
    async with database.write() as db:
        await queue.hand_back(db, desk, chats[0], ada)
    assert await offers.lapse(database, desk) == 1
    assert (await now(database, chats[2])).offered_to == ada.id


async def test_supervisors_are_not_asked(
    database: Database, clock: FakeClock, desk: HandoffDesk, presence: Presence, agent: Agent,
    team: MakeTeam,
) -> None:  # fmt: skip
    chief = await agent("cleo", Role.SUPERVISOR)
    await team("Support", assign="least_busy")
    await presence.enter(chief.id)
    assert (await now(database, await ask(database, clock, desk))).offered_to is None


async def test_what_waits_too_long_is_opened_to_the_second_team(
    database: Database, clock: FakeClock, desk: HandoffDesk, presence: Presence, agent: Agent,
    team: MakeTeam,
) -> None:  # fmt: skip
    ada, bob = await agent("ada"), await agent("bob")
    helpers = await team("Helpers", bob, position=1, assign="round_robin")
    await team("Support", ada, overflow_team_id=helpers, overflow_seconds=120)
    await presence.enter(bob.id)
    chat = await ask(database, clock, desk)
    async with database.read() as db:
        (entry,) = await queue.waiting(db, desk, bob)
        standing = await desk.standing(db, await db.get_one(Conversation, chat))
    assert (entry.can_take, entry.team) == (False, "Support"), "seen, and claimable, but not theirs"
    assert standing.online, "the team that helps out is there"
    clock.advance(121)
    assert await offers.lapse(database, desk) == 2, "opened, then offered"
    async with database.read() as db:
        (entry,) = await queue.waiting(db, desk, bob)
    assert (entry.can_take, entry.overflowed, entry.offered) == (True, True, True)
    assert await told(database, chat) == ["requested", "routed", "overflowed", "offered"]


async def test_two_who_look_at_once_offer_a_chat_once(
    any_database: Database, clock: FakeClock, bus: LocalBus
) -> None:
    """Two processes: two desks with a presence of their own, on one database."""
    hire = hiring(any_database, clock)
    people = [await hire(name) for name in ("ada", "bob")]
    desks = []
    for _ in range(2):
        presence = Presence(clock, bus, any_database)
        for one in people:
            await presence.enter(one.id)
        desks.append(HandoffDesk(clock, presence))
    # Asked while nobody pushes; then the team's way is changed.
    chats = [await ask(any_database, clock, desks[0]) for _ in range(8)]
    await teaming(any_database, desks[0])("Support", *people, assign="least_busy")
    desks[1].rosters.forget()
    for _ in range(3):
        await asyncio.gather(*(offers.lapse(any_database, desk) for desk in desks))
    lines = [(await told(any_database, chat)).count("offered") for chat in chats]
    assert lines == [1] * 8, "four for each of the two, and none twice"
    given = [(await now(any_database, chat)).offered_to for chat in chats]
    assert [given.count(one.id) for one in people] == [4, 4]


async def test_accept_and_claim_race_and_one_of_them_wins(
    any_database: Database, clock: FakeClock, bus: LocalBus
) -> None:
    hire = hiring(any_database, clock)
    ada, bob = await hire("ada", capacity=50), await hire("bob", capacity=50)
    presence = Presence(clock, bus)
    await presence.enter(ada.id)
    desk = HandoffDesk(clock, presence)
    await teaming(any_database, desk)("Support", ada, assign="round_robin")

    async def attempt(chat: uuid.UUID, who: Staff) -> str:
        try:
            async with any_database.write() as db:
                if who is ada:
                    await queue.accept(db, desk, chat, ada)
                else:
                    await queue.claim(db, desk, chat, bob)
        except Conflict as error:
            return error.code
        return who.login

    for _ in range(10):
        chat = await ask(any_database, clock, desk)
        results = await asyncio.gather(attempt(chat, bob), attempt(chat, ada))
        winner = ({*results} - {AlreadyClaimed.code}).pop()
        assert sorted(results) == sorted([AlreadyClaimed.code, winner])
        handoff = await now(any_database, chat)
        assert handoff.offered_to is None
        assert handoff.agent_id == {"ada": ada.id, "bob": bob.id}[winner]
