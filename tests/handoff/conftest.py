"""A desk with everything real but the bot and the search."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from conversations.files.service import Files
from conversations.presence import Presence
from handoff import routes
from handoff.corrections import routes as corrections_routes
from handoff.corrections.service import Corrections
from handoff.desk import HandoffDesk
from handoff.overview import Board, looks
from handoff.routing import routes as routing_routes
from handoff.similar.keeper import EarlierReplies
from knowledge_base.review.vectors import Vectors
from server.auth import CSRF_HEADER, Role, Staff, cookie_name, create_staff
from server.corrected import ToEditor, ToTrainer
from server.database import Database
from server.errors import install_error_handlers
from server.events import LocalBus
from server.limits import Limits
from server.login import login_routes
from server.settings import Settings
from server.staff_routes import staff_routes
from tests.knowledge_base.support import FakeEncoder
from tests.support import FakeClock, sign_in
from training.labels import Labels

PASSWORD = "correct horse battery"


class FakeKnowledge:
    """Finds what it was given, or breaks."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self.asked: list[str] = []
        self.broken = False

    def holds(self, *titles: str) -> None:
        self.found = [
            SimpleNamespace(
                article_id=uuid.uuid5(uuid.NAMESPACE_URL, title),
                title=title,
                slug=title.lower().replace(" ", "-"),
                score=0.8,
            )
            for title in titles
        ]

    async def search(self, text: str, limit: int) -> list[Any]:
        self.asked.append(text)
        if self.broken:
            raise RuntimeError("the index is gone")
        return self.found[:limit]


@pytest.fixture
def presence(clock: FakeClock, bus: LocalBus) -> Presence:
    return Presence(clock, bus)


@pytest.fixture
def desk(clock: FakeClock, presence: Presence) -> HandoffDesk:
    return HandoffDesk(clock, presence)


@pytest.fixture
def knowledge() -> FakeKnowledge:
    return FakeKnowledge()


Hire = Callable[..., Awaitable[Staff]]


@pytest.fixture
def hire(database: Database, clock: FakeClock) -> Hire:
    async def hire(login: str, *roles: Role) -> Staff:
        async with database.write() as db:
            return await create_staff(
                db,
                clock,
                login=login,
                name=login.capitalize(),
                password=PASSWORD,
                roles=list(roles or (Role.AGENT,)),
            )

    return hire


@pytest.fixture
def settings() -> Settings:
    return Settings(environment="test", public_url="http://testserver")


class KnownIntents:
    """As training.labels.Labels names them."""

    async def names(self) -> list[str]:
        return ["delivery_info", "order_status", "refund"]


@pytest.fixture
def corrections(clock: FakeClock) -> Corrections:
    labels = cast(Labels, KnownIntents())
    return Corrections(clock, ToTrainer(clock, labels), ToEditor(clock))


@pytest.fixture
def earlier(database: Database, encoder: FakeEncoder) -> EarlierReplies:
    return EarlierReplies(database, Vectors(encoder), encoder.encode)


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder(dimension=256)


@pytest.fixture
def app(
    settings: Settings,
    clock: FakeClock,
    database: Database,
    bus: LocalBus,
    desk: HandoffDesk,
    presence: Presence,
    knowledge: FakeKnowledge,
    corrections: Corrections,
    earlier: EarlierReplies,
) -> FastAPI:
    app = FastAPI()
    app.state.services = SimpleNamespace(
        settings=settings,
        clock=clock,
        database=database,
        bus=bus,
        desk=desk,
        presence=presence,
        sights=(sights := looks(database, desk)),
        board=Board(database, desk, sights),
        knowledge=knowledge,
        limits=Limits.of(clock, settings),
        turns=SimpleNamespace(bot_ok=True),
        corrections=corrections,
        earlier=earlier,
        files=Files(settings, clock),
    )
    install_error_handlers(app)
    app.include_router(routes.router)
    app.include_router(routing_routes.router)
    app.include_router(corrections_routes.router)
    app.include_router(login_routes(clock))
    app.include_router(staff_routes(clock))
    return app


class Api:
    """Calls the app, as nobody or as a member of staff."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.clients: list[httpx.AsyncClient] = []

    def client(self, cookies: dict[str, str] | None = None, **headers: str) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://testserver",
            cookies=cookies,
            headers=headers,
        )
        self.clients.append(client)
        return client

    async def as_staff(self, staff: Staff) -> httpx.AsyncClient:
        held = self.app.state.services
        async with held.database.write() as db:
            token = await sign_in(db, held.clock, staff.login, PASSWORD, 12)
        name = cookie_name(held.settings.secure_cookies)
        return self.client({name: token}, **{CSRF_HEADER: "1"})


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[Api]:
    api = Api(app)
    yield api
    for client in api.clients:
        await client.aclose()
