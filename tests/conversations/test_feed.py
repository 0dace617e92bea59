"""Following a chat costs nothing while nothing concerns it: hundreds of widgets hear each move of the queue."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event

from conversations import messages
from conversations.events import QUEUE, ForStaff, OwnerChanged, PresenceChanged
from conversations.feed import follow
from conversations.models import Author, Conversation, Message, Owner, Visitor
from server.database import Database
from server.events import LocalBus
from tests.support import FakeClock


class Listener:
    """A reader (conversations.feed.Reader) that notes what it is told."""

    def __init__(self) -> None:
        self.waits = False
        self.saw_online = False
        self.online = False
        self.told: list[int] = []
        self.states = 0
        self.happened = asyncio.Event()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not true():
                self.happened.clear()
                await self.happened.wait()

    async def message(self, message: Message) -> None:
        self.told.append(message.seq)
        self.happened.set()

    async def caught_up(self, last_seq: int) -> None: ...

    async def typing(self, author: Author, on: bool) -> None: ...

    async def seen(self, side: str, seq: int, at: datetime) -> None: ...

    async def again(self, message: Message) -> None: ...

    async def thumb(self, seq: int, up: bool) -> None: ...

    async def for_staff(self, event: ForStaff) -> None: ...

    async def state(self, told: int) -> bool:
        self.states += 1
        self.saw_online = self.online
        self.happened.set()
        return True

    def queue_moved(self) -> bool:
        return self.waits

    def presence_moved(self) -> bool:
        return self.waits or self.saw_online != self.online


@pytest.fixture
async def chat(database: Database, clock: FakeClock) -> uuid.UUID:
    now = clock.now()
    visitor = Visitor(
        id=uuid.uuid4(), token_hash="h", origin="o", created_at=now, expires_at=now, attributes={},
        claimed={},
    )  # fmt: skip
    conversation = Conversation(visitor_id=visitor.id, created_at=now, updated_at=now)
    async with database.write() as db:
        db.add(visitor)
        await db.flush()
        db.add(conversation)
    return conversation.id


@asynccontextmanager
async def followed(
    database: Database, bus: LocalBus, chat: uuid.UUID, reader: Listener
) -> AsyncIterator[None]:
    task = asyncio.create_task(follow(database, bus, chat, 0, reader, QUEUE))
    await reader.until(lambda: reader.states == 1)
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_move_of_the_queue_wakes_only_who_waits_in_it(
    database: Database, bus: LocalBus, chat: uuid.UUID
) -> None:
    reader = Listener()
    moved = OwnerChanged(conversation_id=uuid.uuid4(), owner=Owner.QUEUED, epoch=1)
    async with followed(database, bus, chat, reader):
        await bus.publish([moved])
        reader.waits = True
        await bus.publish([moved])
        await reader.until(lambda: reader.states == 2)
    assert reader.states == 2


async def test_an_agent_who_comes_or_goes_is_read_only_where_it_changes_something(
    database: Database, bus: LocalBus, chat: uuid.UUID
) -> None:
    reader = Listener()
    came = PresenceChanged(agent_id=uuid.uuid4(), online=True)
    async with followed(database, bus, chat, reader):
        await bus.publish([came])  # others are there, or nobody was and nobody is
        reader.online = True
        await bus.publish([came])
        await reader.until(lambda: reader.states == 2)
        await bus.publish([came])
        reader.online = False
        await bus.publish([came])
        await reader.until(lambda: reader.states == 3)
    assert reader.states == 3


async def test_a_lost_event_is_found_by_its_number_and_quiet_costs_no_more_than_that(
    database: Database,
    bus: LocalBus,
    clock: FakeClock,
    chat: uuid.UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("conversations.feed.POLL", 0.01)
    monkeypatch.setattr("conversations.lookout.GATHER", 0.01)
    monkeypatch.setattr("conversations.feed.STATE_AFTER", 10_000)
    reader, statements = Listener(), list[str]()
    async with followed(database, bus, chat, reader):
        engine = database._reader.sync_engine

        def note(*call: Any) -> None:
            statements.append(call[2])
            reader.happened.set()

        event.listen(engine, "before_cursor_execute", note)
        await reader.until(lambda: len(statements) > 5)
        assert all(
            one.startswith("SELECT conversations.id, conversations.last_seq") for one in statements
        )
        assert reader.states == 1
        other = Database(str(database._writer.url), LocalBus())  # its events reach nobody here
        async with other.write() as db:
            conversation = await messages.lock(db, chat)
            await messages.append(db, clock, conversation, author=Author.BOT, text="hello")
        await other.close()
        await reader.until(lambda: reader.told == [1])
        await reader.until(lambda: reader.states == 2)


async def test_what_no_message_tells_is_read_after_a_while(
    database: Database, bus: LocalBus, chat: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.feed.POLL", 0.01)
    reader = Listener()
    async with followed(database, bus, chat, reader):
        await reader.until(lambda: reader.states == 2)
