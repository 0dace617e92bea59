"""How long a person would take for somebody who asks for one now: said before anybody queues."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.routing import waits
from handoff.teams.roster import Roster, TeamOnDuty
from server.clock import Clock

# It goes out with every state of every chat, and moves by the minute.
AT_MOST = timedelta(seconds=30)


class Expecting:
    """The middle wait of a normal case at each team, at most half a minute old."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[UUID, tuple[datetime, int | None]] = {}

    async def of(self, db: AsyncSession, roster: Roster, team: TeamOnDuty) -> int | None:
        """Seconds; None when too little is known, as in `waits.expect`."""
        now = self._clock.now()
        held = self._held.get(team.id)
        if held is not None and timedelta() <= now - held[0] < AT_MOST:
            return held[1]
        if held is not None:
            # Whoever asks while it is read again gets what was known: a busy house would read it twenty times.
            self._held[team.id] = (now, held[1])
        known = await waits.recent(db, now, waits.of_team(roster, team), waits.NORMAL_RANK)
        estimate = waits.expect(known, 0.0)
        if len(self._held) > len(roster.teams):
            self._held.clear()  # of teams that are no more
        seconds = estimate.middle if estimate else None
        self._held[team.id] = (now, seconds)
        return seconds
