"""Which agents are there: known by their open sockets and last sign of life."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime

from conversations.events import PresenceChanged
from server.clock import Clock
from server.events import Bus


class Presence:
    """Counts each agent's open sockets in this process."""

    def __init__(self, clock: Clock, bus: Bus) -> None:
        self._clock = clock
        self._bus = bus
        self._sockets: Counter[uuid.UUID] = Counter()
        self._seen: dict[uuid.UUID, datetime] = {}
        self.since = clock.now()
        """Before this nobody could be seen; count an agent's absence from here at the earliest."""

    async def enter(self, agent_id: uuid.UUID) -> None:
        self._sockets[agent_id] += 1
        self.seen(agent_id)
        if self._sockets[agent_id] == 1:
            await self._bus.publish([PresenceChanged(agent_id=agent_id, online=True)])

    async def leave(self, agent_id: uuid.UUID) -> None:
        self.seen(agent_id)
        self._sockets[agent_id] -= 1
        if self._sockets[agent_id] <= 0:
            del self._sockets[agent_id]
            await self._bus.publish([PresenceChanged(agent_id=agent_id, online=False)])

    def seen(self, agent_id: uuid.UUID) -> None:
        """Note a sign of life."""
        self._seen[agent_id] = self._clock.now()

    def online(self) -> frozenset[uuid.UUID]:
        return frozenset(self._sockets)

    def gone_for(self, agent_id: uuid.UUID) -> float:
        """Seconds since the agent was last there; 0 while a socket is open."""
        if agent_id in self._sockets:
            return 0.0
        last = max(self._seen.get(agent_id, self.since), self.since)
        return max(0.0, (self._clock.now() - last).total_seconds())
