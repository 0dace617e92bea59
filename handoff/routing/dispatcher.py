"""Looks after what waits: whenever the queue or somebody's presence changes, and every second."""

from __future__ import annotations

import asyncio

import structlog

from conversations.events import QUEUE
from handoff.routing import offers
from handoff.routing.offers import Desk
from server.database import Database
from server.events import Bus, Subscription

log = structlog.get_logger(__name__)

# Short against an offer's 20 s. Several processes look; whoever is first does it.
SECONDS = 1.0
# All that happens within a moment is looked at once.
GATHER_SECONDS = 0.05


class Dispatcher:
    """Calls `offers.lapse`. ``start`` and ``stop`` belong to the app's life."""

    def __init__(
        self, database: Database, bus: Bus, desk: Desk, *, seconds: float = SECONDS
    ) -> None:
        self._database = database
        self._bus = bus
        self._desk = desk
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="handoff-dispatcher")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        async with self._bus.subscribe(QUEUE) as events:
            while True:
                await self._wait(events)
                try:
                    await offers.lapse(self._database, self._desk)
                except Exception as error:  # a failed look must not end the looking
                    log.error("dispatch_failed", exc_info=error)

    async def _wait(self, events: Subscription) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await events.next()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_SECONDS)
        events.drain()
