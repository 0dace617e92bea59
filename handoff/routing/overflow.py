"""A chat that has waited too long for its own team is shown to a second one."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation, Owner
from handoff import journal
from handoff.models import Handoff
from handoff.routing.events import OfferChanged
from handoff.routing.waits import of_team
from handoff.teams.roster import Roster, TeamOnDuty
from server.clock import Clock
from server.events import record_event


def second_team(roster: Roster, team: TeamOnDuty) -> TeamOnDuty | None:
    """The team that helps out, unless there is none (any more)."""
    return next((one for one in roster.teams if one.id == team.overflow_team_id != team.id), None)


def helped(roster: Roster) -> list[tuple[TeamOnDuty, TeamOnDuty]]:
    """Each team with the one that helps it out."""
    pairs = ((team, second_team(roster, team)) for team in roster.teams)
    return [(team, second) for team, second in pairs if second is not None]


async def is_due(db: AsyncSession, clock: Clock, roster: Roster) -> bool:
    """Whether anything has waited too long for its own team."""
    for team, _ in helped(roster):
        if await db.scalar(select(Handoff.id).where(_late(clock, roster, team)).limit(1)):
            return True
    return False


async def spill(db: AsyncSession, clock: Clock, roster: Roster) -> int:
    """Open what has waited too long to the teams that help out; returns how many chats that were."""
    spilt = 0
    for team, second in helped(roster):
        found = await db.scalars(
            update(Handoff)
            .where(_late(clock, roster, team))
            .values(overflowed_at=clock.now())
            .returning(Handoff)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        for handoff in found.all():
            journal.note(db, clock, handoff, "overflowed", to=second.name)
            record_event(db, OfferChanged(conversation_id=handoff.conversation_id))
            spilt += 1
    return spilt


def _late(clock: Clock, roster: Roster, team: TeamOnDuty) -> ColumnElement[bool]:
    waiting = select(Conversation.id).where(Conversation.owner == Owner.QUEUED)
    return and_(
        of_team(roster, team),
        Handoff.closed_at.is_(None),
        Handoff.overflowed_at.is_(None),
        func.coalesce(Handoff.routed_at, Handoff.requested_at)
        < clock.now() - timedelta(seconds=team.overflow_seconds),
        Handoff.conversation_id.in_(waiting),
    )
