"""One address can't fill the queue, whichever way its chats come there."""

from __future__ import annotations

import asyncio
import uuid

import httpx
import pytest
from fastapi import FastAPI

from conversations import crowd, owners
from conversations.models import Author, Owner
from server.limits import Limits
from tests.conversations.conftest import OWN, SHOP, Chat, Room
from tests.conversations.fakes import Gate
from tests.support import FakeClock

MOST = 3
WORDS = "use your network wait for our team already"


@pytest.fixture(autouse=True)
def small(room: Room) -> None:
    room.limits._heads[crowd.LIMIT] = MOST


class Caller:
    """A visitor who uses the REST door."""

    def __init__(self, http: httpx.AsyncClient, chat: uuid.UUID, token: str) -> None:
        self.http = http
        self.chat = chat
        self.headers = {"origin": SHOP, "authorization": f"Bearer {token}"}

    @classmethod
    async def of(cls, room: Room, http: httpx.AsyncClient) -> Caller:
        return cls(http, *await room.visitor())

    async def person(self) -> httpx.Response:
        return await self.http.post("/api/chat/person", headers=self.headers)

    async def says(
        self, text: str, client_id: str = "client-0001", **more: object
    ) -> httpx.Response:
        body = {"client_id": client_id, "text": text, **more}
        return await self.http.post("/api/chat/messages", headers=self.headers, json=body)


def refused(answer: httpx.Response) -> bool:
    if answer.status_code == 200:
        return False
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (429, "too_many_waiting")
    assert WORDS in error["message"]
    return True


async def test_so_many_chats_of_one_address_wait_and_no_more(
    room: Room, http: httpx.AsyncClient
) -> None:
    callers = [await Caller.of(room, http) for _ in range(MOST + 1)]
    assert [refused(await one.person()) for one in callers] == [False] * MOST + [True]
    last = callers[-1]
    assert (await room.conversation(last.chat)).owner is Owner.BOT
    # Who waits already may ask again and write on.
    assert not refused(await callers[0].person())
    assert not refused(await callers[0].says("are you there?"))
    # A place that becomes free is free for the next.
    room.clock.advance(60)
    ada = await room.agent()
    async with room.database.write() as db:
        await owners.claim(db, room.clock, callers[1].chat, ada)
    assert not refused(await last.person())


async def test_another_address_has_its_own_count(
    room: Room, http: httpx.AsyncClient, app: FastAPI
) -> None:
    for _ in range(MOST):
        await (await Caller.of(room, http)).person()
    elsewhere = httpx.ASGITransport(app, client=("203.0.113.7", 4000))
    async with httpx.AsyncClient(transport=elsewhere, base_url=OWN) as other:
        assert not refused(await (await Caller.of(room, other)).person())


async def test_the_frame_is_refused_and_the_connection_lives(
    room: Room, http: httpx.AsyncClient, chat: Chat
) -> None:
    for _ in range(MOST):
        await (await Caller.of(room, http)).person()
    conversation, token = await room.visitor()
    async with chat(address="127.0.0.1") as socket:
        await socket.send({"type": "hello", "token": token, "after": 0})
        await socket.until("caught_up")
        await socket.send({"type": "person"})
        error = await socket.until("error")
        assert (error["code"], "fatal" in error) == ("too_many_waiting", False)
        await socket.send({"type": "ping"})
        await socket.until("pong")
    assert (await room.conversation(conversation)).owner is Owner.BOT


async def test_the_button_counts_and_its_repeat_does_not(
    room: Room, http: httpx.AsyncClient
) -> None:
    callers = [await Caller.of(room, http) for _ in range(MOST + 1)]
    room.bot.down = True  # an apology offers a person
    for one in callers:
        assert not refused(await one.says("hello"))
        await room.settled(one.chat)
        room.clock.advance(5)
    press = {"button": {"seq": 2, "index": 0}}
    pressed = [
        refused(await one.says("Talk to a person", "client-0002", **press)) for one in callers
    ]
    assert pressed == [False] * MOST + [True]
    last = callers[-1].chat
    assert await room.texts(last, Author.CUSTOMER) == ["hello"], "what is refused is not kept"
    again = await callers[0].says("Talk to a person", "client-0002", **press)
    assert (again.status_code, again.json()) == (200, {"seq": 3})


async def test_a_chat_that_the_bot_hands_over_counts_as_well(
    room: Room, http: httpx.AsyncClient
) -> None:
    room.bot.down = True  # after the second failure a person takes over
    for _ in range(MOST):
        one = await Caller.of(room, http)
        for number in (1, 2):
            assert not refused(await one.says("I want a person", f"client-000{number}"))
            await room.settled(one.chat)
        assert (await room.conversation(one.chat)).owner is Owner.QUEUED
    room.clock.advance(60)
    assert refused(await (await Caller.of(room, http)).says("a person, please"))


async def test_all_at_once_by_way_of_the_bot_are_no_more(
    room: Room, http: httpx.AsyncClient
) -> None:
    gate = Gate()
    room.bot.before = gate
    callers = [await Caller.of(room, http) for _ in range(3 * MOST)]
    answers = await asyncio.gather(*[one.says("a person, please") for one in callers])
    assert [refused(one) for one in answers].count(False) == MOST
    gate.released.set()
    for one in callers:
        await room.settled(one.chat)
    room.clock.advance(60)
    # They were answered by the bot and wait for nobody.
    assert not refused(await (await Caller.of(room, http)).says("hello"))


async def test_what_is_noted_of_an_address_is_bounded(room: Room, http: httpx.AsyncClient) -> None:
    for _ in range(5 * MOST):
        one = await Caller.of(room, http)
        assert not refused(await one.says("hello"))
        await room.settled(one.chat)
        room.clock.advance(5)
        assert len(room.limits.noted(crowd.LIMIT, "127.0.0.1")) <= MOST


def test_so_many_addresses_are_remembered_and_no_more(clock: FakeClock) -> None:
    limits = Limits(clock, {}, {crowd.LIMIT: 1}, keys=100)
    for number in range(1000):
        limits.noted(crowd.LIMIT, str(number))[uuid.uuid4()] = clock.now()
        limits.noted(crowd.LIMIT, "0")
    assert len(limits._noted) == 100
    assert limits.noted(crowd.LIMIT, "0"), "who calls again and again is not forgotten"
