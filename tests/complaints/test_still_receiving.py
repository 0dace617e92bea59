"""Complaint: the widget sends but stops receiving. A connection that can't tell any more must end, not stay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from server.errors import Unavailable
from tests.complaints.room import app, chat, console, room, settings
from tests.conversations.conftest import Chat, Room
from tests.conversations.test_chat_socket import hello, say

__all__ = ["app", "chat", "console", "room", "settings"]


async def test_a_connection_whose_reading_broke_is_closed_and_the_next_one_has_all(
    room: Room, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.feed.POLL", 0.05)
    conversation, token = await room.visitor()
    read = room.database.read

    @asynccontextmanager
    async def refuses() -> AsyncIterator[Any]:
        raise Unavailable("The database does not answer.")
        yield

    async with chat() as socket:
        await hello(socket, token)
        monkeypatch.setattr(room.database, "read", refuses)
        await socket.closing()  # an open one would go on taking messages and show no answer
    monkeypatch.setattr(room.database, "read", read)
    await room.say(conversation, "said in between")
    async with chat() as socket:
        await socket.send({"type": "hello", "token": token, "after": 0})
        assert (await socket.until("message"))["text"] == "said in between"
        await socket.until("caught_up")
        await socket.send(say("and now"))
        await socket.until("message", text="re: said in between\nand now")
