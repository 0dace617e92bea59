"""The console is told of the desk: at once, after each change, when it asks, and never in a flood."""

from __future__ import annotations

import uuid

import pytest

from conversations.events import OwnerChanged
from conversations.models import Owner
from server.auth import Staff
from tests.conversations.conftest import Chat, Room
from tests.conversations.test_staff_socket import signed_console


@pytest.fixture
async def ada(room: Room) -> Staff:
    return await room.agent("Ada")


def moved() -> OwnerChanged:
    return OwnerChanged(conversation_id=uuid.uuid4(), owner=Owner.QUEUED, epoch=2)


async def test_the_frame_brings_the_desk_along(room: Room, console: Chat, ada: Staff) -> None:
    async with signed_console(room, console, ada) as socket:
        await room.bus.publish([moved()])
        frame = await socket.until("queue")
        assert frame == {"type": "queue", "desk": {"for": "Ada", "look": 2}}
        await socket.send({"type": "queue"})
        assert (await socket.until("queue"))["desk"]["look"] == 3


async def test_a_burst_is_one_picture_of_what_came_of_it(
    room: Room, console: Chat, ada: Staff
) -> None:
    async with signed_console(room, console, ada) as socket:
        # Within the rest after the first picture.
        for _ in range(300):
            await room.bus.publish([moved()])
            await socket.send({"type": "ping"})
        await socket.until("queue")
        await socket.nothing("queue", within=0.3)
        assert room.board.looks == 2


async def test_a_desk_that_cannot_be_read_is_to_be_asked_for(
    room: Room, console: Chat, ada: Staff
) -> None:
    async with signed_console(room, console, ada) as socket:
        room.board.fails = True
        await room.bus.publish([moved()])
        assert await socket.until("queue") == {"type": "queue"}
        room.board.fails = False
        await room.bus.publish([moved()])
        assert "desk" in await socket.until("queue")
