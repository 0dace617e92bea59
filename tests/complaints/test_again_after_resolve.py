"""Complaints: the handoff fires again after the chat was resolved; returning customers miss the bot."""

from __future__ import annotations

import uuid
from typing import Literal

import pytest

from conversations import owners, replies, speaking
from conversations.models import Owner
from tests.complaints.room import app, chat, console, room, settings
from tests.conversations.conftest import Room
from tests.conversations.test_turns import ask

__all__ = ["app", "chat", "console", "room", "settings"]

End = Literal["close", "hand_back"]


async def handed_over_and_resolved(room: Room, end: End) -> uuid.UUID:
    """A chat that came to a person because the bot failed twice, and was ended by that person."""
    ada = await room.agent()
    conversation, _ = await room.visitor()
    room.bot.down = True
    for text in ("hello", "hello?"):
        await ask(room, conversation, text)
        await room.settled(conversation)
    assert (await room.conversation(conversation)).owner is Owner.QUEUED
    async with room.database.write() as db:
        await owners.claim(db, room.clock, conversation, ada)
        await getattr(owners, end)(db, room.clock, conversation, ada)
    room.bot.down = False
    return conversation


async def comes_back(room: Room, conversation: uuid.UUID, text: str) -> None:
    async with room.database.write() as db:
        said = await speaking.say(
            db, room.clock, room.desk, conversation,
            client_id=uuid.uuid4().hex, text=text, button=None, limit=2000,
        )  # fmt: skip
    assert said.for_bot
    room.turns.wake(conversation)
    await room.settled(conversation)


@pytest.mark.parametrize("end", ["close", "hand_back"])
async def test_who_comes_back_meets_a_bot_that_begins_afresh(room: Room, end: End) -> None:
    conversation = await handed_over_and_resolved(room, end)
    await comes_back(room, conversation, "one more question")
    assert (await room.texts(conversation))[-1] == "re: one more question"
    assert (await room.conversation(conversation)).owner is Owner.BOT
    (turn,) = room.bot.seen
    assert turn.sender == f"{conversation}:2"
    assert (turn.metadata["bot_failures"], turn.metadata["slots"]) == (0, {})
    assert len(room.desk.requests) == 1, "nobody is called a second time"


@pytest.mark.parametrize("end", ["close", "hand_back"])
async def test_the_failures_before_do_not_count_any_more(room: Room, end: End) -> None:
    conversation = await handed_over_and_resolved(room, end)
    room.bot.down = True
    await comes_back(room, conversation, "one more question")
    assert (await room.texts(conversation))[-1] == replies.APOLOGY
    assert (await room.conversation(conversation)).owner is Owner.BOT
    assert len(room.desk.requests) == 1
