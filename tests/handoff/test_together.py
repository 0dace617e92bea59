"""One read for all who ask within a moment, and never an older one than they asked for."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import event

from handoff import entries, overview, queue
from handoff.desk import HandoffDesk
from handoff.together import Together
from server.auth import Role, create_staff
from server.database import Database
from tests.handoff.building import Chat
from tests.support import FakeClock


class Counted:
    """A read that takes as long as it is told to, and shows the state of its beginning."""

    def __init__(self) -> None:
        self.state = 0
        self.reads = 0
        self.goes_on = asyncio.Event()

    async def read(self) -> int:
        self.reads += 1
        seen = self.state
        await self.goes_on.wait()
        return seen


async def test_who_asks_during_a_read_shares_the_next_one() -> None:
    counted = Counted()
    together = Together(counted.read)
    first = asyncio.create_task(together())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    counted.state = 1
    others = [asyncio.create_task(together()) for _ in range(19)]
    await asyncio.sleep(0)
    counted.goes_on.set()
    assert await first == 0
    assert await asyncio.gather(*others) == [1] * 19
    assert counted.reads == 2


async def test_who_leaves_does_not_end_it_for_the_others() -> None:
    counted = Counted()
    together = Together(counted.read)
    leaver, stays = asyncio.create_task(together()), asyncio.create_task(together())
    await asyncio.sleep(0)
    leaver.cancel()
    counted.goes_on.set()
    assert await stays == 0


async def test_a_failed_read_is_told_and_the_next_one_tries_again() -> None:
    broken = iter([True, False])

    async def read() -> int:
        if next(broken):
            raise RuntimeError("the database is away")
        return 7

    together = Together(read)
    with pytest.raises(RuntimeError):
        await together()
    assert await together() == 7


async def test_twenty_consoles_read_the_lines_twice_and_see_what_each_would_alone(
    database: Database, clock: FakeClock, desk: HandoffDesk
) -> None:
    async with database.write() as db:
        ada, boss = [
            await create_staff(
                db, clock, login=role, name=role, password="a long password", roles=[role]
            )
            for role in (Role.AGENT, Role.SUPERVISOR)
        ]
        chats = [await Chat.begin(db, clock) for _ in range(4)]
        for chat in chats:
            await chat.needs_person(desk)
    async with database.write() as db:
        await queue.claim(db, desk, chats[0].id, ada)
    statements: list[str] = []
    engine = database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    looks = overview.looks(database, desk)
    await asyncio.gather(*(looks() for _ in range(20)))
    assert sum("FROM participants" in one for one in statements) <= 2
    sight = await looks()
    async with database.read() as db:
        for reader in (ada, boss):
            shown = sight.shown(reader)
            assert shown.waiting == await entries.waiting(db, desk, reader)
            assert shown.mine == await entries.chats(db, desk, reader)
            assert shown.with_colleagues == await entries.with_colleagues(db, desk, reader)
            assert len(shown.waiting) == 3
            assert len(shown.mine) + len(shown.with_colleagues) == 1
            board = json.loads(await overview.Board(database, desk, looks)(reader))
            view = json.loads((await overview.read(db, desk, reader)).model_dump_json())
            assert {**board, "now": view["now"]} == view
