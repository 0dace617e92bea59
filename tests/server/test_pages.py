"""The staff pages' shell, served by NiceGUI behind a real server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui

import handoff.pages
import server.pages
from server.auth import Role
from tests.handoff.conftest import Api, Hire


@pytest.fixture
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The address of the running app."""
    nicegui_app.state.services = app.state.services
    server.pages.install(app)
    handoff.pages.install(app)
    ui.run_with(app, dark=None, show_welcome_message=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", ws="none"))
    task = asyncio.create_task(running.serve())
    async with asyncio.timeout(30):
        while not running.started:  # noqa: ASYNC110 - uvicorn offers no event to wait for
            await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    await task


async def test_the_shell_lets_in_who_may_and_turns_away_the_others(
    served: str,
    api: Api,
    hire: Hire,
) -> None:
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
