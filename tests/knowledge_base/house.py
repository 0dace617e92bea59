"""The knowledge base's routes on a real database, with readers and staff before them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI

from knowledge_base import routes_files
from knowledge_base.asked.desk import AskedDesk
from knowledge_base.help_centre import routes as help_centre
from knowledge_base.help_centre.readers import Readers
from knowledge_base.help_centre.shelf import Shelves
from knowledge_base.service import KnowledgeBase
from server.auth import COOKIE, CSRF_HEADER, Role, create_staff
from server.database import Database
from server.errors import install_error_handlers
from server.limits import Limits
from server.nul import NoNul
from server.web import BodyLimit, SecurityHeaders, refuse_undeclared
from tests.knowledge_base.support import settings_at
from tests.support import FakeClock, sign_in

BASE = "http://127.0.0.1:8080"
"""Where the app believes that it is, so forms come from its own pages."""
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


def build(
    knowledge: KnowledgeBase,
    database: Database,
    clock: FakeClock,
    folder: Path,
    *routers: APIRouter,
) -> FastAPI:
    """An app of these routes, else of the help centre and the files, with the middleware that every app has."""
    held = services(knowledge, database, clock, folder)
    return build_with(held, *(routers or (routes_files.router, help_centre.router)))


def build_with(held: SimpleNamespace, *routers: APIRouter) -> FastAPI:
    """The same on services that a test has prepared."""
    app = FastAPI()
    app.state.services = held
    install_error_handlers(app)
    for router in routers:
        app.include_router(router)
    refuse_undeclared(app)
    app.add_middleware(NoNul)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    return app


def services(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock, folder: Path
) -> SimpleNamespace:
    """What the room's routes ask of an app."""
    settings = settings_at(folder)
    return SimpleNamespace(
        knowledge=knowledge,
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        shelves=Shelves(knowledge),
        readers=Readers(database, clock),
        asked=AskedDesk(database, clock, knowledge.encoder, knowledge, folder / "asked"),
    )


def reader(app: FastAPI, *, at: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
    """Somebody with a browser, at an address."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(at, 123))
    return httpx.AsyncClient(
        transport=transport, base_url=BASE, headers={"User-Agent": BROWSER, **headers}
    )


async def staff(app: FastAPI, *roles: Role) -> httpx.AsyncClient:
    """Somebody who signed in; their login is their roles, with dashes between."""
    held: Any = app.state.services
    login = "-".join(roles)
    async with held.database.write() as db:
        await create_staff(
            db, held.clock, login=login, name=login.title(), password="x" * 12, roles=list(roles)
        )
        token = await sign_in(db, held.clock, login, "x" * 12, 12)
    return reader(app, cookie=f"{COOKIE}={token}", **{CSRF_HEADER: "1"})
