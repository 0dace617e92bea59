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
from handoff.models import HANDED_BACK, CloseOutcome, Handoff
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
        RemedyOverCustomerLimit: it is more than this customer may get. WhysWanted: the topic recurs.
    """
    roster = await desk.rosters.now(db)
    record = await records.answered(db, desk.clock, roster, handoff)
    episode = await episodes.numbered(db, handoff.conversation_id, handoff.episode)
    if answers.from_customer(episode) is None:
        record.acceptable = given.acceptable
    record.note = given.note or record.note or ""
    await _check_whys(db, desk, handoff, outcome, given)
    if given.remedy is not None:
        await _remedy(db, desk, roster, handoff, record, agent, given.remedy)
    if given.cause is not None:
        cause = await causes.find_or_make(db, desk.clock, handoff.topic, given.cause)
        record.root_cause_id = cause.id
        record.whys = [why for why in given.cause.whys if why]
    await _follow_up(db, desk, handoff, agent, outcome, given)
    await db.flush()
    return record


async def _check_whys(
    db: AsyncSession, desk: HandoffDesk, handoff: Handoff, outcome: str, given: Closing
) -> None:
    rules = await book.case_rules(db)
    # Of a customer who has gone, or who is with the assistant again, nobody knows why yet.
    if not rules.whys_required or outcome in (CloseOutcome.NO_REPLY, HANDED_BACK):
        return
    cases = await causes.recurrence(db, handoff.topic, desk.clock.now(), rules.within_days)
    if cases >= rules.recurs_after and not await causes.is_explained(db, given.cause):
        raise causes.WhysWanted(
            f"This topic came {cases} times in {rules.within_days} days. Name its root cause, "
            f"and say {causes.WHYS_WANTED} times why it happened.",
            details={"asked": causes.WHYS_WANTED, "cases": cases, "days": rules.within_days},
        )


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
    await remedies.check_customer(db, rules, handoff.conversation_id, given, desk.clock.now())
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
