"""What the customer is asked beside the conversation itself: consent, form, thumbs and surveys.

The same for socket and REST. Until the house's words are agreed to nothing that the customer wrote is taken in.
"""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import consent, episodes, form, frames, messages, surveys, thumbs, visitors
from conversations.events import CustomerAsked
from conversations.guards import CurrentVisitor, Needs, needs
from conversations.house import ChatSettings
from conversations.models import Conversation, Visitor
from server.errors import Forbidden
from server.events import record_event

# Nothing of these was written by the customer, and none of them tells who they are.
BEFORE_CONSENT = (frames.Agree, frames.Sees, frames.Cancel, frames.Ping, frames.Hello)


async def agreed_visitor(request: Request, visitor: CurrentVisitor) -> Visitor:
    """The visitor, if they have agreed to what the house asks for.

    Raises:
        ConsentRequired: they have not.
    """
    room = needs(request)
    house = await room.widget.config()
    if house.consent is not None:
        async with room.database.read() as db:
            await consent.require(db, house, visitor.id)
    return visitor


AgreedVisitor = Annotated[Visitor, Depends(agreed_visitor)]


class Gate:
    """Of one socket: lets a frame pass once the visitor has agreed, and remembers that they have."""

    def __init__(self, room: Needs, visitor_id: uuid.UUID) -> None:
        self._room, self._visitor_id = room, visitor_id
        self._agreed = 0

    async def check(self, frame: frames.CustomerFrame) -> None:
        """Raises:
        ConsentRequired: what the customer wrote may not be taken in yet.
        """
        if isinstance(frame, BEFORE_CONSENT):
            return
        house = await self._room.widget.config()
        if house.consent is None or self._agreed >= house.consent.version:
            return
        async with self._room.database.read() as db:
            await consent.require(db, house, self._visitor_id)
        self._agreed = house.consent.version


async def state_of(
    db: AsyncSession, room: Needs, house: ChatSettings, conversation: Conversation
) -> dict[str, Any]:
    """The part of the customer's state that asks them something."""
    wanted, before = None, False
    if house.consent is not None:
        wanted = await consent.wanted(db, house, conversation.visitor_id)
    if house.form and conversation.last_seq == 0:
        visitor = await db.get_one(Visitor, conversation.visitor_id)
        before = form.is_wanted(house, visitor, conversation.last_seq)
    survey = await surveys.due(db, room.clock.now(), house, room.desk, conversation)
    return {"consent": wanted, "form": before, "survey": survey.value if survey else None}


async def agree(
    room: Needs, visitor_id: uuid.UUID, conversation_id: uuid.UUID, version: int
) -> None:
    """Note the customer's consent.

    Raises:
        TooMany: too often. ConsentRequired: it is not to what the house asks for now.
    """
    room.limits.take("message", str(visitor_id))
    house = await room.widget.config()
    async with room.database.write() as db:
        await consent.give(db, room.clock, house, visitor_id, version)
        record_event(db, CustomerAsked(conversation_id=conversation_id))


async def give_details(
    room: Needs, visitor_id: uuid.UUID, conversation_id: uuid.UUID, said: frames.Details
) -> None:
    """Keep how the customer is reached, and what they wrote into the form.

    Raises:
        Invalid: one of them has not the right form.
    """
    house = await room.widget.config()
    plain = said.answers is None or (said.name, said.email, said.zone) != (None, None, None)
    async with room.database.write() as db:
        # The chat before the visitor, as surveys take them: else each of two tabs may wait for the other.
        await messages.lock(db, conversation_id)
        if plain:
            await visitors.give_details(
                db, visitor_id, name=said.name, email=said.email, zone=said.zone
            )
        if said.answers is not None:
            await form.give(db, room.clock, house, visitor_id, conversation_id, said.answers)
        await room.desk.details_given(db, conversation_id)


async def rate(room: Needs, conversation_id: uuid.UUID, said: frames.Rate) -> None:
    """Keep the stars of an ended episode, once.

    Raises:
        What `episodes.rate` raises.
    """
    async with room.database.write() as db:
        await episodes.rate(
            db, room.clock, conversation_id, said.episode, score=said.score, comment=said.comment
        )
        await surveys.rated(db, room.clock, conversation_id, said.episode, said.score, said.comment)
        await room.desk.rated(db, conversation_id, said.episode)


async def thumb(room: Needs, conversation_id: uuid.UUID, said: frames.Thumbs) -> None:
    """Keep the customer's word on one answer.

    Raises:
        Forbidden: the house does not ask. And what `thumbs.give` raises.
    """
    if not (await room.widget.config()).thumbs:
        raise Forbidden("This is not asked here.")
    async with room.database.write() as db:
        await thumbs.give(
            db, room.clock, conversation_id, said.seq, up=said.up, comment=said.comment
        )


async def survey(room: Needs, conversation_id: uuid.UUID, said: frames.Survey) -> None:
    """Note that a question was shown, skipped or answered.

    Raises:
        What `surveys.note` raises.
    """
    house = await room.widget.config()
    answer = surveys.Answer(
        said.episode, surveys.Kind(said.kind), said.score, said.comment, said.skip
    )
    async with room.database.write() as db:
        await surveys.note(db, room.clock, house, room.desk, conversation_id, answer)
