"""Who else has a chat on the screen; and what the customer types, where the house shows it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from conversations.attendance import Attendance
from conversations.events import Attending, staff_topic
from conversations.models import Author
from server.auth import Staff
from tests.conversations.conftest import Chat, Room
from tests.conversations.test_staff_socket import claimed_chat, signed_console


@pytest.fixture
async def ada(room: Room) -> Staff:
    return await room.agent("Ada")


def attend(chat: uuid.UUID, does: str) -> dict[str, Any]:
    return {"type": "attend", "conversation": str(chat), "does": does}


def watch(chat: uuid.UUID) -> dict[str, Any]:
    return {"type": "watch", "conversation": str(chat), "after": 0}


async def test_each_console_hears_who_is_there_and_who_types(
    room: Room, console: Chat, ada: Staff
) -> None:
    bob = await room.agent("Bob")
    chat, _ = await claimed_chat(room, ada)
    async with signed_console(room, console, ada) as first:
        await first.send(watch(chat))
        await first.until("caught_up")
        await first.send(attend(chat, "open"))
        async with signed_console(room, console, bob) as second:
            await second.send(watch(chat))
            await second.until("caught_up")
            await second.send(attend(chat, "open"))
            # Who was there already answers the newcomer.
            assert (await second.until("attending", name="Ada"))["does"] == "open"
            assert (await first.until("attending", name="Bob"))["does"] == "open"
            await second.send(attend(chat, "types"))
            told = await first.until("attending", does="types")
            assert (told["name"], told["staff_id"]) == ("Bob", str(bob.id))
        assert (await first.until("attending", name="Bob"))["does"] == "gone"


async def test_one_attends_only_what_one_watches(room: Room, console: Chat, ada: Staff) -> None:
    bob = await room.agent("Bob")
    chat, _ = await claimed_chat(room, ada)
    async with (
        signed_console(room, console, ada) as first,
        signed_console(room, console, bob) as second,
    ):
        await first.send(watch(chat))
        await first.until("caught_up")
        await second.send(attend(chat, "open"))
        await first.nothing("attending")


async def test_the_same_is_not_said_twice(room: Room, ada: Staff) -> None:
    chat = uuid.uuid4()
    attendance = Attendance(room.bus, ada)
    async with room.bus.subscribe(staff_topic(chat)) as events:
        for _ in range(3):
            await attendance.does(chat, "open")
        await attendance.end()
        said = [await events.next(), await events.next()]
    assert [(one.does, one.asks) for one in said if isinstance(one, Attending)] == [
        ("open", True),
        ("gone", False),
    ]


@pytest.mark.parametrize("shown", [False, True])
async def test_what_is_typed_is_seen_only_where_the_house_wants_it(
    room: Room, chat: Chat, console: Chat, ada: Staff, shown: bool
) -> None:
    room.settings.sneak_preview = shown
    conversation, token = await claimed_chat(room, ada)
    async with chat() as customer, signed_console(room, console, ada) as agent:
        await customer.send({"type": "hello", "token": token})
        assert (await customer.until("welcome"))["preview"] is shown
        await customer.until("caught_up")
        await agent.send(watch(conversation))
        await agent.until("caught_up")
        await customer.send({"type": "typing", "on": True, "text": "my card is 4"})
        await agent.until("preview", on=True)
        if shown:
            assert (await agent.until("preview", on=True))["text"] == "my card is 4"
        else:
            await agent.nothing("preview")
        await customer.send({"type": "typing", "on": False})
        assert "text" not in await agent.until("preview", on=False)
    assert await room.texts(conversation, Author.CUSTOMER) == []
