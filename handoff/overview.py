"""What one look at the desk shows: the queue, one's chats, who is there."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff import entries, queue
from handoff.desk import HandoffDesk
from handoff.presence import Presence
from handoff.routing import assign, load
from handoff.routing.assign import Load
from handoff.teams.roster import Roster
from handoff.views import Colleague, EntryView, Me, QueueView, TeamView
from server.auth import Role, Staff


async def read(db: AsyncSession, desk: HandoffDesk, agent: Staff) -> QueueView:
    """All that this member of staff sees of the desk now."""
    roster = await desk.rosters.now(db)
    staff = await queue.colleagues(db, agent)
    now = desk.clock.now()
    loads = await load.read(db, {agent.id, *(one.id for one in staff)}, now)
    chats = loads[agent.id].chats
    return QueueView(
        now=now,
        waiting=_views(await entries.waiting(db, desk, agent)),
        mine=_views(await entries.chats(db, desk, agent)),
        with_colleagues=_views(await entries.with_colleagues(db, desk, agent)),
        colleagues=[_colleague(desk.presence, roster, one, loads[one.id]) for one in staff],
        teams=[
            TeamView(id=team.id, name=team.name, online=desk.team_online(roster, team))
            for team in roster.teams
        ],
        me=Me(
            state=state_of(desk.presence, roster, agent.id, loads[agent.id]),
            automatic=desk.presence.away().get(agent.id, False),
            chats=chats,
            capacity=roster.agent(agent.id).capacity,
            leads=agent.may(Role.SUPERVISOR) or assign.is_lead(roster, agent.id),
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
