"""The database commits before it publishes, never loses a race silently, and says when it can't write."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Integer, text
from sqlalchemy.exc import (
    IntegrityError,
    OperationalError,
    PendingRollbackError,
    StatementError,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, Database, UtcDateTime
from server.errors import Unavailable
from server.events import Event, LocalBus, record_event
from server.sqlite import OneHopConnection


class Counter(Base):
    __tablename__ = "test_counters"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    value: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Counted(Event):
    value: int

    @property
    def topics(self) -> tuple[str, ...]:
        return ("counter",)


async def test_a_committed_change_is_published_and_readable(
    any_database: Database, bus: LocalBus
) -> None:
    async with bus.subscribe("counter") as reader:
        async with any_database.write() as db:
            db.add(Counter(id=1, value=7))
            record_event(db, Counted(value=7))
        event = await asyncio.wait_for(reader.next(), 1)
        async with any_database.read() as db:
            counter = await db.get_one(Counter, 1)
    assert isinstance(event, Counted)
    assert (event.value, counter.value) == (7, 7)


async def test_a_failed_change_is_neither_stored_nor_published(
    any_database: Database, bus: LocalBus
) -> None:
    async with bus.subscribe("counter") as reader:
        with pytest.raises(ZeroDivisionError):
            async with any_database.write() as db:
                db.add(Counter(id=1, value=7))
                record_event(db, Counted(value=7))
                raise ZeroDivisionError
        async with any_database.read() as db:
            assert await db.get(Counter, 1) is None
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.next(), 0.05)


async def test_read_then_write_never_loses_an_update(database: Database) -> None:
    async with database.write() as db:
        db.add(Counter(id=1, value=0))

    async def increment() -> None:
        async with database.write() as db:
            counter = await db.get_one(Counter, 1)
            await asyncio.sleep(0)
            counter.value += 1

    await asyncio.gather(*(increment() for _ in range(40)))
    async with database.read() as db:
        assert (await db.get_one(Counter, 1)).value == 40


async def test_a_locked_database_is_reported_as_unavailable(
    database: Database, tmp_path: Path
) -> None:
    async with database.write() as db:
        await db.execute(text("PRAGMA busy_timeout=50"))
    intruder = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    intruder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        async with database.write() as db:
            db.add(Counter(id=1, value=1))
    intruder.execute("ROLLBACK")
    intruder.close()
    async with database.write() as db:
        db.add(Counter(id=1, value=1))


async def test_a_statement_after_a_refused_begin_is_not_committed_alone(
    database: Database, tmp_path: Path
) -> None:
    async with database.write() as db:
        await db.execute(text("PRAGMA busy_timeout=50"))
    intruder = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    intruder.execute("BEGIN IMMEDIATE")
    add = text("INSERT INTO test_counters (id, value) VALUES (:id, 1)")
    with pytest.raises(ZeroDivisionError):
        async with database.write() as db:
            with pytest.raises(OperationalError):
                await db.execute(add, {"id": 1})
            intruder.execute("ROLLBACK")
            await db.execute(add, {"id": 2})
            raise ZeroDivisionError
    intruder.close()
    async with database.read() as db:
        assert (await db.execute(text("SELECT count(*) FROM test_counters"))).scalar_one() == 0


async def test_a_cancelled_statement_leaves_no_transaction_open(
    database: Database, tmp_path: Path
) -> None:
    slow = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) "
        "INSERT INTO test_counters (id, value) SELECT max(i), 1 FROM n"
    )

    async def write() -> None:
        async with database.write() as db:
            await db.execute(slow)

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.02)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None, timeout=5)
    other.execute("BEGIN IMMEDIATE")
    assert other.execute("SELECT count(*) FROM test_counters").fetchone() == (0,)
    other.execute("ROLLBACK")
    other.close()
    async with database.write() as db:
        db.add(Counter(id=1, value=1))


async def test_begin_and_the_pools_rollback_cost_no_way_to_the_thread(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    execute = OneHopConnection._execute

    def counting(self: OneHopConnection, work: Callable[..., object], *args: object) -> object:
        sent.append(getattr(work, "__name__", ""))
        return execute(self, work, *args)  # type: ignore[no-untyped-call]

    add = text("INSERT INTO test_counters (id, value) VALUES (:id, 1)")
    await database.execute(add, {"id": 1})
    monkeypatch.setattr(OneHopConnection, "_execute", counting)
    await database.execute(add, {"id": 2})
    assert sent == ["_within", "commit"]


async def test_a_transaction_that_has_the_writer_stays_on_the_loop(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    execute = OneHopConnection._execute

    def counting(self: OneHopConnection, work: Callable[..., object], *args: object) -> object:
        sent.append(getattr(work, "__name__", ""))
        return execute(self, work, *args)  # type: ignore[no-untyped-call]

    add = text("INSERT INTO test_counters (id, value) VALUES (:id, 1)")
    count = text("SELECT count(*) FROM test_counters")
    async with database.write() as db, database.read() as other:
        await db.execute(count)
        await other.execute(count)
    monkeypatch.setattr(OneHopConnection, "_execute", counting)
    async with database.write() as db:
        for number in range(5):
            await db.execute(add, {"id": number})
        assert (await db.execute(count)).scalar_one() == 5
        with pytest.raises(IntegrityError):
            await db.execute(add, {"id": 1})
        assert sent == ["_within"], "only the first, which waits for its turn, goes to the thread"
        await db.execute(add, [{"id": 10}, {"id": 11}])
    assert sent == ["_within", "_within", "commit"], "many rows and the disk are waited for there"
    sent.clear()
    async with database.read() as db:
        assert (await db.execute(count)).scalar_one() == 7
        assert (await db.execute(count)).scalar_one() == 7
    assert sent.count("_within") == 2, "a reading may take long: none runs on the loop"


async def test_after_a_cancelled_statement_none_runs_beside_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, execute = asyncio.Event(), OneHopConnection._execute

    def noticed(self: OneHopConnection, *work: object) -> object:
        sent.set()
        return execute(self, *work)  # type: ignore[no-untyped-call]

    # Long enough to be at it still when the cancellation comes, which is at once.
    slow = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) "
        "SELECT max(i) FROM n"
    )
    add = text("INSERT INTO test_counters (id, value) VALUES (:id, 1)")
    async with database.write() as db:
        await db.execute(text("SELECT 1"))  # the connection is there
    with pytest.raises(PendingRollbackError), monkeypatch.context() as patch:
        async with database.write() as db:
            patch.setattr(OneHopConnection, "_execute", noticed)
            running = asyncio.create_task(db.execute(slow))
            await sent.wait()
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            # The thread may still be at it: this connection takes nothing more.
            await db.execute(add, {"id": 1})
    async with database.write() as db:
        await db.execute(add, {"id": 2})
    async with database.read() as db:
        found = await db.execute(text("SELECT id FROM test_counters"))
        assert found.scalars().all() == [2]


async def test_sqlite_is_opened_so_that_a_power_cut_loses_nothing_acknowledged(
    database: Database,
) -> None:
    await database.check_durability()
    async with database.write() as db:
        assert (await db.execute(text("PRAGMA journal_mode"))).scalar_one() == "wal"
        assert (await db.execute(text("PRAGMA synchronous"))).scalar_one() == 2


async def test_times_keep_their_zone_and_naive_times_are_refused(database: Database) -> None:
    moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    async with database.write() as db:
        db.add(Counter(id=1, value=1, at=moment))
    async with database.read() as db:
        assert (await db.get_one(Counter, 1)).at == moment
    with pytest.raises(StatementError):
        async with database.write() as db:
            db.add(Counter(id=2, value=1, at=moment.replace(tzinfo=None)))


async def test_a_reader_that_falls_behind_is_told_to_read_the_database(bus: LocalBus) -> None:
    async with bus.subscribe("counter") as reader:
        await bus.publish(Counted(value=number) for number in range(1000))
        assert reader.lagged
