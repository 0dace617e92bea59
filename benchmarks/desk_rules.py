"""What must be true of a desk after every step, whatever was interrupted."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from conversations.models import Conversation, Message, Owner
from handoff import queue
from handoff.desk import HandoffDesk
from handoff.models import Handoff
from server.auth import Staff

WITH_PEOPLE = (Owner.QUEUED, Owner.AGENT)


@dataclass(frozen=True)
class Standing:
    """What is remembered of a conversation from one step to the next."""

    owner: Owner
    agent_id: uuid.UUID | None
    epoch: int
    alarm: bool
    case: uuid.UUID | None


Picture = dict[uuid.UUID, Standing]


class RuleBroken(AssertionError):
    """A rule of the desk does not hold."""


def demand(holds: bool, what: str, *about: object) -> None:
    if not holds:
        raise RuleBroken(f"{what}: {about}")


async def check(
    db: AsyncSession,
    desk: HandoffDesk,
    supervisor: Staff,
    mine: Collection[uuid.UUID],
    before: Picture,
    *,
    unsettled: Collection[uuid.UUID],
    may_end_alarm: bool,
) -> Picture:
    """Look at these conversations.

    ``unsettled`` may disagree with their cases until the next sweep: the customer left, or a step broke.

    Raises:
        RuleBroken: a rule does not hold.
    """
    found = list(await db.scalars(select(Conversation).where(Conversation.id.in_(mine))))
    cases = list(
        await db.scalars(
            select(Handoff)
            .options(defer(Handoff.card))
            .where(Handoff.conversation_id.in_(mine), Handoff.closed_at.is_(None))
        )
    )
    listed = Counter(one.conversation for one in await queue.waiting(db, desk, supervisor))
    logged = {
        row[0]: (row[1], row[2])
        for row in await db.execute(
            select(Message.conversation_id, func.count(), func.max(Message.seq))
            .where(Message.conversation_id.in_(mine))
            .group_by(Message.conversation_id)
        )
    }
    now: Picture = {}
    for one in found:
        open_cases = [case for case in cases if case.conversation_id == one.id]
        is_agents = one.owner is Owner.AGENT
        demand(is_agents == (one.agent_id is not None), "one owner", one.owner, one.agent_id)
        count, last = logged.get(one.id, (0, 0))
        demand(count == last == one.last_seq, "numbers without holes", count, last, one.last_seq)
        if one.id not in unsettled:
            with_people = one.owner in WITH_PEOPLE
            demand(len(open_cases) == int(with_people), "one open case", one.owner, len(open_cases))
            if is_agents:
                demand(open_cases[0].agent_id == one.agent_id, "the case knows its agent")
        queued = one.owner is Owner.QUEUED
        demand(listed[one.id] == int(queued), "in the queue once", one.owner, listed[one.id])
        if queued:
            demand(one.queued_at is not None, "a waiting time")
            place = (await desk.standing(db, one)).position
            demand(place is not None and place >= 1, "a place in the queue", place)
        case = max(open_cases, key=lambda case: case.epoch) if open_cases else None
        raised = bool(case and case.alarm_at and not case.alarm_owned_at)
        now[one.id] = Standing(
            one.owner, one.agent_id, one.epoch, raised, case.id if case else None
        )
        _follows(before.get(one.id), now[one.id], may_end_alarm=may_end_alarm)
    return now


def _follows(was: Standing | None, now: Standing, *, may_end_alarm: bool) -> None:
    if was is None:
        return
    demand(now.epoch >= was.epoch, "the epoch never falls", was.epoch, now.epoch)
    if (was.owner, was.agent_id) != (now.owner, now.agent_id):
        demand(now.epoch > was.epoch, "each change of owner has an epoch", was, now)
    if was.alarm and was.case == now.case and not may_end_alarm:
        demand(now.alarm, "an alarm stays raised until somebody owns it", was, now)


async def unfinished(db: AsyncSession, mine: Collection[uuid.UUID]) -> list[str]:
    """What has not come to an end with an outcome."""
    stuck = await db.execute(
        select(Conversation.id, Conversation.owner).where(
            Conversation.id.in_(mine), Conversation.owner.in_(WITH_PEOPLE)
        )
    )
    open_cases = await db.execute(
        select(Handoff.id, Handoff.closed_at, Handoff.outcome).where(
            Handoff.conversation_id.in_(mine),
            Handoff.closed_at.is_(None) | Handoff.outcome.is_(None),
        )
    )
    return [str(tuple(row)) for row in (*stuck, *open_cases)]
