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
from server.clock import Clock


async def of(db: AsyncSession, handoff_id: uuid.UUID) -> CaseRecord:
    """The record of a case, made when there is none yet. Called with the conversation locked."""
    record = await db.get(CaseRecord, handoff_id)
    if record is None:
        record = CaseRecord(handoff_id=handoff_id)
        db.add(record)
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
