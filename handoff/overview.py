"""What one look at the desk shows: the queue, one's chats, who is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff import entries, queue
from handoff.desk import HandoffDesk
from handoff.entries import Lines
from handoff.presence import Presence
from handoff.routing import assign, load
from handoff.routing.assign import IDLE, Load
from handoff.teams.roster import Roster
from handoff.together import Together
from handoff.views import Colleague, EntryView, Me, QueueView, TeamView
from server.auth import Staff
from server.database import Database


@dataclass(frozen=True)
class Sight:
    """All of the desk that is the same for everybody who looks."""

    at: datetime
    """Before it was read: of two pictures the one with the later moment is the newer."""
    online: frozenset[UUID]
    staff: Sequence[Colleague]
    """Who takes chats, by name."""
    loads: Mapping[UUID, Load]
    lines: Lines
    roster: Roster
    teams: Sequence[TeamView]

    def shown(self, agent: Staff) -> entries.Shown:
        return entries.shown(agent, self.lines, self.roster, self.online, self.at)


async def look(db: AsyncSession, desk: HandoffDesk) -> Sight:
    """Read it, now."""
    at, online = desk.clock.now(), desk.presence.online()
    staff = await queue.takers(db)
    loads = await load.read(db, {one.id for one in staff}, at)
    roster = await desk.rosters.now(db)
    return Sight(
        at=at,
        online=online,
        staff=[_colleague(desk.presence, roster, one, loads[one.id]) for one in staff],
        loads=loads,
        lines=await entries.lines(db),
        roster=roster,
        teams=[
            TeamView(id=team.id, name=team.name, online=desk.team_online(roster, team))
            for team in roster.teams
        ],
    )


def looks(database: Database, desk: HandoffDesk) -> Together[Sight]:
    """`look` for all consoles that ask within a moment."""

    async def once() -> Sight:
        async with database.read() as db:
            return await look(db, desk)

    return Together(once)


async def read(
    db: AsyncSession, desk: HandoffDesk, agent: Staff, sight: Sight | None = None
) -> QueueView:
    """All that this member of staff sees of the desk now; ``sight`` may have been read for several."""
    sight = sight or await look(db, desk)
    shown = sight.shown(agent)
    if not sight.lines.complete:
        # Before the limit, each reader's own chats come first.
        shown = replace(shown, waiting=await entries.waiting(db, desk, agent))
    return _view(desk, agent, sight, shown)


class Board:
    """The desk as JSON for each console that must be told; whatever they have in common is read once."""

    def __init__(self, database: Database, desk: HandoffDesk, sights: Together[Sight]) -> None:
        self._database = database
        self._desk = desk
        self._sights = sights

    async def __call__(self, agent: Staff) -> str:
        """As `read`; raises what the database raises."""
        sight = await self._sights()
        if sight.lines.complete:
            # Nothing more to read: no session, no turn of the pool.
            return _view(self._desk, agent, sight, sight.shown(agent)).model_dump_json()
        async with self._database.read() as db:
            return (await read(db, self._desk, agent, sight)).model_dump_json()


def _view(desk: HandoffDesk, agent: Staff, sight: Sight, shown: entries.Shown) -> QueueView:
    roster = sight.roster
    mine = sight.loads.get(agent.id, IDLE)
    return QueueView(
        now=sight.at,
        waiting=_views(shown.waiting),
        mine=_views(shown.mine),
        with_colleagues=_views(shown.with_colleagues),
        colleagues=[one for one in sight.staff if one.id != agent.id],
        teams=list(sight.teams),
        me=Me(
            state=state_of(desk.presence, roster, agent.id, mine),
            automatic=desk.presence.away().get(agent.id, False),
            chats=mine.chats,
            capacity=roster.agent(agent.id).capacity,
            leads=entries.leads(roster, agent),
        ),
    )


def state_of(presence: Presence, roster: Roster, staff_id: UUID, has: Load) -> str:
    """online, full (online, but at capacity), away or offline."""
    if staff_id not in presence.here():
        return "offline"
    if staff_id in presence.away():
        return "away"
    return "online" if assign.room_of(roster, staff_id, has) > 0 else "full"


def _views(found: list[entries.Entry]) -> list[EntryView]:
    return [EntryView.of(one) for one in found]


def _colleague(presence: Presence, roster: Roster, one: Staff, has: Load) -> Colleague:
    return Colleague(
        id=one.id,
        name=one.name,
        online=one.id in presence.online(),
        state=state_of(presence, roster, one.id, has),
        chats=has.chats,
        capacity=roster.agent(one.id).capacity,
    )
