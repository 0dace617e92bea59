"""What a customer does in a chat: say something, press a button, ask for a person, leave the queue."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import handover, inviting, leaving, messages, owners
from conversations.desk import Desk, Reason
from conversations.errors import ButtonExpired
from conversations.frames import Button, Invited
from conversations.models import Author, Conversation, Message, Owner, Turn
from server.clock import Clock
from server.errors import Invalid

PERSON = "person"
CHANGES_HANDS = frozenset({"claimed", "transferred"})
"""The payload of a button that the app answers itself, without the bot."""


@dataclass(frozen=True)
class Said:
    message: Message
    conversation: Conversation
    for_bot: bool
    """Whether the bot may owe an answer: a turn can begin."""
    invited: bool = False
    """Whether it is the first answer to an invitation, which was written before it."""


async def say(
    db: AsyncSession,
    clock: Clock,
    desk: Desk,
    conversation_id: uuid.UUID,
    *,
    client_id: str,
    text: str,
    button: Button | None,
    limit: int,
    person: bool = False,
    invited: Invited | None = None,
) -> Said:
    """Log what the customer says; a closed chat opens again, a repeat changes nothing.

    ``person``: it says what they want a person for, and so no turn of the bot comes of it. ``invited``: what
    the house said first; it is written before the message, once, so that whoever reads it knows what it answers.

    Raises:
        What `messages.append` raises. ClientIdReused: the client_id was used with another body.
        NotFound: no such conversation. Invalid: there is no such button. ButtonExpired: its question is over.
    """
    if person and button:
        raise Invalid("A button says itself whether a person is wanted.")
    payload: dict[str, Any] | None = {"button": button.model_dump()} if button else None
    if person:
        payload = {"person": True}
    conversation, first = await messages.lock_and_find(db, conversation_id, client_id)
    if first is not None:
        repeat = messages.repeat_of(first, Author.CUSTOMER, text, payload)
        return Said(repeat, conversation, for_bot=conversation.owner is Owner.BOT)
    action = await _action_of(db, conversation, button) if button else None
    if conversation.owner is Owner.CLOSED:
        conversation = await owners.reopen(db, clock, conversation_id)
    begun = invited is not None and await inviting.write(db, clock, conversation, invited)
    message = await messages.append(
        db,
        clock,
        conversation,
        author=Author.CUSTOMER,
        text=text,
        payload=payload,
        client_id=client_id,
        limit=limit,
    )
    if person or action == PERSON:
        conversation = await request_person(db, clock, desk, conversation_id)
    elif conversation.owner is not Owner.BOT:
        await owe_nothing(db, conversation_id, message.seq)
        await leaving.explain_once(db, clock, conversation, message.text)
    return Said(message, conversation, conversation.owner is Owner.BOT, begun)


async def request_person(
    db: AsyncSession, clock: Clock, desk: Desk, conversation_id: uuid.UUID
) -> Conversation:
    """Put the customer into the queue; nothing happens to who waits or talks with a person already."""
    conversation = await messages.lock(db, conversation_id)
    if conversation.owner is Owner.CLOSED:
        conversation = await owners.reopen(db, clock, conversation_id)
    if conversation.owner is not Owner.BOT:
        return conversation
    latest = await db.scalar(
        select(Turn)
        .where(Turn.conversation_id == conversation_id, Turn.episode == conversation.episode)
        .order_by(Turn.started_at.desc())
        .limit(1)
    )
    return await handover.to_people(
        db,
        clock,
        desk,
        conversation,
        epoch=conversation.epoch,
        reason=Reason.ASKED,
        turn=latest,
    )


async def was_asked(db: AsyncSession, conversation_id: uuid.UUID, seq: int) -> bool:
    """Whether the chat came into the queue after message `seq`, and so a wish made then has been granted.

    A wish sent again after a dropped connection must not open a chat that a person has closed since.
    """
    await messages.lock(db, conversation_id)
    found = await db.scalar(
        select(Message.seq)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == Author.SYSTEM,
            Message.seq > seq,
            Message.payload["event"].as_string() == "queued",
        )
        .limit(1)
    )
    return found is not None


async def request_other(
    db: AsyncSession, desk: Desk, conversation_id: uuid.UUID, seq: int
) -> Conversation:
    """Have somebody else take over; ``seq`` is the last message that the customer had seen.

    Nothing happens when nobody has the chat, or when it changed hands after that message: a wish sent
    again after a dropped connection must not send the next person away.
    """
    conversation = await messages.lock(db, conversation_id)
    if conversation.owner is not Owner.AGENT:
        return conversation
    later = await db.scalars(
        select(Message).where(
            Message.conversation_id == conversation_id,
            Message.author == Author.SYSTEM,
            Message.seq > seq,
        )
    )
    if any(message.payload.get("event") in CHANGES_HANDS for message in later):
        return conversation
    return await desk.other_person(db, conversation)


async def leave_queue(db: AsyncSession, clock: Clock, conversation_id: uuid.UUID) -> Conversation:
    """Take the customer out of the queue; nothing happens to who talks with the bot already.

    Raises:
        OwnerChanged: a person has the chat now.
    """
    conversation = await messages.lock(db, conversation_id)
    if conversation.owner is Owner.BOT:
        return conversation
    return await owners.cancel(db, clock, conversation_id)


async def pressed(db: AsyncSession, message: Message) -> str | None:
    """What the button does that this customer message pressed; None for typed words."""
    press = message.payload.get("button")
    if not press:
        return None
    return await _payload(db, message.conversation_id, Button.model_validate(press))


async def _action_of(db: AsyncSession, conversation: Conversation, button: Button) -> str:
    action = await _payload(db, conversation.id, button)
    if action is None:
        raise Invalid("There is no such button.")
    if action == PERSON:
        return action
    holder = await _holder(db, conversation.id, button.seq)
    newest = await db.scalar(
        select(Message.seq)
        .where(
            Message.conversation_id == conversation.id,
            Message.author == Author.BOT,
            Message.turn_id != holder.turn_id,
            Message.seq > button.seq,
        )
        .limit(1)
    )
    # "Yes" to an old question would be taken for "yes" to the newest one, which may cancel an order.
    if holder.episode != conversation.episode or (
        newest is not None and holder.payload.get("kind") == "ask"
    ):
        raise ButtonExpired()
    return action


async def _holder(db: AsyncSession, conversation_id: uuid.UUID, seq: int) -> Message:
    found = await db.scalar(
        select(Message).where(
            Message.conversation_id == conversation_id,
            Message.seq == seq,
            Message.author == Author.BOT,
        )
    )
    if found is None:
        raise Invalid("There is no such button.")
    return found


async def _payload(db: AsyncSession, conversation_id: uuid.UUID, button: Button) -> str | None:
    actions = (await _holder(db, conversation_id, button.seq)).payload.get("actions") or []
    return str(actions[button.index]) if button.index < len(actions) else None


async def owe_nothing(db: AsyncSession, conversation_id: uuid.UUID, seq: int) -> None:
    """The bot owes no answer to what was said up to here: a person has the chat."""
    await db.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(answered_seq=seq)
        .execution_options(synchronize_session=False)
    )
