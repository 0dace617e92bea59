"""Chats that move on: escalated, passed to a team, for somebody else; and second persons who join."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages, speaking, state
from conversations.errors import NotOwner
from conversations.models import Owner
from conversations.presence import Presence
from handoff import history, journal, queue
from handoff.desk import HandoffDesk, latest
from handoff.models import CloseOutcome, Handoff
from server.auth import Role, Staff
from server.database import Database
from server.errors import Forbidden, Invalid, NotFound
from tests.handoff.building import Chat
from tests.handoff.routing.staff import Agent, MakeTeam
from tests.support import FakeClock


async def claimed(db: AsyncSession, clock: FakeClock, desk: HandoffDesk, agent: Staff) -> Chat:
    chat = await Chat.begin(db, clock)
    await chat.says("where is it", "order_status")
    await chat.needs_person(desk)
    await queue.claim(db, desk, chat.id, agent)
    return chat


async def request(db: AsyncSession, chat: Chat) -> Handoff:
    found = await latest(db, chat.id)
    assert found is not None
    return found


async def say(db: AsyncSession, clock: FakeClock, chat: Chat, who: Staff, text: str) -> None:
    await messages.post_as_agent(
        db, clock, chat.id, who, client_id=uuid.uuid4().hex, text=text, limit=2000
    )


async def test_escalation_goes_to_the_next_team_and_then_up_the_levels(
    database: Database, clock: FakeClock, desk: HandoffDesk, agent: Agent, team: MakeTeam
) -> None:
    ada, eve = await agent("ada"), await agent("eve", level="lead")
    experts = await team("Experts", eve, position=1)
    home = await team("Support", ada, escalates_to_id=experts)
    async with database.write() as db:
        chat = await claimed(db, clock, desk, ada)
        handoff = await request(db, chat)
        assert (handoff.team_id, handoff.topic) == (home, "order_status")
        queued = await queue.escalate(db, desk, chat.id, ada, "asks about tax")
        assert queued.owner is Owner.QUEUED
        assert (handoff.team_id, handoff.routed_because) == (experts, "Ada escalated it")
        (own,) = await queue.waiting(db, desk, eve)
        (others,) = await queue.waiting(db, desk, ada)
        assert (own.can_take, others.can_take) == (True, False)
        levels = []
        for _ in range(2):
            await queue.claim(db, desk, chat.id, eve)
            await queue.escalate(db, desk, chat.id, eve)
            levels.append(handoff.level)
        assert levels == ["specialist", "lead"]
        await queue.claim(db, desk, chat.id, eve)
        handoff_id = handoff.id
    with pytest.raises(Invalid):
        async with database.write() as db:
            await queue.escalate(db, desk, chat.id, eve)
    async with database.read() as db:
        (kept,) = await queue.chats(db, desk, eve)
        lines = [line.what for line in await journal.of(db, handoff_id)]
    assert kept.conversation == chat.id
    assert lines.count("escalated") == 3


async def test_a_chat_goes_to_a_team_with_a_note(
    database: Database, clock: FakeClock, desk: HandoffDesk, agent: Agent, team: MakeTeam
) -> None:
    ada, bob = await agent("ada"), await agent("bob")
    support = await team("Support", ada)
    billing = await team("Billing", bob, position=1)
    async with database.write() as db:
        chat = await claimed(db, clock, desk, ada)
        for wrong, error in ((support, Invalid), (uuid.uuid4(), NotFound)):
            with pytest.raises(error):
                await queue.transfer_to_team(db, desk, chat.id, ada, wrong, "")
        await queue.transfer_to_team(db, desk, chat.id, ada, billing, "paid twice")
        (entry,) = await queue.waiting(db, desk, bob)
        assert (entry.team, entry.can_take) == ("Billing", True)
        (note,) = (await history.notes(db, chat.id)).notes
    assert note.text == "To Billing: paid twice"


async def test_somebody_else_is_not_the_same_agent(
    database: Database, clock: FakeClock, desk: HandoffDesk, presence: Presence, agent: Agent
) -> None:
    ada, bob = await agent("ada"), await agent("bob")
    await presence.enter(bob.id)
    async with database.write() as db:
        chat = await claimed(db, clock, desk, ada)
        await queue.someone_else(db, desk, chat.id, ada, "we did not get on")
    with pytest.raises(queue.Excluded):
        async with database.write() as db:
            await queue.claim(db, desk, chat.id, ada)
    async with database.write() as db:
        assert (await queue.claim(db, desk, chat.id, bob)).agent_id == bob.id


async def test_a_lead_joins_writes_and_leaves(
    database: Database, clock: FakeClock, desk: HandoffDesk, agent: Agent
) -> None:
    ada, bob = await agent("ada"), await agent("bob")
    eve = await agent("eve", level="lead")
    async with database.write() as db:
        chat = await claimed(db, clock, desk, ada)
        assert not (await queue.with_colleagues(db, desk, eve))[0].joined
        with pytest.raises(Forbidden):
            await queue.join(db, desk, chat.id, bob)
        with pytest.raises(NotOwner):
            await queue.leave(db, desk, chat.id, eve)
        for _ in range(2):
            await queue.join(db, desk, chat.id, eve)
        await say(db, clock, chat, eve, "Hello, I am Ada's lead.")
        with pytest.raises(NotOwner):
            await say(db, clock, chat, bob, "Me too.")
        seen = await state.state_of(db, desk, chat.conversation, bot_ok=True)
        assert (seen["agent"], seen["others"]) == ("Ada", ["Eve"])
        (entry,) = await queue.chats(db, desk, eve)
        assert (entry.joined, entry.agent_id) == (True, ada.id)
        assert (await queue.with_colleagues(db, desk, eve))[0].joined
        await queue.leave(db, desk, chat.id, eve)
        with pytest.raises(NotOwner):
            await say(db, clock, chat, eve, "One more thing.")
        log = [m.text for m in await messages.list_after(db, chat.id, 0)]
    assert log[-3:] == [
        "Eve has joined the chat.", "Hello, I am Ada's lead.", "Eve has left the chat.",
    ]  # fmt: skip


async def test_who_joined_is_out_when_the_chat_changes_hands(
    database: Database, clock: FakeClock, desk: HandoffDesk, agent: Agent
) -> None:
    ada, chief = await agent("ada"), await agent("cleo", Role.SUPERVISOR)
    async with database.write() as db:
        chat = await claimed(db, clock, desk, ada)
        await queue.join(db, desk, chat.id, chief)
        await queue.release(db, desk, chat.id, ada)
        taken = await queue.claim(db, desk, chat.id, ada)
        assert not await messages.speaks(db, taken, chief.id)


async def test_a_supervisor_takes_what_nobody_of_the_staff_has(
    database: Database, clock: FakeClock, desk: HandoffDesk, agent: Agent
) -> None:
    chief = await agent("cleo", Role.SUPERVISOR)
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.says("hello", "greet")
        taken = await queue.join(db, desk, chat.id, chief)
        assert (taken.owner, taken.agent_id) == (Owner.AGENT, chief.id)
        handoff = await request(db, chat)
        await queue.close(db, desk, chat.id, chief, CloseOutcome.SOLVED)
        with pytest.raises(NotOwner):
            await queue.join(db, desk, chat.id, chief)
    assert handoff.reason == "stepped_in"


async def test_a_customer_may_ask_for_somebody_else_and_a_late_repeat_sends_nobody_away(
    database: Database, clock: FakeClock, desk: HandoffDesk, agent: Agent
) -> None:
    ada, eve = await agent("ada"), await agent("eve")
    async with database.write() as db:
        chat = await claimed(db, clock, desk, ada)
        seen = (await state.get(db, chat.id)).last_seq
        waiting = await speaking.request_other(db, desk, chat.id, seen)
        assert (waiting.owner, (await request(db, chat)).excluded_agent_id) == (
            Owner.QUEUED,
            ada.id,
        )
        await queue.claim(db, desk, chat.id, eve)
        again = await speaking.request_other(db, desk, chat.id, seen)
        assert (again.owner, again.agent_id) == (Owner.AGENT, eve.id)
        other = await speaking.request_other(db, desk, chat.id, again.last_seq)
        assert other.owner is Owner.QUEUED


async def test_nobody_is_sent_away_from_a_chat_that_nobody_has(
    database: Database, clock: FakeClock, desk: HandoffDesk, agent: Agent
) -> None:
    await agent("ada")
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        assert (await speaking.request_other(db, desk, chat.id, 0)).owner is Owner.BOT
