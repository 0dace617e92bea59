"""Idle sockets ask for their conversation's last number together."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from conversations import messages
from conversations.lookout import Lookout
from conversations.models import Author
from server.database import Database
from tests.handoff.building import Chat
from tests.support import FakeClock


async def test_all_who_ask_within_a_moment_share_one_read(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.lookout.GATHER", 0.01)
    async with database.write() as db:
        chats = [await Chat.begin(db, clock) for _ in range(3)]
        await chats[1].says("hello", "greet")
    statements: list[str] = []

    def note(*call: Any) -> None:
        statements.append(call[2])

    event.listen(database._reader.sync_engine, "before_cursor_execute", note)
    lookout = database.shared(Lookout)
    assert database.shared(Lookout) is lookout
    ids = [chat.id for chat in chats] * 2
    found = await asyncio.gather(*(lookout.last_seq(one) for one in [*ids, uuid.uuid4()]))
    assert found[:3] == found[3:6]
    assert found[1] is not None and found[0] is not None and found[1] > found[0]
    assert found[6] is None
    assert len(statements) == 1


async def test_who_asks_again_sees_what_was_written_meanwhile(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.lookout.GATHER", 0.01)
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
    before = await database.shared(Lookout).last_seq(chat.id)
    async with database.write() as db:
        conversation = await messages.lock(db, chat.id)
        await messages.append(db, clock, conversation, author=Author.CUSTOMER, text="hello")
    after = await database.shared(Lookout).last_seq(chat.id)
    assert before is not None and after is not None and after > before


async def test_a_database_that_is_away_is_told_to_each_and_asked_again(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.lookout.GATHER", 0.01)
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
    lookout, read = database.shared(Lookout), database.read

    def away() -> Any:
        raise OperationalError("SELECT", {}, OSError("away"))

    monkeypatch.setattr(database, "read", away)
    asked = (lookout.last_seq(chat.id), lookout.last_seq(uuid.uuid4()))
    told = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in told] == [OperationalError, OperationalError]
    monkeypatch.setattr(database, "read", read)
    assert await lookout.last_seq(chat.id) is not None
