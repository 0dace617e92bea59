"""An agent takes a chat: by claiming it from the queue, or by accepting the offer of it."""

from __future__ import annotations

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages, owners
from conversations.errors import AlreadyClaimed
from conversations.models import Conversation, Owner
from handoff import journal
from handoff.clocks import alarms
from handoff.desk import HandoffDesk, latest
from handoff.routing import load
from handoff.routing.offers import OfferOver, withdraw
from server.auth import Staff
from server.errors import Conflict


class Excluded(Conflict):
    code, message = "excluded", "The customer asked for somebody else, and a colleague is there."


class OverCapacity(Conflict):
    """Allowed when it is said expressly: the person knows best what they can do."""

    code, message = "over_capacity", "That is more chats at once than they take."


async def claim(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    agent: Staff,
    *,
    over_capacity: bool = False,
) -> Conversation:
    """Take a chat from the queue; the first claim wins.

    Raises:
        AlreadyClaimed: another agent was faster, or the customer left.
        Excluded: the customer asked for somebody else than this agent, and a colleague is online.
        OverCapacity: the agent has no room left, and did not say that they take it all the same.
        NotFound: unknown.
    """
    conversation = await owners.claim(db, desk.clock, conversation_id, agent)
    handoff = await latest(db, conversation_id)
    excluded = handoff is not None and handoff.excluded_agent_id == agent.id
    if excluded and desk.presence.online() - {agent.id}:
        raise Excluded()
    if not over_capacity:
        await check_room(db, desk, agent, "You have")
    if handoff is None:
        return conversation
    handoff.agent_id = agent.id
    handoff.claimed_at = handoff.claimed_at or desk.clock.now()
    journal.note(
        db, desk.clock, handoff, "claimed", agent.id, offered=handoff.offered_to == agent.id
    )
    withdraw(handoff)
    alarms.own(db, desk.clock, handoff, agent.id)
    return conversation


async def accept(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, agent: Staff
) -> Conversation:
    """Take the chat that one is offered.

    Raises:
        OfferOver: it is offered to somebody else, or to nobody any more. AlreadyClaimed: somebody has
        claimed it, or the customer left. NotFound: unknown.
    """
    conversation = await messages.lock(db, conversation_id)
    if conversation.owner is not Owner.QUEUED:
        raise AlreadyClaimed()
    handoff = await latest(db, conversation_id)
    if handoff is None or handoff.offered_to != agent.id:
        raise OfferOver()
    # The offer counted as one of their chats: there is room for it.
    return await claim(db, desk, conversation_id, agent, over_capacity=True)


async def check_room(db: AsyncSession, desk: HandoffDesk, to: Staff, who: str) -> None:
    """Called after the chat was given to ``to``, in the same transaction; ``who``: "You have", "Ada has".

    Raises:
        OverCapacity: it is one more than they take.
    """
    await load.lock(db, to.id)
    has = (await load.read(db, {to.id}, desk.clock.now()))[to.id].chats - 1
    capacity = (await desk.rosters.now(db)).agent(to.id).capacity
    if has >= capacity:
        raise OverCapacity(
            f"{who} {has} chats of {capacity} already.",
            details={"chats": has, "capacity": capacity},
        )
