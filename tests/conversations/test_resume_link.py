"""The link of a mail, exchanged over REST for a visitor token of the page that asks."""

from __future__ import annotations

import uuid

import httpx

from conversations import resume
from conversations.models import Conversation
from tests.conversations.conftest import SHOP, Chat, Room


async def link(room: Room, conversation: uuid.UUID) -> str:
    async with room.database.write() as db:
        owner = (await db.get_one(Conversation, conversation)).visitor_id
        return await resume.issue(db, room.clock, owner)


async def test_a_link_gives_a_key_to_the_same_chat_once(
    room: Room, http: httpx.AsyncClient, chat: Chat
) -> None:
    conversation, first = await room.visitor()
    await room.say(conversation, "hello")
    token = await link(room, conversation)
    given = await http.post("/api/chat/resume", json={"token": token}, headers={"origin": SHOP})
    assert given.json()["conversation"] == str(conversation)
    key = given.json()["token"]
    assert key not in (first, token)
    for held in (key, first):  # the browser of before stays signed in
        async with chat() as customer:
            await customer.send({"type": "hello", "token": held})
            assert (await customer.until("message"))["text"] == "hello"
    again = await http.post("/api/chat/resume", json={"token": token}, headers={"origin": SHOP})
    assert (again.status_code, again.json()["error"]["code"]) == (410, "link_over")


async def test_who_holds_a_token_of_this_customer_keeps_it(
    room: Room, http: httpx.AsyncClient
) -> None:
    conversation, first = await room.visitor()
    headers = {"origin": SHOP, "authorization": f"Bearer {first}"}
    body = {"token": await link(room, conversation)}
    given = await http.post("/api/chat/resume", json=body, headers=headers)
    assert given.json()["token"] == first
    _, stranger = await room.visitor()
    body = {"token": await link(room, conversation)}
    headers["authorization"] = f"Bearer {stranger}"
    given = await http.post("/api/chat/resume", json=body, headers=headers)
    assert given.json()["token"] not in (first, stranger)


async def test_a_foreign_page_and_a_guess_get_nothing(room: Room, http: httpx.AsyncClient) -> None:
    conversation, _ = await room.visitor()
    body = {"token": await link(room, conversation)}
    foreign = await http.post(
        "/api/chat/resume", json=body, headers={"origin": "https://evil.example"}
    )
    assert foreign.json()["error"]["code"] == "origin_refused"
    guess = await http.post("/api/chat/resume", json={"token": "x" * 43})
    assert guess.json()["error"]["code"] == "link_over"
    assert (await http.post("/api/chat/resume", json=body)).status_code == 200
