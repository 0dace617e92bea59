"""A burst of short messages (design.md §3.3): what comes while a turn runs, or more is typed, is one turn."""

from __future__ import annotations

import asyncio

from tests.conversations.conftest import Chat, Room
from tests.conversations.fakes import Gate
from tests.conversations.test_chat_socket import hello, say


async def test_three_short_messages_with_typing_reported(room: Room, chat: Chat) -> None:
    gate = Gate()
    room.bot.before = gate
    conversation, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)
        await socket.send(say("hi", "client-0001"))
        await gate.reached.wait()
        await socket.send(say("my order", "client-0002"))
        await socket.until("ack")
        await socket.send({"type": "typing", "on": True})
        await socket.send({"type": "ping"})
        await socket.until("pong")  # typing has been heard
        gate.released.set()
        await socket.until("message", author="bot")
        await asyncio.sleep(0.05)
        assert len(room.bot.seen) == 1  # the customer is still typing
        await socket.send(say("hasnt come", "client-0003"))
        await socket.until("message", author="bot")
    await room.settled(conversation)
    assert [request.text for request in room.bot.seen] == ["hi", "my order\nhasnt come"]
