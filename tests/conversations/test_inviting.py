"""What the house said first stands in the log once it is answered: before the answer, and once."""

from __future__ import annotations

from typing import Any

import httpx

from conversations import owners
from conversations.models import Author, Owner
from tests.conversations.conftest import SHOP, Chat, Room

OFFER = {"id": "offer", "text": {"en": "Any questions?", "de": "Fragen?"}}
INVITED = {"id": "offer", "text": "Fragen?"}


def answer(text: str, client_id: str, **more: Any) -> dict[str, Any]:
    return {"client_id": client_id, "text": text, "invitation": INVITED, **more}


async def test_the_answer_brings_the_question_into_the_log(room: Room, chat: Chat) -> None:
    room.widget.set(invitations=[OFFER])
    conversation, token = await room.visitor()
    async with chat() as socket:
        await socket.send({"type": "hello", "token": token})
        for _ in range(2):  # the second is a retry of the first
            await socket.send({"type": "message", **answer("Ja, eine", "answer-1")})
        await socket.send({"type": "message", **answer("Noch eine", "answer-2")})
        seen = await socket.until("message", text="Noch eine")
    await room.settled(conversation)
    said = [(m.author, m.text, m.episode) for m in await room.log(conversation)]
    assert said[:2] == [(Author.BOT, "Fragen?", 1), (Author.CUSTOMER, "Ja, eine", 1)]
    assert [text for _, text, _ in said].count("Fragen?") == 1
    assert seen["seq"] > 2
    first = (await room.log(conversation))[0]
    assert first.payload == {"kind": "invitation", "invitation": "offer"}
    assert [name for _, name in room.widget.answers] == ["offer"]
    # The bot is asked what the customer said, not what the house said itself.
    assert room.bot.seen[0].text in ("Ja, eine", "Ja, eine\nNoch eine")


async def test_what_the_house_never_said_is_not_put_into_its_mouth(
    room: Room, http: httpx.AsyncClient
) -> None:
    room.widget.set(invitations=[OFFER])
    conversation, token = await room.visitor()
    headers = {"Authorization": f"Bearer {token}", "Origin": SHOP}
    forged = answer("Yes!", "answer-1") | {"invitation": {"id": "offer", "text": "You won!"}}
    assert (await http.post("/api/chat/messages", json=forged, headers=headers)).json() == {
        "seq": 1
    }
    assert room.widget.answers == []
    true = answer("And this", "answer-2")
    assert (await http.post("/api/chat/messages", json=true, headers=headers)).status_code == 200
    await room.settled(conversation)
    assert "Fragen?" in await room.texts(conversation)


async def test_the_form_still_comes_first(room: Room, chat: Chat) -> None:
    room.widget.set(invitations=[OFFER], form=[{"name": "email", "kind": "email"}])
    _, token = await room.visitor()
    async with chat() as socket:
        await socket.send({"type": "hello", "token": token})
        welcome = await socket.until("welcome")
    assert welcome["state"]["form"] is True, "an invitation that nobody answered is no message"


async def test_a_person_is_not_interrupted_and_a_closed_chat_begins_with_it(
    room: Room, http: httpx.AsyncClient
) -> None:
    room.widget.set(invitations=[OFFER])
    conversation, token = await room.visitor()
    headers = {"Authorization": f"Bearer {token}", "Origin": SHOP}
    await http.post("/api/chat/person", headers=headers)
    await http.post("/api/chat/messages", json=answer("Hello?", "answer-1"), headers=headers)
    assert "Fragen?" not in await room.texts(conversation)
    ada = await room.agent()
    async with room.database.write() as db:
        await owners.claim(db, room.clock, conversation, ada)
        await owners.close(db, room.clock, conversation, ada)
    assert (await room.conversation(conversation)).owner is Owner.CLOSED
    await http.post("/api/chat/messages", json=answer("Another", "answer-2"), headers=headers)
    await room.settled(conversation)
    log = await room.log(conversation)
    at = next(one for one in log if one.text == "Fragen?")
    assert at.episode == 2
    assert next(one for one in log if one.seq == at.seq + 1).text == "Another"
