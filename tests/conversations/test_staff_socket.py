"""The console's socket: tickets, watching, chatting, and an end when the session ends."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from conversations import owners, speaking, wire
from conversations.models import Author
from server.auth import Role, Staff, sign_out
from tests.conversations.conftest import SHOP, Chat, Room, signed_in
from tests.conversations.wsclient import Refused, Socket


@pytest.fixture
async def ada(room: Room) -> Staff:
    return await room.agent("Ada")


@asynccontextmanager
async def signed_console(room: Room, console: Chat, staff: Staff) -> AsyncIterator[Socket]:
    ticket = room.tickets.issue(await room.session(staff))
    async with console() as socket:
        await socket.send({"type": "hello", "ticket": ticket})
        assert (await socket.read())["type"] == "queue"
        yield socket


async def claimed_chat(room: Room, staff: Staff) -> tuple[uuid.UUID, str]:
    chat, token = await room.visitor()
    async with room.database.write() as db:
        await speaking.request_person(db, room.clock, room.desk, chat)
        await owners.claim(db, room.clock, chat, staff)
    return chat, token


def say(chat: uuid.UUID, text: str, client_id: str = "agent-0001") -> dict[str, Any]:
    return {"type": "message", "conversation": str(chat), "client_id": client_id, "text": text}


async def test_agent_and_customer_talk(room: Room, chat: Chat, console: Chat, ada: Staff) -> None:
    conversation, token = await claimed_chat(room, ada)
    async with chat() as customer, signed_console(room, console, ada) as agent:
        await customer.send({"type": "hello", "token": token, "after": 2})
        await customer.until("caught_up")
        await agent.send({"type": "watch", "conversation": str(conversation), "after": 0})
        assert (await agent.until("state"))["agent"] == "Ada"
        for seq in (1, 2):
            seen = await agent.until("message")
            assert (seen["seq"], seen["conversation"]) == (seq, str(conversation))
        await agent.until("caught_up")
        await customer.send({"type": "typing", "on": True})
        assert await agent.until("preview") == {
            "type": "preview", "conversation": str(conversation), "on": True,
        }  # fmt: skip
        await customer.send(
            {"type": "message", "client_id": "client-0001", "text": "are you real?"}
        )
        assert (await agent.until("message"))["text"] == "are you real?"
        await agent.send({"type": "typing", "conversation": str(conversation), "on": True})
        assert await customer.until("typing") == {"type": "typing", "author": "agent", "on": True}
        await agent.send(say(conversation, "I am."))
        assert (await agent.until("ack"))["seq"] == 4
        answer = await customer.until("message", author="agent")
        assert (answer["seq"], answer["name"], answer["text"]) == (4, "Ada", "I am.")
    assert not room.bot.seen


async def test_a_repeat_is_one_message(room: Room, console: Chat, ada: Staff) -> None:
    conversation, _ = await claimed_chat(room, ada)
    async with signed_console(room, console, ada) as agent:
        for _ in range(3):
            await agent.send(say(conversation, "hello"))
            assert (await agent.until("ack"))["seq"] == 3
    assert await room.texts(conversation, Author.AGENT) == ["hello"]


async def test_only_the_owner_speaks(room: Room, console: Chat, ada: Staff) -> None:
    bob = await room.agent("Bob")
    conversation, _ = await claimed_chat(room, ada)
    async with signed_console(room, console, bob) as socket:
        await socket.send(say(conversation, "me too"))
        assert (await socket.until("error"))["code"] == "not_owner"
        await socket.send({"type": "typing", "conversation": str(conversation), "on": True})
        assert (await socket.until("error"))["code"] == "not_owner"
        await socket.send(say(uuid.uuid4(), "hello"))
        assert (await socket.until("error"))["code"] == "not_found"
        await socket.send({"type": "watch", "conversation": str(uuid.uuid4()), "after": 0})
        assert (await socket.until("error"))["code"] == "not_found"
    assert await room.texts(conversation, Author.AGENT) == []


async def test_what_an_agent_may_not_read_can_not_be_watched(
    room: Room, console: Chat, ada: Staff
) -> None:
    conversation, _ = await room.visitor()
    await room.say(conversation, "between me and the assistant")
    room.desk.hidden.add(conversation)
    watch = {"type": "watch", "conversation": str(conversation), "after": 0}
    async with signed_console(room, console, ada) as socket:
        await socket.send(watch)
        assert (await socket.read())["code"] == "not_found", "as for an id that nobody has"
        await room.say(conversation, "and later on")
        await socket.send({"type": "ping"})
        assert await socket.read() == {"type": "pong"}
    chief = await room.agent("Cleo", (Role.SUPERVISOR,))
    async with signed_console(room, console, chief) as socket:
        await socket.send(watch)
        assert (await socket.until("message"))["text"] == "between me and the assistant"


async def test_an_unwatched_chat_is_silent(room: Room, console: Chat, ada: Staff) -> None:
    conversation, _ = await claimed_chat(room, ada)
    async with signed_console(room, console, ada) as socket:
        await socket.send({"type": "watch", "conversation": str(conversation), "after": 0})
        await socket.until("caught_up")
        await socket.send({"type": "unwatch", "conversation": str(conversation)})
        await socket.send({"type": "ping"})
        await socket.until("pong")
        await room.say(conversation, "hello")
        await socket.nothing("message")


async def test_the_console_hears_of_the_queue(room: Room, console: Chat, ada: Staff) -> None:
    chat, _ = await room.visitor()
    async with signed_console(room, console, ada) as socket:
        await socket.nothing("queue", 0.3)
        async with room.database.write() as db:
            await speaking.request_person(db, room.clock, room.desk, chat)
        await socket.until("queue")


async def test_presence_follows_the_sockets(room: Room, console: Chat, ada: Staff) -> None:
    assert room.presence.online() == frozenset()
    async with signed_console(room, console, ada), signed_console(room, console, ada):
        assert room.presence.online() == {ada.id}
    assert room.presence.online() == frozenset()
    room.clock.advance(90)
    assert room.presence.gone_for(ada.id) == 90


async def test_an_agent_who_is_away_is_there_but_not_online(
    room: Room, console: Chat, ada: Staff
) -> None:
    async with signed_console(room, console, ada) as socket:
        await socket.send({"type": "presence", "away": True})
        await socket.send({"type": "ping"})
        await socket.until("pong")
        assert not room.presence.online()
        assert room.presence.here() == {ada.id}
        assert room.presence.gone_for(ada.id) == 0, "away agents keep their chats"
        await socket.send({"type": "presence", "away": False, "automatic": True})
        await socket.send({"type": "ping"})
        await socket.until("pong")
        assert room.presence.online() == frozenset(), "they said so themselves"
        await socket.send({"type": "presence", "away": "yes"})
        assert (await socket.until("error"))["code"] == "invalid"


async def test_a_ticket_is_fetched_with_the_cookie_and_works_once(
    room: Room, console: Chat, http: httpx.AsyncClient, ada: Staff
) -> None:
    headers = signed_in(await room.session(ada))
    assert (await http.post("/api/staff/ticket")).status_code == 401
    without_header = {"cookie": headers["cookie"]}
    assert (await http.post("/api/staff/ticket", headers=without_header)).status_code == 403
    editor = await room.agent("Ed", roles=(Role.EDITOR,))
    refused = await http.post("/api/staff/ticket", headers=signed_in(await room.session(editor)))
    assert refused.status_code == 403
    ticket = (await http.post("/api/staff/ticket", headers=headers)).json()["ticket"]
    late = (await http.post("/api/staff/ticket", headers=headers)).json()["ticket"]
    async with console() as socket:
        await socket.send({"type": "hello", "ticket": ticket})
        assert (await socket.read())["type"] == "queue"
    room.clock.advance(31)
    for bad in (ticket, late, "nonsense"):
        async with console() as socket:
            await socket.send({"type": "hello", "ticket": bad})
            assert (await socket.read())["code"] == "not_signed_in"
            assert await socket.closing() == wire.REVOKED


@pytest.mark.parametrize("origin", [None, "null", SHOP, "https://evil.example"])
async def test_only_our_own_pages_open_it(console: Chat, origin: str | None) -> None:
    with pytest.raises(Refused):
        async with console(origin=origin):
            pass


async def test_it_ends_with_the_staff_session(
    room: Room, console: Chat, ada: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.staff_session.CHECK_SECONDS", 0.02)
    token = await room.session(ada)
    async with console() as socket:
        await socket.send({"type": "hello", "ticket": room.tickets.issue(token)})
        assert (await socket.read())["type"] == "queue"
        async with room.database.write() as db:
            await sign_out(db, token)
        assert (await socket.until("error"))["code"] == "not_signed_in"
        assert await socket.closing() == wire.REVOKED
    assert room.presence.online() == frozenset()


async def test_it_survives_bad_frames_and_ends_after_ten(
    room: Room, console: Chat, ada: Staff
) -> None:
    async with signed_console(room, console, ada) as socket:
        for raw in ("", "{", '{"type": "watch"}', '{"type": "watch", "conversation": "x"}', b"\0"):
            await socket.send(raw)
            assert (await socket.until("error"))["code"] == "invalid"
        await socket.send({"type": "ping"})
        await socket.until("pong")
        for _ in range(10):
            await socket.send("{")
        assert await socket.closing() == wire.POLICY
