"""One database, SQLite or PostgreSQL: reading sessions, and writing sessions that publish on commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar, cast

from sqlalchemy import DateTime, Dialect, Executable, MetaData, Table, TypeDecorator, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase

from server import sqlite
from server.errors import Unavailable
from server.events import Bus, take_events

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


def table_of(model: type[Base]) -> Table:
    """The model's bare table, for statements of every turn: by its columns a SELECT takes 0.24 ms, by the
    model 0.54, most of it in the mapping of objects. It sees only what was flushed.
    """
    return cast(Table, model.__table__)


T = TypeVar("T")


class UtcDateTime(TypeDecorator[datetime]):
    """Aware times in, aware UTC times out, on both databases; a naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone can't be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Gives sessions. SQLite gets one writer at a time, each transaction begun IMMEDIATE.

    A deferred SQLite transaction that reads and then writes fails at once when another writer was
    faster, whatever the busy timeout; IMMEDIATE waits its turn instead.
    """

    def __init__(self, url: str, bus: Bus) -> None:
        self._bus = bus
        self.is_sqlite = url.startswith("sqlite")
        # Parameters hidden: an error's text reaches the log, and what a customer wrote must not.
        if self.is_sqlite:
            self._writer: AsyncEngine = create_async_engine(
                url,
                pool_size=1,
                max_overflow=0,
                connect_args={"async_creator_fn": partial(sqlite.connect, here=True)},
                hide_parameters=True,
            )
            self._reader: AsyncEngine = create_async_engine(
                url,
                pool_size=8,
                connect_args={"async_creator_fn": sqlite.connect},
                hide_parameters=True,
            )
            _configure_sqlite(self._writer, begin="BEGIN IMMEDIATE")
            _configure_sqlite(self._reader, begin="BEGIN")
            self._turn: asyncio.Lock | None = asyncio.Lock()
        else:
            self._writer = self._reader = create_async_engine(
                url, pool_size=10, pool_pre_ping=True, hide_parameters=True
            )
            self._turn = None
        self._write_session = async_sessionmaker(self._writer, expire_on_commit=False)
        self._read_session = async_sessionmaker(self._reader, expire_on_commit=False)
        self._shared: dict[Callable[[Database], Any], Any] = {}

    def shared(self, make: Callable[[Database], T]) -> T:
        """The one ``make(self)`` of this database, for reads that many do at the same moment."""
        if make not in self._shared:
            self._shared[make] = make(self)
        found: T = self._shared[make]
        return found

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        async with self._read_session() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Commit at the end, then publish what was recorded; on an error, neither.

        Raises:
            Unavailable: the database can't be written now (locked, full, read-only, gone, or all
            connections to it are taken).
        """
        events = []
        async with self._writing(), self._write_session() as session, session.begin():
            yield session
            events = take_events(session)
        await self._bus.publish(events)

    async def execute(self, statement: Executable, values: Mapping[str, Any]) -> None:
        """Run one statement in a transaction of its own, without a session: half its time is saved.

        Raises:
            Unavailable: the database can't be written now.
        """
        async with self._writing(), self._writer.begin() as connection:
            await connection.execute(statement, values)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[None]:
        """Wait for the writer's turn; name the error of a database that can't be written."""
        async with self._turn or nullcontext():
            try:
                yield
            except (OperationalError, PoolTimeout, ConnectionError) as error:
                raise Unavailable("The database can't be written right now.") from error

    async def check_durability(self) -> None:
        """Refuse to run on settings that may lose an acknowledged message at a power cut."""
        async with self._writer.connect() as connection:
            if self.is_sqlite:
                level = (await connection.execute(text("PRAGMA synchronous"))).scalar_one()
                durable = int(level) >= 2
            else:
                level = (await connection.execute(text("SHOW synchronous_commit"))).scalar_one()
                durable = level != "off"
        if not durable:
            raise RuntimeError(f"the database acknowledges before data is on disk ({level})")

    async def close(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()


def _configure_sqlite(engine: AsyncEngine, *, begin: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN below is the only one
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=5000",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.connection.driver_connection.begin_with(begin)
