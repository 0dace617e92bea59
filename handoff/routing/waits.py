"""How long the wait still is, said with its spread: from what others waited, not from a wish."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation, Owner
from handoff.models import Handoff
from handoff.priority import RANKS
from handoff.teams.roster import Roster, TeamOnDuty
from server.database import UtcDateTime

# Recent enough to be true, enough to be worth saying.
WITHIN = timedelta(hours=24)
ENDED, WAITING, AT_LEAST = 50, 200, 3
NORMAL_RANK = RANKS["normal"]


@dataclass(frozen=True)
class Wait:
    """One customer's wait in seconds; ``ended`` by a person, otherwise still going on or given up."""

    seconds: float
    ended: bool


@dataclass(frozen=True)
class Estimate:
    """Seconds still to wait: for the middle half of those who had waited as long."""

    low: int
    middle: int
    high: int


def expect(waits: Iterable[Wait], waited: float) -> Estimate | None:
    """The quartiles of what is still to wait after ``waited`` seconds; None when too little is known.

    The product-limit estimate (Kaplan and Meier, 1958), given that the wait has lasted so long: those who
    still wait or gave up count for as long as they waited. Without them only the lucky would be counted.
    At least three must have been answered after a longer wait, and three quarters of them by a known time.
    """
    longer = sorted((one.seconds, one.ended) for one in waits if one.seconds >= waited)
    if sum(ended for _, ended in longer) < AT_LEAST:
        return None
    quartiles: list[float] = []
    left, at_risk = 1.0, len(longer)
    for seconds, ended in longer:
        if ended:
            left *= 1 - 1 / at_risk
            # 1e-9: three of four is .25, whatever the products round to.
            while len(quartiles) < 3 and left <= 1 - (len(quartiles) + 1) / 4 + 1e-9:
                quartiles.append(seconds - waited)
        at_risk -= 1
    if len(quartiles) < 3:
        return None
    low, middle, high = (round(one) for one in quartiles)
    return Estimate(low, middle, high)


def of_team(roster: Roster, team: TeamOnDuty) -> ColumnElement[bool]:
    """The requests that wait for this team; the home team has those of teams that are no more, too."""
    mine: ColumnElement[bool] = Handoff.team_id == team.id
    if team.id == roster.home.id:
        known = [one.id for one in roster.teams]
        mine = or_(mine, Handoff.team_id.is_(None), Handoff.team_id.not_in(known))
    return mine


async def recent(
    db: AsyncSession, now: datetime, team: ColumnElement[bool], rank: int
) -> Sequence[Wait]:
    """The waits of the last day at this team for cases as pressing as this one."""
    alike = (team, Handoff.priority_rank == rank)
    ended_at = func.coalesce(Handoff.claimed_at, Handoff.closed_at)
    ended = await db.execute(
        select(Handoff.requested_at, Handoff.claimed_at, Handoff.closed_at)
        .where(*alike, ended_at > now - WITHIN)
        .order_by(ended_at.desc())
        .limit(ENDED)
    )
    waits = []
    for requested, claimed, closed in ended:
        end = claimed or closed
        if end is not None:
            waits.append(Wait((end - requested).total_seconds(), claimed is not None))
    waiting = await db.scalars(
        select(Handoff.requested_at)
        .where(*alike, Handoff.claimed_at.is_(None), Handoff.closed_at.is_(None))
        .order_by(Handoff.requested_at.desc())
        .limit(WAITING)
    )
    return waits + [Wait((now - at).total_seconds(), False) for at in waiting]


async def count_ahead(
    db: AsyncSession,
    team: ColumnElement[bool],
    rank: int,
    queued_at: datetime,
    conversation_id: uuid.UUID,
    *,
    cardless: bool,
) -> int:
    """How many of the team's queue come before this place; the order is that of `queue.waiting`.

    ``cardless``: chats whose card could not be made wait for this team, too.
    """
    theirs = func.coalesce(Handoff.priority_rank, NORMAL_RANK)
    place = tuple_(theirs, Conversation.queued_at, Conversation.id)
    found = await db.execute(
        select(func.count(func.distinct(Conversation.id)))
        .select_from(Conversation)
        .outerjoin(
            Handoff,
            (Handoff.conversation_id == Conversation.id) & Handoff.closed_at.is_(None),
        )
        .where(
            Conversation.owner == Owner.QUEUED,
            case((Handoff.id.is_(None), literal(cardless)), else_=team),
            place
            < tuple_(literal(rank), literal(queued_at, UtcDateTime), literal(conversation_id)),
        )
    )
    return found.scalar_one()
