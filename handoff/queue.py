"""The queue, and what an agent does with a chat; each step changes owner and record in one transaction."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import owners
from conversations.models import Conversation, Owner, Visitor
from handoff import gathering, notes, words
from handoff.desk import NORMAL_RANK, HandoffDesk, close_open, is_current, latest, may_read
from handoff.history import first_response
from handoff.models import HANDED_BACK, CloseOutcome, Handoff, Priority
from server.auth import Role, Staff, get_staff
from server.errors import Conflict, Invalid, NotFound

# More than a team can look through; each is read with its card, a few kB.
QUEUE_LIMIT = 200


class Excluded(Conflict):
    code, message = "excluded", "The customer asked for somebody else, and a colleague is there."


@dataclass(frozen=True)
class Entry:
    """One line of the queue, or of an agent's own chats."""

    conversation: uuid.UUID
    owner: Owner
    agent_id: uuid.UUID | None
    customer: str | None
    reason: str
    reason_words: str
    priority: str
    priority_reason: str
    moment_of_truth: bool
    first_ask: str | None
    queued_at: datetime
    due_at: datetime | None
    answered: bool
    overdue: bool
    excluded: bool
    last_seq: int


async def waiting(db: AsyncSession, desk: HandoffDesk, agent: Staff) -> list[Entry]:
    """The first `QUEUE_LIMIT` of the queue: the most urgent first, among equals who has waited longest."""
    found = await db.execute(
        select(Conversation, Handoff, Visitor.name)
        .join(Visitor, Visitor.id == Conversation.visitor_id)
        .outerjoin(Handoff, is_current())
        .where(Conversation.owner == Owner.QUEUED)
        .order_by(
            func.coalesce(Handoff.priority_rank, NORMAL_RANK),
            func.coalesce(Conversation.queued_at, Conversation.updated_at),
            Conversation.id,
        )
        .limit(QUEUE_LIMIT)
    )
    return [_entry(row, desk.clock.now(), agent) for row in found]


async def chats(db: AsyncSession, desk: HandoffDesk, agent: Staff) -> list[Entry]:
    """The chats that this agent has now, in the order they were taken."""
    found = await db.execute(
        select(Conversation, Handoff, Visitor.name)
        .join(Visitor, Visitor.id == Conversation.visitor_id)
        .outerjoin(Handoff, is_current())
        .where(Conversation.owner == Owner.AGENT, Conversation.agent_id == agent.id)
        .order_by(Handoff.claimed_at, Conversation.id)
    )
    return [_entry(row, desk.clock.now(), agent) for row in found]


_Row = Row[Conversation, Handoff, str | None]


def _entry(row: _Row, now: datetime, agent: Staff) -> Entry:
    conversation, handoff, customer = row
    summary = (handoff.card.get("summary") or {}) if handoff else {}
    answered = bool(handoff and handoff.first_response_at)
    return Entry(
        conversation=conversation.id,
        owner=conversation.owner,
        agent_id=conversation.agent_id,
        customer=customer,
        reason=handoff.reason if handoff else "",
        reason_words=words.reason(handoff.reason) if handoff else "Waiting",
        priority=handoff.priority if handoff else Priority.NORMAL.value,
        priority_reason=handoff.priority_reason if handoff else "",
        moment_of_truth=bool(handoff and handoff.moment_of_truth),
        first_ask=summary.get("first_ask"),
        queued_at=conversation.queued_at or conversation.updated_at,
        due_at=handoff.due_at if handoff else None,
        answered=answered,
        overdue=bool(handoff and not answered and now > handoff.due_at),
        excluded=bool(handoff and handoff.excluded_agent_id == agent.id),
        last_seq=conversation.last_seq,
    )


async def colleagues(db: AsyncSession, agent: Staff) -> list[Staff]:
    """Everybody else who may take a chat, by name."""
    found = await db.scalars(select(Staff).where(Staff.active).order_by(Staff.name))
    return [one for one in found if one.id != agent.id and one.may(Role.AGENT, Role.SUPERVISOR)]


async def readable(db: AsyncSession, conversation_id: uuid.UUID, staff: Staff) -> Conversation:
    """A conversation this person may read: agents those that came to the desk, supervisors all.

    Raises:
        NotFound: there is none, or it is not theirs to read (not told apart).
    """
    conversation = await db.get(Conversation, conversation_id)
    if conversation is None or not await may_read(db, conversation_id, staff):
        raise NotFound()
    return conversation


async def claim(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, agent: Staff
) -> Conversation:
    """Take a chat from the queue; the first claim wins.

    Raises:
        AlreadyClaimed: another agent was faster, or the customer left.
        Excluded: the customer asked for somebody else than this agent, and a colleague is online.
        NotFound: unknown.
    """
    conversation = await owners.claim(db, desk.clock, conversation_id, agent)
    handoff = await latest(db, conversation_id)
    if handoff is None:
        return conversation
    if handoff.excluded_agent_id == agent.id and desk.presence.online() - {agent.id}:
        raise Excluded()
    handoff.agent_id = agent.id
    handoff.claimed_at = handoff.claimed_at or desk.clock.now()
    return conversation


async def release(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, agent: Staff
) -> Conversation:
    """Put an agent's chat back into the queue, where it keeps its waiting time and gains priority.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown.
    """
    conversation = await owners.release(db, desk.clock, conversation_id, agent)
    handoff = await latest(db, conversation_id)
    if handoff is not None:
        seen = await gathering.read(db, conversation_id, handoff.episode)
        handoff.returns += 1
        verdict = desk.judge(seen, reason=handoff.reason, returns=handoff.returns)
        if verdict.rank <= handoff.priority_rank:
            handoff.priority, handoff.priority_rank = verdict.priority.value, verdict.rank
            handoff.priority_reason = verdict.why[:500]
            handoff.moment_of_truth |= verdict.moment_of_truth
    return conversation


async def transfer(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    agent: Staff,
    to_id: uuid.UUID,
    note: str,
) -> Conversation:
    """Give one's chat to a colleague, with a note that tells them what to know.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown chat or colleague.
        Invalid: the colleague does not take chats, is not there now, or is oneself.
    """
    to = await get_staff(db, to_id)
    if to.id == agent.id or not to.active or not to.may(Role.AGENT, Role.SUPERVISOR):
        raise Invalid("Choose a colleague who takes chats.")
    if to.id not in desk.presence.online():
        raise Invalid(f"{to.name} is not here now.")
    conversation = await owners.transfer(db, desk.clock, conversation_id, agent, to)
    handoff = await latest(db, conversation_id)
    if handoff is not None:
        handoff.agent_id = to.id
    if note.strip():
        await notes.add(db, desk, conversation_id, agent, f"To {to.name}: {note.strip()}")
    return conversation


async def close(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    agent: Staff,
    outcome: CloseOutcome,
) -> Conversation:
    """End one's chat, saying what became of the problem.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown.
    """
    conversation = await owners.close(db, desk.clock, conversation_id, agent)
    await _finish(db, desk, conversation_id, outcome.value)
    return conversation


async def hand_back(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, agent: Staff
) -> Conversation:
    """Give one's chat back to the assistant, which starts afresh with the details given.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown.
    """
    conversation = await owners.hand_back(db, desk.clock, conversation_id, agent)
    await _finish(db, desk, conversation_id, HANDED_BACK)
    return conversation


async def _finish(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, outcome: str
) -> None:
    handoff = await latest(db, conversation_id)
    if handoff is None or handoff.closed_at is not None:
        return
    handoff.first_response_at = await first_response(db, handoff)
    await db.flush()
    await close_open(db, desk.clock, conversation_id, outcome)
