"""What makes Rasa quick must not change what it does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from aiohttp import web
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import (
    ActiveLoop,
    BotUttered,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.utils.endpoints import EndpointConfig

from bot import speed


@pytest.fixture
def validate(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", None)
    speed.cache_validator()
    return RemoteAction("action_answer", None)._validate_action_result


def slot(**changes: object) -> dict[str, object]:
    return {"event": "slot", "timestamp": None, "name": "topic", "value": [1, {"a": 2}], **changes}


def test_what_actions_return_is_valid(validate: Any) -> None:
    loop = {"event": "active_loop", "timestamp": None, "name": None}
    assert validate({"events": [slot(), slot(timestamp=1.5), loop], "responses": [{"text": "x"}]})
    assert validate({"events": [], "responses": []})


@pytest.mark.parametrize(
    "result",
    [
        {"events": [slot(name=7)]},
        {"events": [slot(), {"event": "slot", "name": None, "value": 1}]},
        {"events": [slot(event="no such event")]},
        {"events": ["slot"]},
        {"events": {}},
        {"events": [], "responses": ["text"]},
        ["events"],
    ],
)
def test_anything_else_is_refused(validate: Any, result: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validate(result)


def test_event_classes_are_found_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Event, "resolve_by_type", Event.resolve_by_type)
    speed.remember_event_classes()
    for _ in range(2):
        assert Event.resolve_by_type("slot") is SlotSet
        assert Event.resolve_by_type("active_loop") is ActiveLoop
        assert Event.resolve_by_type("no such event", default=BotUttered) is BotUttered
        with pytest.raises(ValueError, match="no such event"):
            Event.resolve_by_type("no such event")


def test_events_are_told_apart_as_before() -> None:
    speed.tell_events_apart_quickly()
    said = UserUttered("hello")
    assert isinstance(said, UserUttered)
    assert isinstance(said, Event)
    assert not isinstance(said, SlotSet)
    assert isinstance(SlotSet("topic", "x"), (UserUttered, SlotSet))
    assert issubclass(SlotSet, Event)
    with pytest.raises(TypeError):
        Event()


@pytest.fixture
def kept_connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("session", "request"):
        monkeypatch.setattr(EndpointConfig, name, getattr(EndpointConfig, name))
    speed.keep_action_connection()
    yield


class App:
    """An action endpoint that can stop and start again on its port."""

    def __init__(self) -> None:
        self.port = 0
        self.peers: list[Any] = []
        self._runner: web.AppRunner | None = None

    async def answer(self, request: web.Request) -> web.Response:
        self.peers.append(request.transport.get_extra_info("peername") if request.transport else 0)
        if request.query.get("fail"):
            raise web.HTTPInternalServerError
        return web.json_response({"events": []})

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/", self.answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()


@pytest.mark.usefixtures("kept_connections")
def test_action_calls_share_a_connection_and_survive_a_restart() -> None:
    async def calls() -> None:
        app = App()
        await app.start()
        endpoint = EndpointConfig(f"http://127.0.0.1:{app.port}/", headers={"X-Secret": "s"})
        for _ in range(3):
            assert await endpoint.request(json={"next_action": "a"}) == {"events": []}
        assert len(set(app.peers)) == 1
        await app.stop()
        await app.start()
        assert await endpoint.request(json={"next_action": "a"}) == {"events": []}
        assert len(set(app.peers)) == 2
        await app.stop()
        with pytest.raises(OSError, match="connect"):
            await endpoint.request(json={"next_action": "a"})
        await speed.close(endpoint)
        await speed.close(endpoint)
        await speed.close(None)

    asyncio.run(calls())


@pytest.mark.usefixtures("kept_connections")
def test_an_endpoint_serves_one_event_loop_after_another() -> None:
    endpoint = EndpointConfig("http://127.0.0.1:1/")

    async def call() -> None:
        app = App()
        await app.start()
        endpoint.url = f"http://127.0.0.1:{app.port}/"
        assert await endpoint.request(json={}) == {"events": []}
        await speed.close(endpoint)
        await app.stop()

    asyncio.run(call())
    asyncio.run(call())
