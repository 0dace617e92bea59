"""Leads and supervisors read finished tries and score the agent's answers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.practice import errors
from handoff.practice.inputs import LeadScore
from handoff.practice.models import PracticeAttempt, PracticeChat
from server.auth import Staff
from server.clock import Clock
from server.errors import NotFound

log = structlog.get_logger(__name__)
SHOWN = 100


@dataclass(frozen=True)
class Tried:
    """A finished try, of which chat and by whom."""

    attempt: PracticeAttempt
    chat: PracticeChat
    agent: str


async def finished(db: AsyncSession, reader: Staff) -> list[Tried]:
    """Everybody's finished tries but the reader's own; those without a score first, the longest waiting first.

    Only for leads: the caller has asked `access`.
    """
    base = (
        select(PracticeAttempt, PracticeChat, Staff.name)
        .join(PracticeChat, PracticeChat.id == PracticeAttempt.practice_chat_id)
        .join(Staff, Staff.id == PracticeAttempt.staff_id)
        .where(PracticeAttempt.finished_at.is_not(None), PracticeAttempt.staff_id != reader.id)
        .limit(SHOWN)
    )
    waiting = base.where(PracticeAttempt.scored_at.is_(None)).order_by(PracticeAttempt.finished_at)
    scored = base.where(PracticeAttempt.scored_at.is_not(None))
    rows = [
        *(await db.execute(waiting)).all(),
        *(await db.execute(scored.order_by(PracticeAttempt.scored_at.desc()))).all(),
    ]
    return [Tried(attempt, chat, name) for attempt, chat, name in rows]


async def read(db: AsyncSession, attempt_id: UUID, reader: Staff, *, leads: bool) -> Tried:
    """One try: one's own at any time, and for leads everybody's that is finished.

    Raises:
        NotFound: there is none, or it is not the reader's to see.
    """
    row = (
        await db.execute(
            select(PracticeAttempt, PracticeChat, Staff.name)
            .join(PracticeChat, PracticeChat.id == PracticeAttempt.practice_chat_id)
            .join(Staff, Staff.id == PracticeAttempt.staff_id)
            .where(PracticeAttempt.id == attempt_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound()
    tried = Tried(*row)
    theirs = tried.attempt.staff_id == reader.id
    if not theirs and not (leads and tried.attempt.finished_at is not None):
        raise NotFound()
    return tried


async def score(
    db: AsyncSession, clock: Clock, attempt_id: UUID, given: LeadScore, lead: Staff
) -> PracticeAttempt:
    """Score an agent's answers; a second lead's score takes the place of the first.

    Raises:
        NotFound: no such finished try. OwnAttempt: one's own.
    """
    attempt = await db.get(PracticeAttempt, attempt_id, with_for_update=True)
    if attempt is None or attempt.finished_at is None:
        raise NotFound()
    if attempt.staff_id == lead.id:
        raise errors.OwnAttempt()
    attempt.lead_scores, attempt.lead_why = given.scores.model_dump(), given.why
    attempt.scored_by, attempt.scored_by_name = lead.id, lead.name
    attempt.scored_at = clock.now()
    await db.flush()
    log.info("practice_scored", attempt=str(attempt_id), by=lead.login)
    return attempt
