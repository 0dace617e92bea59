"""The desk as one console sees it, sent whenever it may have changed, or when the console asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from conversations.events import QUEUE
from conversations.guards import Needs
from conversations.wire import Gone, Wire
from server.auth import Staff
from server.events import Event

log = structlog.get_logger(__name__)

# Between two frames to one console: a burst of changes is one picture of what came of it.
GATHER_SECONDS = 0.1


class Announcer:
    """Sends ``{"type": "queue", "desk": …}``. It is built here and not fetched by twenty consoles at once."""

    def __init__(self, room: Needs, wire: Wire, staff: Callable[[], Staff]) -> None:
        self._room = room
        self._wire = wire
        self._staff = staff
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """What this console knows may be old: send the desk again soon."""
        self._asked.set()

    async def run(self) -> None:
        """Send the desk now, and for ever after each change.

        Raises:
            Gone: the client left.
        """
        async with self._room.bus.subscribe(QUEUE) as events:
            events.wants = self._heard
            self._asked.set()
            while True:
                await self._asked.wait()
                self._asked.clear()
                await self._send()
                await asyncio.sleep(GATHER_SECONDS)

    def _heard(self, _: Event) -> bool:
        """One thing to wait for, whoever asks: the event itself need not be kept."""
        self._asked.set()
        return False

    async def _send(self) -> None:
        try:
            desk = await self._room.board(self._staff())
        except Gone:
            raise
        except Exception as error:
            log.error("desk_not_told", exc_info=error)
            # The console then asks by GET /api/queue, which says what is wrong.
            await self._wire.send({"type": "queue"})
            return
        await self._wire.send_text(f'{{"type":"queue","desk":{desk}}}')
