"""The record of a case, and the customer's later word on it."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import episodes
from handoff import journal
from handoff.cases import answers
from handoff.cases.models import CaseRecord
from handoff.models import Handoff
from handoff.teams.roster import Roster
from server.clock import Clock


async def of(db: AsyncSession, handoff_id: uuid.UUID) -> CaseRecord:
    """The record of a case, made when there is none yet. Called with the conversation locked."""
    record = await db.get(CaseRecord, handoff_id)
    if record is None:
        record = CaseRecord(handoff_id=handoff_id)
        db.add(record)
        await db.flush()
    return record


async def answered(db: AsyncSession, clock: Clock, roster: Roster, handoff: Handoff) -> CaseRecord:
    """The record of a case that ends now, with the four questions answered as far as they are known.

    Whoever ends a case writes it in the same transaction: an agent's close, the clocks, a customer who left.
    """
    record = await of(db, handoff.id)
    episode = await episodes.numbered(db, handoff.conversation_id, handoff.episode)
    facts = answers.answer(
        handoff,
        await journal.of(db, handoff.id, *answers.TELLING),
        clock.now(),
        lambda staff_id: roster.agent(staff_id).level,
    )
    record.in_time, record.alone, record.escalated = facts.in_time, facts.alone, facts.escalated
    said = answers.from_customer(episode)
    if said is not None:
        record.acceptable = said
    await db.flush()
    return record


async def rated(db: AsyncSession, clock: Clock, conversation_id: uuid.UUID, number: int) -> None:
    """The customer has rated an episode: their word on its cases goes before the agent's.

    Called in the transaction that keeps the rating.
    """
    episode = await episodes.numbered(db, conversation_id, number)
    said = answers.from_customer(episode)
    if said is None:
        return
    cases = await db.scalars(
        select(Handoff).where(Handoff.conversation_id == conversation_id, Handoff.episode == number)
    )
    for handoff in cases:
        (await of(db, handoff.id)).acceptable = said
        journal.note(db, clock, handoff, "rated", score=episode.rating)
    await db.flush()
