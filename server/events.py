"""Events say what happened; they are recorded in a session and published after its commit.

An event is a hint: who needs the state reads the database. So a lost event costs a moment, never a message.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import ClassVar, Protocol

import structlog
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

log = structlog.get_logger(__name__)

# A subscriber this far behind is told to read the database instead (see Subscription.lagged).
BACKLOG = 256


class Event(BaseModel):
    """Base of all events; a subclass names its topic, for example ``conversation:<id>``."""

    model_config = ConfigDict(frozen=True)
    kinds: ClassVar[dict[str, type[Event]]] = {}

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)  # type: ignore[arg-type]
        Event.kinds[cls.__name__] = cls

    @property
    def topics(self) -> tuple[str, ...]:
        raise NotImplementedError


class Subscription:
    """What one reader has not read yet. ``lagged`` means events were dropped: read the database."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Event] = asyncio.Queue(BACKLOG)
        self.lagged = False
        self.wants: Callable[[Event], bool] | None = None
        """Which events of its topics concern the reader; for the others it is not even woken. None: all."""

    def offer(self, event: Event) -> None:
        if self.wants is not None and not self.wants(event):
            return
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.lagged = True

    async def next(self) -> Event:
        return await self._queue.get()

    def take(self) -> Event | None:
        """The next event if it is there already."""
        return None if self._queue.empty() else self._queue.get_nowait()

    def drain(self) -> None:
        """Forget what waits: for a reader who reads the state now anyway."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self.lagged = False


class Bus(Protocol):
    async def publish(self, events: Iterable[Event]) -> None: ...

    def subscribe(self, *topics: str) -> AbstractAsyncContextManager[Subscription]: ...


class LocalBus:
    """Events within one process."""

    def __init__(self) -> None:
        self._readers: dict[str, set[Subscription]] = defaultdict(set)

    async def publish(self, events: Iterable[Event]) -> None:
        for event in events:
            readers = {reader for topic in event.topics for reader in self._readers.get(topic, ())}
            for reader in readers:
                reader.offer(event)

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[Subscription]:
        reader = Subscription()
        for topic in topics:
            self._readers[topic].add(reader)
        try:
            yield reader
        finally:
            for topic in topics:
                self._readers[topic].discard(reader)
                if not self._readers[topic]:
                    del self._readers[topic]


def record_event(session: AsyncSession, event: Event) -> None:
    """Have the event published once this session's transaction has committed."""
    session.info.setdefault("events", []).append(event)


def take_events(session: AsyncSession) -> list[Event]:
    events: list[Event] = session.info.pop("events", [])
    return events
