"""An app made of this room's routers alone, with a fake bot and a fake desk."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from conversations import (
    action_endpoint,
    messages,
    routes,
    routes_asking,
    socket,
    staff_socket,
    visitors,
)
from conversations.action_endpoint import ActionRunner
from conversations.files.routes import router as files_router
from conversations.files.service import Files
from conversations.models import Author, Conversation, Message
from conversations.presence import Presence
from conversations.tickets import Tickets
from conversations.turns import TurnRunner
from server.auth import COOKIE, Role, Staff, create_staff
from server.database import Database
from server.errors import install_error_handlers
from server.events import LocalBus
from server.limits import Limits
from server.settings import Settings
from tests.conversations.fakes import FakeBoard, FakeBot, FakeDesk, FakeHouse
from tests.conversations.wsclient import Socket, connect
from tests.support import FakeClock, sign_in

OWN = "http://127.0.0.1:8080"
SHOP = "https://shop.example"
PASSWORD = "a long password"


@dataclass
class Room:
    """What server.app.Services will be."""

    settings: Settings
    clock: FakeClock
    database: Database
    bus: LocalBus
    limits: Limits
    bot: FakeBot
    desk: FakeDesk
    turns: TurnRunner
    presence: Presence
    tickets: Tickets
    board: FakeBoard
    files: Files
    widget: FakeHouse = field(default_factory=FakeHouse)
    actions: ActionRunner | None = None

    async def visitor(self, origin: str = SHOP) -> tuple[uuid.UUID, str]:
        """A new visitor's conversation and token."""
        async with self.database.write() as db:
            made, token = await visitors.create(db, self.clock, origin)
            conversation = await visitors.conversation_of(db, made.id)
        return conversation.id, token

    async def say(self, conversation_id: uuid.UUID, text: str) -> None:
        """A customer's message that nobody woke the bot for yet."""
        async with self.database.write() as db:
            conversation = await messages.lock(db, conversation_id)
            await messages.append(db, self.clock, conversation, author=Author.CUSTOMER, text=text)

    async def conversation(self, conversation_id: uuid.UUID) -> Conversation:
        async with self.database.read() as db:
            return await db.get_one(Conversation, conversation_id)

    async def log(self, conversation_id: uuid.UUID) -> list[Message]:
        async with self.database.read() as db:
            return await messages.list_after(db, conversation_id, 0)

    async def texts(self, conversation_id: uuid.UUID, author: Author = Author.BOT) -> list[str]:
        return [m.text for m in await self.log(conversation_id) if m.author is author]

    async def settled(self, conversation_id: uuid.UUID, within: float = 5.0) -> None:
        """Wait until the conversation's turns have ended."""
        async with asyncio.timeout(within):
            while worker := self.turns._workers.get(conversation_id):
                if worker.task is not None:
                    await asyncio.wait({worker.task})

    async def agent(self, name: str = "Ada", roles: tuple[Role, ...] = (Role.AGENT,)) -> Staff:
        async with self.database.write() as db:
            return await create_staff(
                db, self.clock, login=name.lower(), name=name, password=PASSWORD, roles=list(roles)
            )

    async def session(self, staff: Staff) -> str:
        async with self.database.write() as db:
            return await sign_in(db, self.clock, staff.login, PASSWORD, 12)


@pytest.fixture
def settings(tmp_path: Any) -> Settings:
    return Settings(
        environment="test",
        var=tmp_path,
        widget_origins=[SHOP],
        typing_wait=0.3,
        turn_timeout=0.6,
        _env_file=None,
    )


@pytest.fixture
async def room(
    settings: Settings, clock: FakeClock, database: Database, bus: LocalBus
) -> AsyncIterator[Room]:
    bot, desk = FakeBot(), FakeDesk()
    turns = TurnRunner(database, bus, clock, settings, bot, desk)
    made = Room(
        settings=settings,
        clock=clock,
        database=database,
        bus=bus,
        limits=Limits.of(clock, settings),
        bot=bot,
        desk=desk,
        turns=turns,
        presence=Presence(clock, bus),
        tickets=Tickets(clock),
        board=FakeBoard(),
        files=Files(settings, clock),
    )
    await turns.start()
    yield made
    await turns.stop()


@pytest.fixture
def app(room: Room) -> FastAPI:
    made = FastAPI()
    made.state.services = room
    install_error_handlers(made)
    for part in (routes, routes_asking, socket, staff_socket, action_endpoint):
        made.include_router(part.router)
    made.include_router(files_router)
    return made


Chat = Callable[..., AbstractAsyncContextManager[Socket]]


@pytest.fixture
def chat(app: FastAPI) -> Chat:
    def open_chat(origin: str | None = SHOP, **more: Any) -> Any:
        return connect(app, "/ws/chat", origin=origin, **more)

    return open_chat


@pytest.fixture
def console(app: FastAPI) -> Chat:
    def open_console(origin: str | None = OWN, **more: Any) -> Any:
        return connect(app, "/ws/staff", origin=origin, **more)

    return open_console


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=OWN) as client:
        yield client


def signed_in(token: str) -> dict[str, str]:
    return {"cookie": f"{COOKIE}={token}", "x-handrail": "1"}
