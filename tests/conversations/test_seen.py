"""How far each side has read, over the sockets; and the customer's time zone."""

from __future__ import annotations

from sqlalchemy import select

from conversations import owners, seen, visitors
from conversations.models import Conversation, Seen, Visitor
from server.database import Database
from tests.conversations.conftest import Chat, Room
from tests.support import FakeClock


async def marks(room: Room) -> dict[str, int]:
    async with room.database.read() as db:
        return {mark.side: mark.seq for mark in await db.scalars(select(Seen))}


async def test_the_console_hears_what_the_customers_screen_has_shown(
    room: Room, chat: Chat, console: Chat
) -> None:
    conversation, token = await room.visitor()
    await room.say(conversation, "hello")
    ticket = room.tickets.issue(await room.session(await room.agent()))
    async with chat() as customer, console() as agent:
        await agent.send({"type": "hello", "ticket": ticket})
        await agent.send({"type": "watch", "conversation": str(conversation), "after": 0})
        await agent.until("caught_up")
        await customer.send({"type": "hello", "token": token})
        await customer.until("caught_up")
        await customer.send({"type": "seen", "seq": 99})  # more than there is
        told = await agent.until("seen")
        assert (told["conversation"], told["side"], told["seq"]) == (
            str(conversation),
            "customer",
            1,
        )
        await customer.send({"type": "seen", "seq": 1})  # a repeat, and back
        await customer.send({"type": "seen", "seq": 0})
        await customer.send({"type": "ping"})
        await customer.until("pong")
        await agent.nothing("seen")
        # Who comes later hears it as well.
        await agent.send({"type": "watch", "conversation": str(conversation), "after": 1})
        assert (await agent.until("seen"))["seq"] == 1
    assert await marks(room) == {"customer": 1}


async def test_only_the_agent_who_has_the_chat_leaves_a_mark(
    room: Room, chat: Chat, console: Chat
) -> None:
    conversation, token = await room.visitor()
    await room.say(conversation, "hello")
    ada, bob = await room.agent("Ada"), await room.agent("Bob")
    async with room.database.write() as db:
        row = await db.get_one(Conversation, conversation)
        await owners.request_handoff(db, room.clock, row, epoch=0, reason="asked")
        await owners.claim(db, room.clock, conversation, ada)
    frame = {"type": "seen", "conversation": str(conversation), "seq": 1}
    async with chat() as customer, console() as other, console() as owner:
        await customer.send({"type": "hello", "token": token})
        await customer.until("caught_up")
        await other.send({"type": "hello", "ticket": room.tickets.issue(await room.session(bob))})
        await other.send(frame)
        await other.send({"type": "ping"})
        await other.until("pong")
        assert await marks(room) == {}
        await owner.send({"type": "hello", "ticket": room.tickets.issue(await room.session(ada))})
        await owner.send(frame)
        assert (await customer.until("seen")) == {"type": "seen", "side": "agent", "seq": 1}


async def test_the_zone_of_the_greeting_is_kept_and_a_strange_one_harms_nobody(
    room: Room, chat: Chat
) -> None:
    _, token = await room.visitor()
    for zone in ("Europe/Berlin", "../../etc/passwd", "Nowhere/Land"):
        async with chat() as customer:
            await customer.send({"type": "hello", "token": token, "zone": zone})
            await customer.until("caught_up")
            await customer.send({"type": "details", "zone": "Nowhere/Land"})
            assert (await customer.until("error"))["code"] == "invalid"
    async with room.database.read() as db:
        assert (await db.scalars(select(Visitor.zone))).one() == "Europe/Berlin"
    assert room.desk.reached == []


async def test_the_language_of_the_greeting_is_kept_and_a_strange_one_harms_nobody(
    room: Room, chat: Chat
) -> None:
    _, token = await room.visitor()
    for language in ("de-AT", "x" * 64, "d\0e", "<b>", "de_AT", "zh-" + "a-" * 30):
        async with chat() as customer:
            await customer.send({"type": "hello", "token": token, "language": language})
            await customer.until("caught_up")
    async with room.database.read() as db:
        assert (await db.scalars(select(Visitor.language))).one() == "de-AT"


async def test_details_tell_the_desk_how_to_reach_the_customer(room: Room, chat: Chat) -> None:
    conversation, token = await room.visitor()
    async with chat() as customer:
        await customer.send({"type": "hello", "token": token})
        await customer.send({"type": "details", "email": "eve@shop.example"})
        await customer.send({"type": "ping"})
        await customer.until("pong")
    assert room.desk.reached == [conversation]


async def test_the_mark_on_both_databases_only_moves_forward(
    any_database: Database, clock: FakeClock
) -> None:
    async with any_database.write() as db:
        visitor, _ = await visitors.create(db, clock, "https://shop.example")
        conversation = await visitors.conversation_of(db, visitor.id)
        conversation.last_seq = 9
    moved = []
    for seq in (3, 3, 2, 7, 50):
        async with any_database.write() as db:
            moved.append(await seen.mark(db, clock, conversation.id, seen.CUSTOMER, seq))
    assert moved == [True, False, False, True, True]
    async with any_database.read() as db:
        assert await seen.marks(db, conversation.id) == {"customer": 9}
