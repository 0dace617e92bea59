"""The surveys' page alone, on a port; for tests in a browser.

python -m tests.insights.survey_server FOLDER PORT    prints the session tokens when it is ready to listen
"""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import uvicorn
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui
from sqlalchemy.ext.asyncio import create_async_engine

import server.pages
from conversations import visitors
from conversations.models import SurveyAnswer
from insights.surveys import page, routes
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
from widget.config import DEFAULT, WidgetConfig

ANSWERS = {"csat": [5] * 21 + [4] * 9 + [3, 2, 1, None, None], "ces": [7, 6, 6, 2, None]}
COMMENT = "<img src=x onerror=ran++> write to ann@example.com"


class House:
    async def config(self) -> WidgetConfig:
        return DEFAULT


async def fill(database: Database) -> None:
    clock = SystemClock()
    at = clock.now() - timedelta(days=2)
    async with database.write() as db:
        for kind, scores in ANSWERS.items():
            for score in scores:
                visitor, _ = await visitors.create(db, clock, "https://shop.example")
                chat = await visitors.conversation_of(db, visitor.id)
                db.add(
                    SurveyAnswer(
                        conversation_id=chat.id, visitor_id=visitor.id, episode=1, kind=kind,
                        score=score, comment=COMMENT if score in (1, 2) else None, asked_at=at,
                        answered_at=at if score else None, skipped_at=None if score else at,
                    )
                )  # fmt: skip


async def main(folder: Path, port: int) -> None:
    file = folder / "page.db"
    database = Database(f"sqlite+aiosqlite:///{file}", LocalBus())
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    clock = SystemClock()
    settings = Settings(var=folder)
    app = FastAPI()
    app.state.services = nicegui_app.state.services = SimpleNamespace(
        database=database, clock=clock, settings=settings, widget=House(),
        limits=Limits.of(clock, settings),
    )  # fmt: skip
    app.include_router(routes.router)
    install_error_handlers(app)
    server.pages.install(app)
    page.register_pages()
    ui.run_with(app, title="Handrail", show_welcome_message=False)
    app.add_middleware(SecurityHeaders)
    tokens = {}
    for role in (Role.SUPERVISOR, Role.AGENT):
        async with database.write() as db:
            await create_staff(
                db, clock, login=role.value, name="Sue", password="a long password", roles=[role]
            )
        async with database.write() as db:
            tokens[role.value] = await sign_in(db, clock, role.value, "a long password", 1)
    await fill(database)
    print(json.dumps(tokens), flush=True)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning")
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
