"""What customers are asked, on PostgreSQL: two tabs and two browsers at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text

from conversations import messages
from conversations.models import Author, ConsentGiven, Conversation, SurveyAnswer, Visitor
from server.database import Database
from tests.conversations.conftest import SHOP, Room
from tests.conversations.test_asking import ANSWER, FORM, TERMS, answered, bearer, ended


@pytest.fixture
async def house(room: Room, postgres: Database) -> Room:
    room.database = postgres
    room.turns._database = postgres
    return room


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8080", headers={"Origin": SHOP}
    ) as client:
        yield client


async def until_one_waits(database: Database) -> None:
    """Until somebody waits for a lock; read anew each time, for a transaction sees one moment."""
    async with asyncio.timeout(10):
        while True:
            async with database.read() as db:
                if await db.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                    return
            await asyncio.sleep(0.01)


async def test_details_wait_for_the_chat_before_they_hold_the_visitor(
    house: Room, http: httpx.AsyncClient
) -> None:
    house.widget.set(form=FORM)
    conversation, token = await house.visitor()
    async with house.database.write() as db:
        # As a survey does it: the chat first, then its customer.
        held = await messages.lock(db, conversation)
        given = asyncio.create_task(
            http.post(
                "/api/chat/details", headers=bearer(token), json={"answers": {"name": "Ann Lee"}}
            )
        )
        await until_one_waits(house.database)
        locked = select(Visitor).where(Visitor.id == held.visitor_id).with_for_update(nowait=True)
        assert (await db.scalars(locked)).one().name is None
    assert (await given).status_code == 200


async def test_what_two_tabs_say_at_once_is_kept_once(house: Room, http: httpx.AsyncClient) -> None:
    house.widget.set(consent=TERMS, surveys={"csat": False, "ces": True})
    conversation, token = await house.visitor()

    async def both(path: str, body: dict[str, object]) -> list[int]:
        asked = (http.post(f"/api/chat/{path}", headers=bearer(token), json=body) for _ in range(4))
        return [answer.status_code for answer in await asyncio.gather(*asked)]

    assert await both("agree", {"version": 2}) == [200] * 4
    seq = await answered(house, conversation, **ANSWER)
    assert await both("thumb", {"seq": seq, "up": False, "comment": "no"}) == [200] * 4
    await ended(house, conversation)
    assert await both("survey", {"episode": 1, "kind": "ces", "score": 6}) == [200] * 4
    async with house.database.read() as db:
        for table in (ConsentGiven, SurveyAnswer):
            assert await db.scalar(select(func.count()).select_from(table)) == 1


async def test_of_one_customer_in_two_browsers_only_one_is_asked_to_recommend_us(
    house: Room, http: httpx.AsyncClient
) -> None:
    house.widget.set(surveys={"csat": False, "nps": True})
    chats = [await house.visitor() for _ in range(3)]
    for conversation, _ in chats:
        await ended(house, conversation)
        async with house.database.write() as db:
            chat = await db.get_one(Conversation, conversation)
            mine = await db.get_one(Visitor, chat.visitor_id)
            mine.external_id, mine.verified_at = "customer-1", house.clock.now()
    body = {"episode": 1, "kind": "nps"}
    answers = await asyncio.gather(
        *(http.post("/api/chat/survey", headers=bearer(token), json=body) for _, token in chats)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404]


async def test_a_chat_is_saved_with_what_was_promised(house: Room, http: httpx.AsyncClient) -> None:
    conversation, token = await house.visitor()
    async with house.database.write() as db:
        held = await messages.lock(db, conversation)
        for event in ("queued", "promised"):
            await messages.append(
                db, house.clock, held, author=Author.SYSTEM, text=f"It is {event}.",
                payload={"kind": "event", "event": event},
            )  # fmt: skip
    saved = await http.get("/api/chat/transcript", headers=bearer(token))
    assert "It is promised." in saved.text
    assert "queued" not in saved.text
