"""Who answers a conversation. Every change is one conditional UPDATE that adds 1 to the epoch.

bot -- request_handoff --> queued -- claim --> agent -- close --> closed -- reopen --> bot
queued -- cancel --> bot;  agent -- release --> queued;  agent -- hand_back --> bot;  bot -- end --> closed
queued, agent -- lapse --> closed
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import episodes, messages
from conversations.errors import AlreadyClaimed, NotOwner, OwnerChanged
from conversations.events import OwnerChanged as OwnerChangedEvent
from conversations.lines import Line, line, payload_of
from conversations.models import Author, Conversation, Outcome, Owner, Participant
from server.auth import Staff
from server.clock import Clock
from server.errors import Conflict, NotFound
from server.events import record_event

KEPT = line("event_released")


async def request_handoff(
    db: AsyncSession, clock: Clock, conversation: Conversation, *, epoch: int, reason: str
) -> Conversation:
    """Put the bot's conversation into the queue; ``reason`` is one of `desk.Reason`.

    Raises:
        OwnerChanged: the bot does not own it any more, or the epoch is old.
    """
    return await _change(
        db, clock, conversation.id, Owner.BOT, Owner.QUEUED,
        epoch=epoch, lost=OwnerChanged, event="queued", detail={"reason": reason},
        said=line("event_queued"),
        queued_at=clock.now(), agent_id=None,
    )  # fmt: skip


async def claim(
    db: AsyncSession,
    clock: Clock,
    conversation_id: uuid.UUID,
    agent: Staff,
    *,
    epoch: int | None = None,
) -> Conversation:
    """Give a queued conversation to one agent; the first claim wins.

    Raises:
        AlreadyClaimed: another agent was faster, or the customer left. NotFound: unknown.
    """
    return await _change(
        db, clock, conversation_id, Owner.QUEUED, Owner.AGENT,
        epoch=epoch, lost=AlreadyClaimed, event="claimed", agent=agent,
        said=line("event_claimed", name=agent.name),
        agent_id=agent.id,
    )  # fmt: skip


async def release(
    db: AsyncSession,
    clock: Clock,
    conversation_id: uuid.UUID,
    agent: Staff,
    *,
    epoch: int | None = None,
    said: Line = KEPT,
) -> Conversation:
    """Put an agent's chat back into the queue, where it keeps its waiting time; ``said`` tells the customer.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown.
    """
    return await _change(
        db, clock, conversation_id, Owner.AGENT, Owner.QUEUED,
        Conversation.agent_id == agent.id,
        epoch=epoch, lost=NotOwner, event="released", agent=agent, said=said,
        queued_at=func.coalesce(Conversation.queued_at, clock.now()), agent_id=None,
    )  # fmt: skip


async def transfer(
    db: AsyncSession,
    clock: Clock,
    conversation_id: uuid.UUID,
    agent: Staff,
    to: Staff,
    *,
    epoch: int | None = None,
) -> Conversation:
    """Give an agent's chat to a colleague.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown.
    """
    return await _change(
        db, clock, conversation_id, Owner.AGENT, Owner.AGENT,
        Conversation.agent_id == agent.id,
        epoch=epoch, lost=NotOwner, event="transferred", agent=agent,
        said=line("event_transferred", to=to.name, name=agent.name),
        agent_id=to.id,
    )  # fmt: skip


async def close(
    db: AsyncSession,
    clock: Clock,
    conversation_id: uuid.UUID,
    agent: Staff,
    outcome: Outcome = Outcome.CLOSED_BY_AGENT,
    *,
    epoch: int | None = None,
) -> Conversation:
    """End an agent's chat and its episode.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown.
    """
    closed = await _change(
        db, clock, conversation_id, Owner.AGENT, Owner.CLOSED,
        Conversation.agent_id == agent.id,
        epoch=epoch, lost=NotOwner, event="closed", agent=agent, said=line("event_closed"),
        queued_at=None, agent_id=None,
    )  # fmt: skip
    await episodes.end(db, clock, closed.id, closed.episode, outcome)
    return closed


async def end(
    db: AsyncSession, clock: Clock, conversation: Conversation, *, epoch: int, outcome: Outcome
) -> Conversation:
    """End the bot's conversation and its episode.

    Raises:
        OwnerChanged: the bot does not own it any more, or the epoch is old.
    """
    closed = await _change(
        db, clock, conversation.id, Owner.BOT, Owner.CLOSED,
        epoch=epoch, lost=OwnerChanged, event="closed", said=line("event_closed"),
        queued_at=None, agent_id=None,
    )  # fmt: skip
    await episodes.end(db, clock, closed.id, closed.episode, outcome)
    return closed


async def lapse(
    db: AsyncSession, clock: Clock, conversation: Conversation, *, epoch: int
) -> Conversation:
    """End a chat with people, and its episode, because the customer has gone; no agent does it.

    Raises:
        OwnerChanged: it is not with people any more, or the epoch is old.
    """
    if conversation.owner not in (Owner.QUEUED, Owner.AGENT):
        raise OwnerChanged()
    closed = await _change(
        db, clock, conversation.id, conversation.owner, Owner.CLOSED,
        epoch=epoch, lost=OwnerChanged, event="closed", said=line("event_closed"),
        queued_at=None, agent_id=None,
    )  # fmt: skip
    await episodes.end(db, clock, closed.id, closed.episode, Outcome.ABANDONED)
    return closed


async def hand_back(
    db: AsyncSession,
    clock: Clock,
    conversation_id: uuid.UUID,
    agent: Staff,
    *,
    epoch: int | None = None,
) -> Conversation:
    """Give an agent's chat back to the bot, in a new episode that knows the details given.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown.
    """
    return await _begin_again(
        db, clock, conversation_id, Owner.AGENT, Outcome.HANDED_BACK,
        Conversation.agent_id == agent.id,
        epoch=epoch, lost=NotOwner, event="handed_back", agent=agent,
        said=line("event_handed_back", name=agent.name),
    )  # fmt: skip


async def cancel(
    db: AsyncSession, clock: Clock, conversation_id: uuid.UUID, *, epoch: int | None = None
) -> Conversation:
    """The customer leaves the queue: back to the bot, in a new episode.

    Raises:
        OwnerChanged: not in the queue, for example claimed a moment ago. NotFound: unknown.
    """
    return await _begin_again(
        db, clock, conversation_id, Owner.QUEUED, Outcome.CANCELLED,
        epoch=epoch, lost=OwnerChanged, event="cancelled",
        said=line("event_cancelled"),
    )  # fmt: skip


async def reopen(db: AsyncSession, clock: Clock, conversation_id: uuid.UUID) -> Conversation:
    """A closed conversation goes on with the bot, in a new episode.

    Raises:
        OwnerChanged: it isn't closed. NotFound: unknown.
    """
    return await _begin_again(
        db, clock, conversation_id, Owner.CLOSED, Outcome.ABANDONED,
        lost=OwnerChanged, event="reopened", said=line("event_reopened"),
    )  # fmt: skip


async def _begin_again(
    db: AsyncSession,
    clock: Clock,
    conversation_id: uuid.UUID,
    was: Owner,
    outcome: Outcome,
    *conditions: ColumnElement[bool],
    lost: type[Conflict],
    event: str,
    said: Line,
    epoch: int | None = None,
    agent: Staff | None = None,
) -> Conversation:
    """Back to the bot; ``outcome`` ends the old episode unless it has ended already."""
    conversation = await _change(
        db, clock, conversation_id, was, Owner.BOT, *conditions,
        epoch=epoch, lost=lost, event=event, said=said, agent=agent,
        episode=Conversation.episode + 1, queued_at=None, agent_id=None, bot_failures=0,
    )  # fmt: skip
    await episodes.end(db, clock, conversation.id, conversation.episode - 1, outcome)
    await episodes.open_next(db, clock, conversation)
    return conversation


async def _change(
    db: AsyncSession,
    clock: Clock,
    conversation_id: uuid.UUID,
    was: Owner,
    becomes: Owner,
    *conditions: ColumnElement[bool],
    lost: type[Conflict],
    event: str,
    said: Line,
    epoch: int | None = None,
    agent: Staff | None = None,
    detail: dict[str, str] | None = None,
    **values: Any,
) -> Conversation:
    """The one conditional UPDATE, then the system message and the event; zero rows raise ``lost``."""
    if epoch is not None:
        conditions = (*conditions, Conversation.epoch == epoch)
    result = await db.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.owner == was, *conditions)
        .values(
            owner=becomes,
            epoch=Conversation.epoch + 1,
            # A turn that is still running is void now, and nobody owes the older messages a bot's answer.
            running_turn=None,
            answered_seq=Conversation.last_seq,
            updated_at=clock.now(),
            **values,
        )
        .returning(Conversation)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    conversation = result.scalar_one_or_none()
    if conversation is None:
        if await db.scalar(select(Conversation.id).where(Conversation.id == conversation_id)):
            raise lost()
        raise NotFound()
    if was is Owner.AGENT:
        # Who had joined came to help this agent; of the new one's chat they may become a second person again.
        await db.execute(delete(Participant).where(Participant.conversation_id == conversation_id))
    record_event(
        db,
        OwnerChangedEvent(conversation_id=conversation.id, owner=becomes, epoch=conversation.epoch),
    )
    await messages.append(
        db, clock, conversation,
        author=Author.SYSTEM, text=said.text, agent=agent, payload={**payload_of([said], event), **(detail or {})},
    )  # fmt: skip
    return conversation
