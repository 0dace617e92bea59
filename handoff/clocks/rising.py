"""What a waiting customer writes may make the case more urgent: a fire does not wait for its turn."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from conversations.models import Author, Conversation, Message, Owner
from handoff import journal
from handoff.clocks import alarms, book, due
from handoff.desk import HandoffDesk
from handoff.models import Handoff
from handoff.priority import Facts, Verdict
from server.database import Database

log = structlog.get_logger(__name__)

# Several sweeps see each message, so one that fails is made good by the next.
RECENT: Final = timedelta(seconds=60)


async def find(db: AsyncSession, desk: HandoffDesk) -> list[uuid.UUID]:
    """Waiting cases that are more urgent by what their customers have just written."""
    now = desk.clock.now()
    found = await db.execute(
        select(Handoff, Message.text)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .join(Message, Message.conversation_id == Conversation.id)
        .options(defer(Handoff.card))
        .where(
            Conversation.owner == Owner.QUEUED,
            Handoff.closed_at.is_(None),
            Handoff.moment_of_truth.is_(False),
            Message.author == Author.CUSTOMER,
            Message.created_at >= Handoff.requested_at,
            Message.created_at > now - RECENT,
        )
    )
    rules = await desk.priorities.now(db)
    plain = rules.judge(Facts(reason=""))
    # Reading a whole case costs 4 ms, and most of what is said while waiting touches no rule.
    telling = {case for case, text in found if rules.judge(Facts(reason="", text=text)) != plain}
    return [case.id for case in telling if _rises(case, await desk.rejudge(db, case))]


def _rises(case: Handoff, verdict: Verdict) -> bool:
    return verdict.rank < case.priority_rank or (
        verdict.moment_of_truth and not case.moment_of_truth
    )


async def lift(database: Database, desk: HandoffDesk, handoff_id: uuid.UUID) -> None:
    """Give the case the priority that its customer's words ask for, and raise the alarm if they do."""
    async with database.write() as db:
        case = await db.scalar(
            select(Handoff)
            .where(Handoff.id == handoff_id, Handoff.closed_at.is_(None))
            .with_for_update()
        )
        if case is None:
            return
        verdict = await desk.rejudge(db, case)
        if not _rises(case, verdict):
            return
        was = case.priority
        if verdict.rank < case.priority_rank:
            case.priority, case.priority_rank = verdict.priority.value, verdict.rank
            case.priority_reason = verdict.why[:500]
            roster = await desk.rosters.now(db)
            due.reprioritise(case, was, await book.read(db), roster.team(case.team_id).hours)
            journal.note(
                db, desk.clock, case, "prioritised",
                priority=case.priority, was=was, why=verdict.why[:300],
            )  # fmt: skip
        if verdict.moment_of_truth:
            alarms.raise_alarm(db, desk.clock, case, verdict.why)
    log.info("case_more_urgent", handoff=str(handoff_id))
