"""What an agent does with a chat; each step changes owner and record in one transaction."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import owners
from conversations.lines import line
from conversations.models import Conversation
from handoff import journal, notes
from handoff.cases import recording
from handoff.cases.inputs import Closing
from handoff.desk import HandoffDesk, close_open, latest, may_read
from handoff.entries import QUEUE_LIMIT, Entry, chats, waiting, with_colleagues
from handoff.history import first_response
from handoff.joining import join, leave
from handoff.models import HANDED_BACK, CloseOutcome
from handoff.routing import offers, returning
from handoff.routing.taking import Excluded, OverCapacity, accept, check_room, claim
from server.auth import Role, Staff, get_staff
from server.errors import Invalid, NotFound

__all__ = [
    "QUEUE_LIMIT", "Entry", "Excluded", "OverCapacity", "accept", "chats", "claim", "close", "colleagues",
    "decline", "escalate", "hand_back", "join", "leave", "readable", "release", "someone_else", "takers",
    "transfer", "transfer_to_team", "waiting", "with_colleagues",
]  # fmt: skip

decline = offers.decline


async def takers(db: AsyncSession) -> list[Staff]:
    """Everybody who may take a chat, by name."""
    found = await db.scalars(select(Staff).where(Staff.active).order_by(Staff.name))
    return [one for one in found if one.may(Role.AGENT, Role.SUPERVISOR)]


async def colleagues(db: AsyncSession, agent: Staff) -> list[Staff]:
    """Everybody else who may take a chat, by name."""
    return [one for one in await takers(db) if one.id != agent.id]


async def readable(db: AsyncSession, conversation_id: uuid.UUID, staff: Staff) -> Conversation:
    """A conversation this person may read: agents those that came to the desk, supervisors all.

    Raises:
        NotFound: there is none, or it is not theirs to read (not told apart).
    """
    conversation = await db.get(Conversation, conversation_id)
    if conversation is None or not await may_read(db, conversation_id, staff):
        raise NotFound()
    return conversation


async def release(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    agent: Staff,
    *,
    what: str = "released",
) -> Conversation:
    """Put an agent's chat back into the queue, where it keeps its waiting time and gains priority.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown.
    """
    return await returning.put_back(db, desk, conversation_id, agent, what)


async def someone_else(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, agent: Staff, note: str = ""
) -> Conversation:
    """Put one's chat back for anybody but oneself: the customer wants another person.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown.
    """
    conversation = await returning.to_somebody_else(db, desk, conversation_id, agent)
    await _note(db, desk, conversation_id, agent, "For whoever is next", note)
    return conversation


async def escalate(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, agent: Staff, note: str = ""
) -> Conversation:
    """Pass one's chat to the team's next one, or else to somebody of the team with more experience.

    Raises:
        Invalid: there is nobody above. NotOwner: the chat is not this agent's. NotFound: unknown.
    """
    conversation = await returning.put_back(
        db, desk, conversation_id, agent, "escalated",
        said=line("released_specialist", name=agent.name),
        change=returning.escalated(desk, agent),
    )  # fmt: skip
    await _note(db, desk, conversation_id, agent, "Escalated", note)
    return conversation


async def transfer(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    agent: Staff,
    to_id: uuid.UUID,
    note: str,
    *,
    over_capacity: bool = False,
) -> Conversation:
    """Give one's chat to a colleague, with a note that tells them what to know.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown chat or colleague.
        Invalid: the colleague does not take chats, is not there now, or is oneself.
        OverCapacity: the colleague has no room, and the agent did not say to give it all the same.
    """
    to = await get_staff(db, to_id)
    if to.id == agent.id or not to.active or not to.may(Role.AGENT, Role.SUPERVISOR):
        raise Invalid("Choose a colleague who takes chats.")
    if to.id not in desk.presence.online():
        raise Invalid(f"{to.name} is not here now.")
    conversation = await owners.transfer(db, desk.clock, conversation_id, agent, to)
    if not over_capacity:
        await check_room(db, desk, to, f"{to.name} has")
    handoff = await latest(db, conversation_id)
    if handoff is not None:
        handoff.agent_id = to.id
        journal.note(db, desk.clock, handoff, "transferred", agent.id, to=str(to.id))
    await _note(db, desk, conversation_id, agent, f"To {to.name}", note)
    return conversation


async def transfer_to_team(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    agent: Staff,
    team_id: uuid.UUID,
    note: str,
) -> Conversation:
    """Put one's chat into another team's queue, with a note that tells them what to know.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown chat or team. Invalid: it is that team's.
    """
    roster = await desk.rosters.now(db)
    team = roster.team(team_id)
    if team.id != team_id:
        raise NotFound()
    handoff = await latest(db, conversation_id)
    if handoff is not None and roster.team(handoff.team_id).id == team_id:
        raise Invalid(f"This chat is with {team.name} already.")
    conversation = await returning.put_back(
        db, desk, conversation_id, agent, "transferred",
        said=line("released_team", name=agent.name, team=team.name),
        change=returning.given_to(desk, team, agent),
    )  # fmt: skip
    await _note(db, desk, conversation_id, agent, f"To {team.name}", note)
    return conversation


async def close(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    agent: Staff,
    outcome: CloseOutcome,
    given: Closing = recording.NOTHING_SAID,
) -> Conversation:
    """End one's chat, saying what became of the problem, and perhaps more about the case.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown chat or root cause.
        RemedyOverLimit: the remedy is more than this agent may give; the chat stays open.
    """
    conversation = await owners.close(db, desk.clock, conversation_id, agent)
    await _finish(db, desk, conversation_id, outcome.value, agent, given)
    return conversation


async def hand_back(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, agent: Staff, why: str = ""
) -> Conversation:
    """Give one's chat back to the assistant, which starts afresh with the details given.

    ``why`` becomes a note that only staff see.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown.
    """
    conversation = await owners.hand_back(db, desk.clock, conversation_id, agent)
    await _note(db, desk, conversation_id, agent, "Handed back", why)
    await _finish(db, desk, conversation_id, HANDED_BACK, agent)
    return conversation


async def _finish(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    outcome: str,
    agent: Staff,
    given: Closing = recording.NOTHING_SAID,
) -> None:
    handoff = await latest(db, conversation_id)
    if handoff is None or handoff.closed_at is not None:
        return
    handoff.first_response_at = await first_response(db, handoff)
    await recording.at_end(db, desk, handoff, agent, outcome, given)
    journal.note(db, desk.clock, handoff, "closed", agent.id, outcome=outcome)
    await db.flush()
    await close_open(db, desk.clock, conversation_id, outcome)


async def _note(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    agent: Staff,
    title: str,
    text: str,
) -> None:
    """What the next person should know, if anything was written."""
    if text.strip():
        await notes.add(db, desk, conversation_id, agent, f"{title}: {text.strip()}")
