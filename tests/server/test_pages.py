"""The staff pages' shell, served by NiceGUI behind a real server."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlencode

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from nicegui import Client, core, ui
from nicegui import app as nicegui_app
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

import handoff.pages
import server.pages
from server.auth import Role
from server.pages import require_page, staff_frame
from server.web import STAFF_CSP, OwnPagesOnly, SecurityHeaders
from tests.handoff.conftest import Api, Hire

PRESSED: list[str] = []


async def presses_page() -> None:
    """A staff page with one button."""
    staff = await require_page(Role.AGENT)
    with staff_frame("Presses", staff):
        ui.button("Press", on_click=lambda: PRESSED.append(staff.login)).mark("press")


async def breaks_page() -> None:
    """A staff page with a fault."""
    await require_page(Role.AGENT)
    raise RuntimeError("the password is hunter2")


def test_what_is_typed_into_a_page_can_be_stored(app: FastAPI) -> None:
    server.pages.install(app)
    server.pages.install(app)
    sent = r'2["event",{"args":["a\ud800b\u0000c \ud83d\ude00 é",{"\udc00n":[1,null]}]}]'
    read = core.sio.packet_class(encoded_packet=sent)
    assert read.data == ["event", {"args": ["abc 😀 é", {"n": [1, None]}]}]
    plain = core.sio.packet_class(encoded_packet=r'2["event",{"args":["\\u12 \u00e9"]}]')
    assert plain.data == ["event", {"args": ["\\u12 é"]}]
    with pytest.raises(ValueError):
        core.sio.packet_class(encoded_packet=r'2["event","\ud800"')


@pytest.fixture
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The address of the running app."""
    nicegui_app.state.services = app.state.services
    server.pages.install(app)
    handoff.pages.install(app)
    ui.page("/staff/presses")(presses_page)
    ui.page("/staff/queue/breaks")(breaks_page)
    ui.run_with(app, dark=None, show_welcome_message=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app.add_middleware(OwnPagesOnly, origins=[f"http://127.0.0.1:{port}"])
    app.add_middleware(SecurityHeaders)
    config = uvicorn.Config(app, port=port, log_level="critical", ws="websockets-sansio")
    running = uvicorn.Server(config)
    task = asyncio.create_task(running.serve())
    async with asyncio.timeout(30):
        while not running.started:  # noqa: ASYNC110 - uvicorn offers no event to wait for
            await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    await task
    # Built with the first request; another test hands NiceGUI to an app of its own.
    nicegui_app.middleware_stack = None


async def test_staff_pages(
    served: str,
    api: Api,
    hire: Hire,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # One test, since a process can hand NiceGUI to one app only.
    await lets_in_who_may_and_turns_away_the_others(served, api, hire)
    await an_unknown_address_leaves_nothing_behind(served, caplog)
    await a_page_that_breaks_tells_nothing(served, api, hire)
    monkeypatch.setattr(server.pages, "SESSION_CHECK", 0.1)
    await an_open_page_ends_with_the_session(served, api, hire)


async def a_page_that_breaks_tells_nothing(served: str, api: Api, hire: Hire) -> None:
    cookies = (await api.as_staff(await hire("mia"))).cookies
    async with httpx.AsyncClient(base_url=served, trust_env=False, cookies=cookies) as client:
        answer = await client.get("/staff/queue/breaks")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert "hunter2" not in answer.text
    assert answer.headers["content-security-policy"] == STAFF_CSP
    assert answer.headers["cache-control"] == "no-store"


async def lets_in_who_may_and_turns_away_the_others(served: str, api: Api, hire: Hire) -> None:
    async def get(path: str, cookies: httpx.Cookies | None = None) -> httpx.Response:
        async with httpx.AsyncClient(base_url=served, trust_env=False) as client:
            client.cookies.update(cookies or {})
            return await client.get(path)

    stranger = await get("/staff/queue")
    assert stranger.status_code == 303
    assert stranger.headers["location"] == "/staff/login?next=%2Fstaff%2Fqueue"
    editor = (await api.as_staff(await hire("eve", Role.EDITOR))).cookies
    refused = await get("/staff/queue", editor)
    assert (refused.status_code, "You may not open this page" in refused.text) == (403, True)
    assert "script-src" not in refused.headers["content-security-policy"]
    agent = (await api.as_staff(await hire('ada"><i>'))).cookies
    page = await get("/staff/queue", agent)
    assert page.status_code == 200
    assert "handrail-console" in page.text
    assert "/staff/articles" not in page.text, "navigation shows what one may open"
    assert '"><i>' not in page.text
    assert (await get("/staff/chat/not-an-id", agent)).status_code in (404, 422)
    for asset in ("/staff/assets/staff.css", "/staff/console/console.js"):
        assert (await get(asset)).status_code == 200
    known = len(Client.instances)
    await get("/staff/queue")
    await get("/staff/queue", editor)
    assert len(Client.instances) == known, "who is turned away leaves no page in memory"


async def an_unknown_address_leaves_nothing_behind(
    served: str, caplog: pytest.LogCaptureFixture
) -> None:
    known = len(Client.instances)
    async with httpx.AsyncClient(base_url=served, trust_env=False) as client:
        page = await client.get("/nowhere?q=what-somebody-typed")
        data = await client.get("/api/nowhere")
    assert (page.status_code, "There is no such page" in page.text) == (404, True)
    assert data.json()["error"]["code"] == "not_found"
    assert len(Client.instances) == known
    assert "what-somebody-typed" not in caplog.text


async def an_open_page_ends_with_the_session(served: str, api: Api, hire: Hire) -> None:
    agent = await api.as_staff(await hire("cleo"))
    async with httpx.AsyncClient(base_url=served, trust_env=False) as client:
        client.cookies.update(agent.cookies)
        html = (await client.get("/staff/presses")).text
    page = Client.instances[re.findall(r"'client_id': '([0-9a-f-]{36})'", html)[-1]]
    button = next(element for element in page.elements.values() if "press" in element._markers)
    listener = next(iter(button._event_listeners))
    press = {"id": button.id, "client_id": page.id, "listener_id": listener, "args": []}
    with pytest.raises(InvalidStatus, match="403"):
        await open_socket(served, page, origin="https://attacker.test")
    async with await open_socket(served, page, origin=served) as wire:
        await wire.send("42" + json.dumps(["event", press]))
        await until(lambda: PRESSED == ["cleo"])
        await agent.post("/staff/logout", headers={"Origin": "http://testserver"})
        await until(lambda: button.is_deleted)
        await wire.send("42" + json.dumps(["event", press]))
        async with asyncio.timeout(5):
            while '["open"' not in str(await wire.recv()):
                pass
    assert PRESSED == ["cleo"], "the page's buttons died with the session"


async def open_socket(served: str, page: Client, *, origin: str) -> ClientConnection:
    """What NiceGUI's script in the page does: Engine.IO 4, then Socket.IO's connect packet."""
    query = {
        "EIO": "4",
        "transport": "websocket",
        "client_id": page.id,
        "tab_id": "t1",
        "document_id": "d1",
        "next_message_id": "0",
        "implicit_handshake": "true",
    }
    address = f"{served.replace('http', 'ws')}/_nicegui_ws/socket.io/?{urlencode(query)}"
    wire = await connect(address, origin=origin, proxy=None)  # type: ignore[arg-type]
    await wire.recv()
    await wire.send("40")
    return wire


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - NiceGUI offers no event to wait for
            await asyncio.sleep(0.02)
