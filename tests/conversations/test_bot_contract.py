"""The bot's contract, kept by the real client and by the fake that other tests use."""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from conversations.bot_client import Bot, BotTurn, HttpBot
from conversations.errors import BotMalformed, BotTimeout, BotUnavailable
from server.settings import Settings
from tests.conversations.fakes import FakeBot

Answer = Callable[[httpx.Request], httpx.Response]


def request(text: str = "hello") -> BotTurn:
    return BotTurn(
        sender="c:1", turn_id=str(uuid.uuid4()), text=text, payload=None, metadata={"epoch": 0}
    )


def channel() -> Answer:
    """Rasa's own channel, as docs/architecture.md says it answers."""
    known: dict[str, dict[str, Any]] = {}

    def answer(call: httpx.Request) -> httpx.Response:
        if call.method == "GET":
            return httpx.Response(200, text="Hello from Rasa")
        assert call.url.path == "/webhooks/handrail/turn"
        assert call.headers["X-Handrail-Secret"]
        body = json.loads(call.content)
        reply = {
            "turn_id": body["turn_id"],
            "messages": [{"text": f"re: {body['payload'] or body['text']}", "custom": None}],
            "parse": {}, "slots": {}, "failed": None, "timings": {"nlu": 1.5},
            "versions": {"model": "m", "encoder": "e"},
        }  # fmt: skip
        return httpx.Response(200, json=known.setdefault(body["turn_id"], reply))

    return answer


def http_bot(settings: Settings, answer: Answer) -> HttpBot:
    return HttpBot(settings, httpx.AsyncClient(transport=httpx.MockTransport(answer)))


@pytest.fixture(params=["http", "fake"])
async def bot(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[Bot]:
    yield FakeBot() if request.param == "fake" else http_bot(settings, channel())


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


def unreachable(call: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=call)


@pytest.mark.parametrize("kind", ["http", "fake"])
async def test_an_unreachable_bot_says_so(kind: str, settings: Settings) -> None:
    bot: Bot = FakeBot(down=True) if kind == "fake" else http_bot(settings, unreachable)
    with pytest.raises(BotUnavailable):
        await bot.turn(request())
    assert not await bot.check()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, text="no"),
        httpx.Response(403, json={}),
        httpx.Response(200, text="not json"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"turn_id": "another"}),
        httpx.Response(200, json={"messages": []}),
    ],
)
async def test_a_senseless_answer_is_a_named_error(
    settings: Settings, answer: httpx.Response
) -> None:
    with pytest.raises(BotUnavailable):
        await http_bot(settings, lambda _: answer).turn(request())
    if answer.status_code == 200:
        with pytest.raises(BotMalformed):
            await http_bot(settings, lambda _: answer).turn(request())


async def test_a_hung_bot_is_given_up_in_time(settings: Settings) -> None:
    async def hang(call: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        return httpx.Response(200)

    bot = HttpBot(settings, httpx.AsyncClient(transport=httpx.MockTransport(hang)))
    async with asyncio.timeout(settings.turn_timeout + 1):
        with pytest.raises(BotTimeout):
            await bot.turn(request())


async def test_a_connection_closed_while_idle_is_tried_again(settings: Settings) -> None:
    calls = 0
    answer = channel()

    def once_broken(call: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise httpx.RemoteProtocolError("Server disconnected", request=call)
        return answer(call)

    assert (await http_bot(settings, once_broken).turn(request())).messages
    assert calls == 2


async def test_the_address_follows_the_file(settings: Settings) -> None:
    asked: list[str] = []
    answer = channel()

    def note(call: httpx.Request) -> httpx.Response:
        asked.append(f"{call.url.host}:{call.url.port}")
        return answer(call)

    bot = http_bot(settings, note)
    file = settings.var / "rasa.json"
    await bot.turn(request())
    for n, content in enumerate(['{"url": "http://127.0.0.1:5006/"}', '{"url": "htt']):
        file.write_text(content)
        os.utime(file, (1000 + n, 1000 + n))
        await bot.turn(request())
    assert asked == ["127.0.0.1:5005", "127.0.0.1:5006", "127.0.0.1:5006"]
