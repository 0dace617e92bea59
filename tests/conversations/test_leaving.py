"""Words that want out of the queue get one line that says how; all else there is silence."""

from __future__ import annotations

import uuid

import pytest

from conversations import leaving, owners, speaking
from conversations.models import Author, Owner
from tests.conversations.conftest import Room


async def says(room: Room, chat: uuid.UUID, text: str, client_id: str) -> None:
    async with room.database.write() as db:
        await speaking.say(
            db, room.clock, room.desk, chat,
            client_id=client_id, text=text, button=None, limit=2000,
        )  # fmt: skip


async def waits(room: Room, chat: uuid.UUID) -> None:
    async with room.database.write() as db:
        await speaking.request_person(db, room.clock, room.desk, chat)


async def told(room: Room, chat: uuid.UUID) -> int:
    return (await room.texts(chat, Author.SYSTEM)).count(leaving.HOW)


@pytest.mark.parametrize(
    "text", ["forget it", "Never mind!", "cancel", "ok nvm", "Oh, never mind then…", "STOP please"]
)
async def test_who_wants_out_is_told_how(room: Room, text: str) -> None:
    chat, _ = await room.visitor()
    await waits(room, chat)
    await says(room, chat, text, "client-1")
    last = (await room.log(chat))[-1]
    assert (last.author, last.text) == (Author.SYSTEM, leaving.HOW)
    after = await room.conversation(chat)
    assert after.owner is Owner.QUEUED, "leaving is the customer's to do"
    assert after.last_seq == last.seq


@pytest.mark.parametrize(
    "text", ["cancel my order", "don't cancel", "hello?", "I never minded", "👍"]
)
async def test_other_words_are_for_the_person(room: Room, text: str) -> None:
    chat, _ = await room.visitor()
    await waits(room, chat)
    await says(room, chat, text, "client-1")
    assert await told(room, chat) == 0


async def test_it_is_said_once_in_each_wait(room: Room) -> None:
    chat, _ = await room.visitor()
    await waits(room, chat)
    await says(room, chat, "forget it", "client-1")
    await says(room, chat, "forget it", "client-1")
    await says(room, chat, "cancel", "client-2")
    assert await told(room, chat) == 1
    async with room.database.write() as db:
        await speaking.leave_queue(db, room.clock, chat)
    room.clock.advance(60)
    await waits(room, chat)
    await says(room, chat, "cancel", "client-3")
    assert await told(room, chat) == 2


async def test_only_the_queue_is_explained(room: Room) -> None:
    chat, _ = await room.visitor()
    ada = await room.agent()
    await says(room, chat, "never mind", "client-1")
    await waits(room, chat)
    async with room.database.write() as db:
        await owners.claim(db, room.clock, chat, ada)
    await says(room, chat, "never mind", "client-2")
    assert await told(room, chat) == 0
