"""A bot that gets nowhere offers a person by itself."""

from __future__ import annotations

import pytest

from conversations import turn_cap
from conversations.models import Author, Owner
from server.settings import Settings
from tests.conversations.conftest import Chat, Room


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"turn_cap": 3})


async def test_after_so_many_turns_a_person_is_offered_and_one_press_leads_there(
    room: Room, chat: Chat
) -> None:
    conversation, token = await room.visitor()
    for number in range(7):
        await room.say(conversation, f"and now? {number}")
        room.turns.wake(conversation)
        await room.settled(conversation)
    log = await room.log(conversation)
    offers = [one for one in log if one.text == turn_cap.OFFER]
    assert len(offers) == 2  # after the third and the sixth
    assert [one.author for one in offers] == [Author.BOT] * 2
    async with chat() as customer:
        await customer.send({"type": "hello", "token": token})
        button = {"seq": offers[-1].seq, "index": 0}
        await customer.send(
            {"type": "message", "client_id": "a" * 8, "text": "Talk to a person", "button": button}
        )
        await customer.until("state", owner=Owner.QUEUED)
