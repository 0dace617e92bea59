"""Who of the staff has which chat on the screen, and who writes there; told between consoles, kept nowhere."""

from __future__ import annotations

import asyncio
import uuid
from typing import Literal

from conversations.events import Attending
from server.auth import Staff
from server.events import Bus

Does = Literal["open", "types", "gone"]

REMIND_SECONDS = 20.0
"""A console forgets a colleague of whom it has heard nothing for 50 s: their process was killed."""


class Attendance:
    """What one console has on its screen."""

    def __init__(self, bus: Bus, staff: Staff) -> None:
        self._bus = bus
        self._staff = staff
        self._console = uuid.uuid4().hex
        self._now: dict[uuid.UUID, Does] = {}

    async def does(self, conversation_id: uuid.UUID, what: Does) -> None:
        """Tell the others what this console does with a chat; who comes anew asks who is there."""
        before = self._now.pop(conversation_id, "gone")
        if what != "gone":
            self._now[conversation_id] = what
        if what != before:
            await self._say([conversation_id], what, asks=before == "gone")

    async def heard(self, event: Attending) -> None:
        """Answer somebody who asks who is there."""
        mine = self._now.get(event.conversation_id)
        if event.asks and mine is not None and event.console != self._console:
            await self._say([event.conversation_id], mine)

    async def remind(self) -> None:
        """Say it again now and then, as long as the console is there."""
        while True:
            await asyncio.sleep(REMIND_SECONDS)
            for conversation_id, what in list(self._now.items()):
                await self._say([conversation_id], what)

    async def end(self) -> None:
        """The console is gone, from every chat."""
        had, self._now = list(self._now), {}
        await self._say(had, "gone")

    async def _say(self, chats: list[uuid.UUID], what: Does, *, asks: bool = False) -> None:
        staff, console = self._staff, self._console
        await self._bus.publish(
            Attending(
                conversation_id=one, staff_id=staff.id, name=staff.name,
                does=what, console=console, asks=asks,
            )
            for one in chats
        )  # fmt: skip
