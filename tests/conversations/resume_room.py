"""A room for property tests, which need a fresh one for each example in an event loop of their own."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine

from conversations import socket
from conversations.files.service import Files
from conversations.presence import Presence
from conversations.tickets import Tickets
from conversations.turns import TurnRunner
from server.database import Database
from server.events import LocalBus
from server.limits import Limits, Rate
from server.settings import Settings
from server.tables import metadata
from tests.conversations.conftest import SHOP, Chat, Room
from tests.conversations.fakes import FakeBoard, FakeBot, FakeDesk
from tests.conversations.wsclient import Socket, connect
from tests.support import FakeClock


async def _create(file: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()


@asynccontextmanager
async def open_room(file: Path) -> AsyncIterator[tuple[Room, Chat]]:
    """A room without limits in the way, and a function that opens chat sockets."""
    template = file.with_name("template.db")
    if not template.exists():
        await _create(template)
    shutil.copy(template, file)
    clock, bus = FakeClock(), LocalBus()
    settings = Settings(environment="test", var=file.parent, widget_origins=[SHOP], _env_file=None)
    database = Database(f"sqlite+aiosqlite:///{file}", bus)
    bot, desk = FakeBot(), FakeDesk()
    generous = dict.fromkeys(("message", "message_address", "frame", "visitor"), Rate(1e9, 1))
    room = Room(
        settings=settings,
        clock=clock,
        database=database,
        bus=bus,
        limits=Limits(clock, generous, {"chat_visitor": 99, "chat_address": 99}),
        bot=bot,
        desk=desk,
        turns=TurnRunner(database, bus, clock, settings, bot, desk),
        presence=Presence(clock, bus),
        tickets=Tickets(clock),
        board=FakeBoard(),
        files=Files(settings, clock),
    )
    app = FastAPI()
    app.state.services = room
    app.include_router(socket.router)

    def chat() -> AbstractAsyncContextManager[Socket]:
        return connect(app, "/ws/chat", origin=SHOP)

    try:
        yield room, chat
    finally:
        await database.close()
