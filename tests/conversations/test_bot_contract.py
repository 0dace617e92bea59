"""The bot's contract, kept by the real client and by the fake that other tests use."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from conversations.bot_client import Bot, BotTurn, HttpBot
from conversations.errors import BotMalformed, BotTimeout, BotUnavailable
from server.settings import Settings
from server.trial import free_port
from tests.conversations.fakes import FakeBot

Answer = Callable[[web.Request], Awaitable[web.Response]]


def request(text: str = "hello") -> BotTurn:
    return BotTurn(
        sender="c:1", turn_id=str(uuid.uuid4()), text=text, payload=None, metadata={"epoch": 0}
    )


def channel() -> Answer:
    """Rasa's own channel, as docs/architecture.md says it answers."""
    known: dict[str, dict[str, Any]] = {}

    async def answer(call: web.Request) -> web.Response:
        if call.method == "GET":
            return web.Response(text="Hello from Rasa")
        assert call.path == "/webhooks/handrail/turn"
        assert call.headers["X-Handrail-Secret"]
        body = await call.json()
        reply = {
            "turn_id": body["turn_id"],
            "messages": [{"text": f"re: {body['payload'] or body['text']}", "custom": None}],
            "parse": {}, "slots": {}, "failed": None, "timings": {"nlu": 1.5},
            "versions": {"model": "m", "encoder": "e"},
        }  # fmt: skip
        return web.json_response(known.setdefault(body["turn_id"], reply))

    return answer


@asynccontextmanager
async def served(answer: Answer) -> AsyncIterator[int]:
    """A server that answers everything so; gives its port."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        assert server.port
        yield server.port


@asynccontextmanager
async def http_bot(settings: Settings, answer: Answer) -> AsyncIterator[HttpBot]:
    async with served(answer) as port:
        bot = HttpBot(settings.model_copy(update={"rasa_port": port}))
        yield bot
        await bot.close()


@pytest.fixture(params=["http", "fake"])
async def bot(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[Bot]:
    if request.param == "fake":
        yield FakeBot()
    else:
        async with http_bot(settings, channel()) as bot:
            yield bot


async def test_a_turn_is_answered_under_its_id(bot: Bot) -> None:
    turn = request()
    reply = await bot.turn(turn)
    assert reply.turn_id == turn.turn_id
    assert [message.text for message in reply.messages] == ["re: hello"]
    assert reply.failed is None


async def test_a_known_turn_is_answered_alike(bot: Bot) -> None:
    turn = request()
    assert await bot.turn(turn) == await bot.turn(turn)


async def test_a_payload_outranks_the_text(bot: Bot) -> None:
    turn = request().model_copy(update={"text": None, "payload": "/affirm"})
    assert (await bot.turn(turn)).messages[0].text == "re: /affirm"


async def test_it_can_be_reached(bot: Bot) -> None:
    assert await bot.check()


@pytest.mark.parametrize("kind", ["http", "fake"])
async def test_an_unreachable_bot_says_so(kind: str, settings: Settings) -> None:
    nowhere = settings.model_copy(update={"rasa_port": free_port()})
    bot: Bot = FakeBot(down=True) if kind == "fake" else HttpBot(nowhere)
    with pytest.raises(BotUnavailable):
        await bot.turn(request())
    assert not await bot.check()
    await bot.close()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, "no"),
        (403, "{}"),
        (200, "not json"),
        (200, "[]"),
        (200, '{"turn_id": "another"}'),
        (200, '{"messages": []}'),
    ],
)
async def test_a_senseless_answer_is_a_named_error(
    settings: Settings, status: int, body: str
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    async with http_bot(settings, answer) as bot:
        with pytest.raises(BotMalformed if status == 200 else BotUnavailable):
            await bot.turn(request())


async def test_a_hung_bot_is_given_up_in_time(settings: Settings) -> None:
    async def hang(_: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    async with http_bot(settings, hang) as bot, asyncio.timeout(settings.turn_timeout + 1):
        with pytest.raises(BotTimeout):
            await bot.turn(request())


async def test_a_connection_that_breaks_is_tried_again(settings: Settings) -> None:
    calls = 0
    answer = channel()

    async def once_broken(call: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            assert call.transport
            call.transport.abort()
        return await answer(call)

    async with http_bot(settings, once_broken) as bot:
        assert (await bot.turn(request())).messages
    assert calls == 2


async def test_the_address_follows_the_file(settings: Settings) -> None:
    asked: list[int] = []
    answer = channel()

    async def note(call: web.Request) -> web.Response:
        asked.append(call.url.port or 0)
        return await answer(call)

    async with http_bot(settings, note) as bot, served(note) as other:
        file = settings.var / "rasa.json"
        await bot.turn(request())
        new = f'{{"url": "http://127.0.0.1:{other}/"}}'
        for n, content in enumerate([new, '{"url": "htt']):
            file.write_text(content)
            os.utime(file, (1000 + n, 1000 + n))
            await bot.turn(request())
    assert asked[1:] == [other, other]
    assert asked[0] != other
