"""SQLite behind asyncio with one hop to its thread for each statement, and none for what changes nothing.

aiosqlite hops for every call, and SQLAlchemy makes four for a statement: cursor, execute, fetch, close.
A message's transactions are thirty statements, and a hop costs as much as the statement it carries
(a transaction of nine: 5.5 ms by aiosqlite's own cursor, 3.0 by this one). BEGIN goes along with the first
statement, and the ROLLBACK with which a pool takes back a committed connection stays at home: 0.4 ms less
for each transaction.

The writer's connection (`connect(…, here=True)`) needs fewer still: once BEGIN IMMEDIATE has come back nobody else
can make it wait, a statement takes some 50 µs, and so the others of the transaction run here, on the event loop.
Everybody who writes waits for a transaction to end, and a busy loop made 2 ms of each hop. COMMIT, which waits for
the disk, and statements for many rows go to the thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any, Self

import aiosqlite


class OneHopCursor:
    """What SQLAlchemy's adapter calls of a cursor; results are fetched with the statement."""

    def __init__(self, connection: OneHopConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> None:
        work = partial(self._run, sqlite3.Cursor.execute, sql, parameters)
        if self._connection.is_ours:
            work()
        else:
            await self._connection.run(work)

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> None:
        await self._connection.run(partial(self._run, sqlite3.Cursor.executemany, sql, parameters))

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    def _run(self, statement: Any, sql: str, parameters: Any) -> None:
        """In the connection's thread, or here (`is_ours`)."""
        cursor = self._connection._conn.cursor()
        try:
            statement(cursor, sql, parameters)
            self.description = cursor.description
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
            if cursor.description:
                self._rows = cursor.fetchall()
        finally:
            cursor.close()


class OneHopConnection(aiosqlite.Connection):
    """aiosqlite's connection with its thread; cursor and transactions differ."""

    _begin: str | None = None
    """How to begin the transaction that SQLAlchemy has begun and SQLite has not."""
    _used = False
    """Whether a statement was sent since the last end: even one that was cancelled may run, and begin it."""
    here = False
    """Whether statements may run on the event loop."""

    @property
    def is_ours(self) -> bool:
        """Whether the transaction has begun in SQLite. The thread then does nothing: who sent it a statement
        waits for it, and a connection whose statement was cancelled is thrown away by SQLAlchemy."""
        return self.here and self._used and self._begin is None

    def cursor(self) -> OneHopCursor:  # type: ignore[override]
        return OneHopCursor(self)

    def begin_with(self, statement: str) -> None:
        """Begin a transaction with the next statement."""
        self._begin = statement

    async def commit(self) -> None:
        await self._end(super().commit)

    async def rollback(self) -> None:
        await self._end(super().rollback)

    async def run(self, work: Callable[[], None]) -> None:
        """Do this in the connection's thread, within the transaction that was begun."""
        self._used = True
        begin, self._begin = self._begin, None
        await self._execute(self._within, begin, work)  # type: ignore[no-untyped-call]

    def _within(self, begin: str | None, work: Callable[[], None]) -> None:
        if begin is not None:
            try:
                self._conn.execute(begin)
            except sqlite3.Error:
                self._begin = begin  # what comes next must not run without it
                raise
        work()

    async def _end(self, end: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._begin = None
        if self._used:
            await end()
            self._used = False


def connect(database: str, *, here: bool = False, **options: Any) -> OneHopConnection:
    """For SQLAlchemy's ``async_creator_fn``: an awaitable that opens the file."""
    if here:
        options["check_same_thread"] = False
    connection = OneHopConnection(partial(sqlite3.connect, database, **options), 64)
    connection.here = here
    connection._thread.daemon = True
    return connection
