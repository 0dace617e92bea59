"""Complaint: the console goes stale. A chat that could not be followed for a moment must be followed again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from server.auth import Staff
from server.errors import Unavailable
from tests.conversations.conftest import Chat, Room, app, chat, console, room, settings
from tests.conversations.test_staff_socket import claimed_chat, signed_console

__all__ = ["app", "chat", "console", "room", "settings"]


@pytest.fixture
async def ada(room: Room) -> Staff:
    return await room.agent("Ada")


async def test_a_watch_that_the_database_broke_goes_on_by_itself(
    room: Room, console: Chat, ada: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation, _ = await claimed_chat(room, ada)
    monkeypatch.setattr("conversations.feed.POLL", 0.05)
    monkeypatch.setattr("conversations.staff_session.WATCH_AGAIN", 0.01)
    read, broke = room.database.read, asyncio.Event()

    @asynccontextmanager
    async def refuses() -> AsyncIterator[Any]:
        broke.set()
        raise Unavailable("The database does not answer.")
        yield

    async with signed_console(room, console, ada) as socket:
        await socket.send({"type": "watch", "conversation": str(conversation), "after": 0})
        await socket.until("caught_up")
        monkeypatch.setattr(room.database, "read", refuses)
        await broke.wait()
        monkeypatch.setattr(room.database, "read", read)
        await room.say(conversation, "are you still there?")
        assert (await socket.until("message", seq=3))["text"] == "are you still there?"
