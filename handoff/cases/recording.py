"""Writes down what is known of a case when it ends."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from conversations import episodes
from conversations.models import Conversation
from handoff import journal
from handoff.cases import answers, book, causes, records, remedies
from handoff.cases.inputs import Closing, RemedyGiven
from handoff.cases.models import CaseRecord
from handoff.customers import followups
from handoff.desk import HandoffDesk
from handoff.models import CloseOutcome, Handoff
from handoff.teams.roster import Roster
from server.auth import Staff

NOTHING_SAID = Closing()


async def at_end(
    db: AsyncSession,
    desk: HandoffDesk,
    handoff: Handoff,
    agent: Staff,
    outcome: str,
    given: Closing = NOTHING_SAID,
) -> CaseRecord:
    """Answer the four questions of a case that ends now, and keep what the agent says of it.

    Raises:
        RemedyOverLimit: the remedy is more than this agent may give. NotFound: the root cause does not exist.
    """
    roster = await desk.rosters.now(db)
    record = await records.of(db, handoff.id)
    episode = await episodes.numbered(db, handoff.conversation_id, handoff.episode)
    facts = answers.answer(
        handoff,
        await journal.of(db, handoff.id),
        desk.clock.now(),
        lambda staff_id: roster.agent(staff_id).level,
    )
    record.in_time, record.alone, record.escalated = facts.in_time, facts.alone, facts.escalated
    said = answers.from_customer(episode)
    record.acceptable = given.acceptable if said is None else said
    record.note = given.note or record.note or ""
    if given.remedy is not None:
        await _remedy(db, desk, roster, handoff, record, agent, given.remedy)
    if given.cause is not None:
        cause = await causes.find_or_make(db, desk.clock, handoff.topic, given.cause)
        record.root_cause_id = cause.id
        record.whys = [why for why in given.cause.whys if why]
    await _follow_up(db, desk, handoff, agent, outcome, given)
    await db.flush()
    return record


async def _remedy(
    db: AsyncSession,
    desk: HandoffDesk,
    roster: Roster,
    handoff: Handoff,
    record: CaseRecord,
    agent: Staff,
    given: RemedyGiven,
) -> None:
    rules = await book.remedy_rules(db)
    await remedies.check(db, rules, roster, agent, given)
    record.remedy, record.remedy_amount = given.kind.value, given.amount
    record.remedy_by, record.remedy_note = agent.id, given.note
    amount = {} if given.amount is None else {"amount": given.amount, "currency": rules.currency}
    journal.note(db, desk.clock, handoff, "remedied", agent.id, kind=given.kind.value, **amount)


async def _follow_up(
    db: AsyncSession,
    desk: HandoffDesk,
    handoff: Handoff,
    agent: Staff,
    outcome: str,
    given: Closing,
) -> None:
    """What was promised for later, and customers at risk, go on the list."""
    days = (await book.case_rules(db)).follow_up_days
    asked = given.follow_up
    if asked is not None:
        await followups.add(
            db, desk.clock, handoff.conversation_id, agent,
            why=asked.why, due_at=asked.due_at, days=days,
        )  # fmt: skip
    elif outcome == CloseOutcome.FOLLOW_UP:
        await followups.add(
            db, desk.clock, handoff.conversation_id, agent,
            why=followups.PROMISED, due_at=None, days=days,
        )  # fmt: skip
    conversation = await db.get_one(Conversation, handoff.conversation_id)
    await followups.if_at_risk(db, desk.clock, desk.segments, conversation, days=days)
