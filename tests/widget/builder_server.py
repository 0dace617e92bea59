"""The builder alone, on a port; for the browser tests.

python -m tests.widget.builder_server FOLDER PORT    prints the session tokens when ready
"""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import uvicorn
from fastapi import FastAPI, Request
from nicegui import app as nicegui_app
from nicegui import ui
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

import server.pages
from server.auth import Role, create_staff
from server.clock import SystemClock
from server.database import Database
from server.errors import install_error_handlers
from server.events import LocalBus
from server.limits import Limits
from server.settings import Settings
from server.tables import metadata
from server.web import SecurityHeaders
from tests.support import sign_in
from widget import pages, routes, routes_settings
from widget.settings import WidgetSettings


async def main(folder: Path, port: int) -> None:
    url, clock = f"sqlite+aiosqlite:///{folder / 'page.db'}", SystemClock()
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    database = Database(url, LocalBus())
    tokens = {}
    for role in (Role.SUPERVISOR, Role.AGENT):
        async with database.write() as db:
            await create_staff(
                db, clock, login=role.value, name=role.value.title(), password="a long password",
                roles=[role],
            )  # fmt: skip
        async with database.write() as db:
            tokens[role.value] = await sign_in(db, clock, role.value, "a long password", 1)
    settings = Settings(
        environment="test",
        port=port,
        var=folder,
        widget_origins=json.loads(os.environ.get("ORIGINS", "[]")),
    )
    app = FastAPI()
    app.state.services = nicegui_app.state.services = SimpleNamespace(
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        widget=WidgetSettings(database, clock),
    )
    heard: list[str] = []

    @app.get("/tests/heard")
    async def tell(request: Request) -> Response:
        return Response(json.dumps(heard), media_type="application/json")

    for router in (pages.router, routes_settings.router, routes.router):
        app.include_router(router)
    install_error_handlers(app)
    server.pages.install(app)
    pages.install(app)
    ui.run_with(
        app, title="Handrail", storage_secret="a secret for tests", show_welcome_message=False
    )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Noting, heard=heard)
    print(json.dumps(tokens), flush=True)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning")
    await uvicorn.Server(config).serve()


class Noting:
    """Keeps every address that is asked for."""

    def __init__(self, app: ASGIApp, heard: list[str]) -> None:
        self.app, self.heard = app, heard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            self.heard.append(scope["path"])
        await self.app(scope, receive, send)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
