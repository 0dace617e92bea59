"""The knowledge base's routes on a real database, with readers and staff before them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import FastAPI

from knowledge_base import routes_files
from knowledge_base.help_centre import routes as help_centre
from knowledge_base.help_centre.readers import Readers
from knowledge_base.help_centre.shelf import Shelves
from knowledge_base.service import KnowledgeBase
from server.auth import COOKIE, CSRF_HEADER, Role, create_staff
from server.database import Database
from server.errors import install_error_handlers
from server.limits import Limits
from server.web import BodyLimit, SecurityHeaders, refuse_undeclared
from tests.knowledge_base.support import settings_at
from tests.support import FakeClock, sign_in

BASE = "http://127.0.0.1:8080"
"""Where the app believes that it is, so forms come from its own pages."""
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


def build(knowledge: KnowledgeBase, database: Database, clock: FakeClock, folder: Path) -> FastAPI:
    """An app of the help centre and the files, with the middleware that limits and labels."""
    app = FastAPI()
    settings = settings_at(folder)
    app.state.services = SimpleNamespace(
        knowledge=knowledge,
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        shelves=Shelves(knowledge),
        readers=Readers(database, clock),
    )
    install_error_handlers(app)
    app.include_router(routes_files.router)
    app.include_router(help_centre.router)
    refuse_undeclared(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    return app


def reader(app: FastAPI, **headers: str) -> httpx.AsyncClient:
    """Somebody with a browser."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=transport, base_url=BASE, headers={"User-Agent": BROWSER, **headers}
    )


async def staff(app: FastAPI, role: Role) -> httpx.AsyncClient:
    """Somebody who signed in."""
    held: Any = app.state.services
    async with held.database.write() as db:
        await create_staff(
            db, held.clock, login=role, name=role.title(), password="x" * 12, roles=[role]
        )
        token = await sign_in(db, held.clock, role, "x" * 12, 12)
    return reader(app, cookie=f"{COOKIE}={token}", **{CSRF_HEADER: "1"})
