"""Which staff are there: shared by all app processes through the database, answered from memory.

Each process writes one row per member of staff whose consoles it holds, refreshed by a heartbeat; a row that is
not refreshed any more (its process was killed) counts for nothing. What the other processes hold is read with
each heartbeat, and at once when one of them says that something changed.
"""

from __future__ import annotations

import asyncio
import enum
import uuid
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from conversations import presence_rows
from conversations.events import PRESENCE, PresenceChanged
from conversations.presence_rows import Picture
from server.clock import Clock
from server.database import Database
from server.errors import Unavailable
from server.events import Bus

log = structlog.get_logger(__name__)

BEAT_SECONDS = 3.0
STALE = timedelta(seconds=10)
"""Three beats and a slow one: a row older than this belongs to a process that is gone."""


class State(enum.StrEnum):
    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


class Presence:
    """What this process knows of everybody. Without a database it knows its own consoles only."""

    def __init__(
        self,
        clock: Clock,
        bus: Bus,
        database: Database | None = None,
        *,
        seconds: float = BEAT_SECONDS,
    ) -> None:
        self._clock = clock
        self._bus = bus
        self._database = database
        self._seconds = seconds
        self.process = uuid.uuid4().hex
        self._sockets: Counter[uuid.UUID] = Counter()
        self._seen: dict[uuid.UUID, datetime] = {}
        self._away: dict[uuid.UUID, bool] = {}
        self._written = False
        self._others = Picture()
        self._read_at = clock.now()
        self._tasks: list[asyncio.Task[None]] = []
        # One write or read at a time: an older picture must not replace a newer one.
        self._turn = asyncio.Lock()
        self.since = clock.now()
        """Before this nobody could be seen; count an absence from here at the earliest."""

    # What the desk asks, from memory.

    def online(self) -> frozenset[uuid.UUID]:
        """Who has a console open and takes chats."""
        return self.here() - self._away.keys()

    def here(self) -> frozenset[uuid.UUID]:
        """Who has a console open, away or not."""
        fresh = self._clock.now() - STALE
        others = (staff for staff, seen in self._others.connected.items() if seen > fresh)
        return frozenset(self._sockets).union(others)

    def state(self, staff_id: uuid.UUID) -> State:
        if staff_id not in self.here():
            return State.OFFLINE
        return State.AWAY if staff_id in self._away else State.ONLINE

    def away(self) -> Mapping[uuid.UUID, bool]:
        """Who takes no new chats, there or not; true: since nobody touched their console for a while."""
        return self._away

    def gone_for(self, agent_id: uuid.UUID) -> float:
        """Seconds since the agent was last there; 0 while a console is open in any process.

        After a restart, or a time in which the database could not be read, it counts from then on:
        nobody is said to be gone for a time in which nobody looked.
        """
        if agent_id in self.here():
            return 0.0
        known = (
            self._seen.get(agent_id),
            self._others.last_seen.get(agent_id),
            self._others.connected.get(agent_id),
        )
        last = max([self.since, *(moment for moment in known if moment is not None)])
        return max(0.0, (self._clock.now() - last).total_seconds())

    # What consoles do.

    async def enter(self, agent_id: uuid.UUID) -> None:
        self._sockets[agent_id] += 1
        self.seen(agent_id)
        if self._sockets[agent_id] == 1:
            await self._tell(agent_id, online=True)

    async def leave(self, agent_id: uuid.UUID) -> None:
        self.seen(agent_id)
        self._sockets[agent_id] -= 1
        if self._sockets[agent_id] <= 0:
            del self._sockets[agent_id]
            await self._tell(agent_id, online=False)

    def seen(self, agent_id: uuid.UUID) -> None:
        """Note a sign of life."""
        self._seen[agent_id] = self._clock.now()

    async def set_away(self, staff_id: uuid.UUID, away: bool, *, automatic: bool = False) -> State:
        """Take new chats no more, or again; what a person set by hand, idleness does not change.

        Raises:
            Unavailable: the database can't be written now; nothing has changed.
        """
        self.seen(staff_id)
        async with self._turn:
            if self._database is not None:
                async with self._database.write() as db:
                    idle = await presence_rows.set_away(
                        db, staff_id, away, automatic=automatic, now=self._clock.now()
                    )
            else:
                idle = self._away.get(staff_id)
                if idle is not False or not automatic:
                    idle = automatic if away else None
            self._away = {one: how for one, how in self._away.items() if one != staff_id}
            if idle is not None:
                self._away[staff_id] = idle
        await self._publish(staff_id)
        return self.state(staff_id)

    # The heartbeat.

    async def start(self) -> None:
        """Learn who is there, then go on learning. Belongs to the app's life; tests call `beat`."""
        if self._database is None:
            return
        await self.beat()
        self._tasks = [
            asyncio.create_task(self._beat_on(), name="presence-heartbeat"),
            asyncio.create_task(self._listen(self._database), name="presence-listener"),
        ]

    async def stop(self) -> None:
        """Forget this process' consoles, for the others too."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._database is not None:
            with suppress(Unavailable):  # then the row goes stale by itself
                async with self._database.write() as db:
                    await presence_rows.forget(db, self.process)

    async def beat(self) -> None:
        """Say whom this process holds, and read whom the others hold.

        Raises:
            Unavailable: the database can't be written now.
        """
        if self._database is None:
            return
        async with self._turn:
            if self._sockets or self._seen or self._written:
                seen, self._seen = self._seen, {}
                try:
                    async with self._database.write() as db:
                        await presence_rows.refresh(
                            db, self.process, self._sockets, seen, self._clock.now()
                        )
                except BaseException:
                    self._seen = {**seen, **self._seen}
                    raise
                self._written = bool(self._sockets)
            await self._read(self._database)

    async def _read(self, database: Database) -> None:
        async with database.read() as db:
            picture = await presence_rows.read(db, self.process)
        now = self._clock.now()
        if now - self._read_at > STALE:
            # This process slept, or the database did, and then the others could not be seen either.
            self.since = now
        self._read_at = now
        self._others = picture
        self._away = dict(picture.away)

    async def _beat_on(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await self.beat()
            except Exception as error:  # a missed beat must not end the beating
                log.error("presence_beat_failed", exc_info=error)

    async def _listen(self, database: Database) -> None:
        async with self._bus.subscribe(PRESENCE) as events:
            while True:
                event = await events.next()
                if isinstance(event, PresenceChanged) and event.process == self.process:
                    continue
                events.drain()
                try:
                    async with self._turn:
                        await self._read(database)
                except Exception as error:  # the next beat reads it
                    log.error("presence_read_failed", exc_info=error)

    async def _tell(self, agent_id: uuid.UUID, *, online: bool) -> None:
        """Write this person's row now, and tell the others; a console opens whether or not that works."""
        try:
            await self.beat()
        except Unavailable as error:  # the heartbeat repeats it
            log.warning("presence_not_written", exc_info=error)
        await self._publish(agent_id, online=online)

    async def _publish(self, staff_id: uuid.UUID, *, online: bool | None = None) -> None:
        takes = staff_id in self.online() if online is None else online
        await self._bus.publish(
            [PresenceChanged(agent_id=staff_id, online=takes, process=self.process)]
        )
