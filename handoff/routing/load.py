"""How busy everybody is, read from the tables."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation, Owner
from handoff.models import Handoff
from handoff.routing.assign import Load
from handoff.teams.models import Profile
from handoff.teams.roster import Roster
from server.auth import Role, Staff


async def read(db: AsyncSession, staff: Collection[UUID], now: datetime) -> dict[UUID, Load]:
    """What these people have to do now."""
    chats = await db.execute(
        select(Conversation.agent_id, func.count())
        .where(Conversation.owner == Owner.AGENT, Conversation.agent_id.in_(staff))
        .group_by(Conversation.agent_id)
    )
    has = dict(chats.all())
    offers = await db.execute(
        select(Handoff.offered_to, func.count())
        .where(
            Handoff.closed_at.is_(None),
            Handoff.offered_to.in_(staff),
            Handoff.offered_until > now,
        )
        .group_by(Handoff.offered_to)
    )
    offered = dict(offers.all())
    turns = await db.execute(
        select(Profile.staff_id, Profile.last_offered_at).where(Profile.staff_id.in_(staff))
    )
    last = dict(turns.all())
    return {one: Load(has.get(one, 0), offered.get(one, 0), last.get(one)) for one in staff}


async def taking(db: AsyncSession, roster: Roster, online: Collection[UUID]) -> frozenset[UUID]:
    """Of those who are there, who is offered chats: agents, and whoever was put into a team."""
    members = frozenset[UUID]().union(*(team.members for team in roster.teams))
    found = await db.scalars(select(Staff).where(Staff.id.in_(online), Staff.active))
    return frozenset(one.id for one in found if Role.AGENT in one.roles or one.id in members)


async def lock(db: AsyncSession, staff_id: UUID) -> None:
    """Nobody else gives this person a chat until the transaction ends: what they have is counted under it.

    The row is made with the defaults, which are what no row means.
    """
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(Profile).values(staff_id=staff_id)
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=[Profile.staff_id], set_={"staff_id": statement.excluded.staff_id}
        )
    )
