"""What is read of a conversation to make its masked copy, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.messages import WORDS
from conversations.models import Author, Conversation, Episode, Message, Turn, Visitor
from handoff import card_details
from handoff.models import Handoff
from handoff.practice import errors
from handoff.practice.masking import AUTHORS, Known, Line, points_of
from server.auth import Staff
from server.errors import NotFound
from understanding.patterns import PERSONAL

MESSAGES, POINTS = 200, 40
"""Longer chats take an hour to replay."""
# Details that say who or which case it is; a product or a reason is what the chat is about.
_OWN = PERSONAL | {
    "name", card_details.NAME, "order_number", "invoice_number", "ticket_number", "subscription", "postcode",
    "place",
}  # fmt: skip
_NAMES = frozenset({"name", card_details.NAME})
# A site's attribute of three letters is a word of every other sentence.
_TELLING = 4


@dataclass(frozen=True)
class Chat:
    """One ended episode, as it was, and what is known of its people."""

    topic: str | None
    lines: tuple[Line, ...]
    known: Known


async def read(db: AsyncSession, conversation_id: UUID, number: int) -> Chat:
    """One episode that people handled, unmasked.

    Raises:
        NotFound: it never came to the desk. NotFinished. NothingToPractise: no person answered.
        TooLong: more than 200 messages, or 40 answers.
    """
    row = (
        await db.execute(
            select(Episode, Visitor)
            .join(Conversation, Conversation.id == Episode.conversation_id)
            .join(Visitor, Visitor.id == Conversation.visitor_id)
            .where(Episode.conversation_id == conversation_id, Episode.number == number)
        )
    ).one_or_none()
    handoffs = list(
        await db.scalars(
            select(Handoff)
            .where(Handoff.conversation_id == conversation_id)
            .order_by(Handoff.requested_at)
        )
    )
    here = [one for one in handoffs if one.episode == number]
    if row is None or not here:
        raise NotFound()
    if row[0].ended_at is None or any(one.closed_at is None for one in here):
        raise errors.NotFinished()
    found = await db.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.episode == number,
            Message.author.in_(AUTHORS),
            WORDS,  # files are not copied, and their names may be people's
        )
        .order_by(Message.seq)
        .limit(MESSAGES + 1)
    )
    messages = list(found)
    lines = tuple(Line(AUTHORS[one.author], one.text) for one in messages if one.text.strip())
    points = len(points_of(lines))
    if not points:
        raise errors.NothingToPractise()
    if len(messages) > MESSAGES or points > POINTS:
        raise errors.TooLong()
    known = await _known(db, conversation_id, row[1], handoffs)
    return Chat(topic=here[-1].topic, lines=lines, known=known)


async def known(db: AsyncSession, conversation_id: UUID) -> Known:
    """What the house knows about a conversation that must not stand in a copy of it.

    Raises:
        NoResultFound: there is no such conversation.
    """
    conversation = await db.get_one(Conversation, conversation_id)
    visitor = await db.get_one(Visitor, conversation.visitor_id)
    handoffs = await db.scalars(select(Handoff).where(Handoff.conversation_id == conversation_id))
    return await _known(db, conversation_id, visitor, list(handoffs))


async def _known(
    db: AsyncSession, conversation_id: UUID, visitor: Visitor, handoffs: Sequence[Handoff]
) -> Known:
    """Of all its episodes: what was given in an earlier one may be said again in this one."""
    turns = list(
        await db.scalars(
            select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.first_seq)
        )
    )
    episodes = await db.scalars(select(Episode).where(Episode.conversation_id == conversation_id))
    details = dict(_of_visitor(visitor))
    people = {visitor.name} if visitor.name else set()
    for episode in episodes:
        for one in card_details.given(episode, turns):
            # A doubt stands in brackets behind the value.
            value = one.value.split(" (")[0]
            if one.name in _NAMES:
                people.add(value)
            elif one.name in _OWN:
                details[value] = one.name
    for turn in turns:
        for entity in turn.parse.get("entities") or []:
            value = str(entity.get("value") or "").strip()
            if len(value) > 2 and entity.get("entity") == "PERSON":
                people.add(value)
            elif len(value) > 2 and entity.get("entity") in ("GPE", "LOC"):
                details[value] = "place"
    for handoff in handoffs:
        if handoff.contact_email:
            details[handoff.contact_email] = "email"
    return Known(details, tuple(sorted(people)), tuple(await _colleagues(db, conversation_id)))


def _of_visitor(visitor: Visitor) -> Iterator[tuple[str, str]]:
    if visitor.email:
        yield visitor.email, "email"
    if visitor.external_id and len(visitor.external_id) > 1:
        yield visitor.external_id, "number"
    for attributes in (visitor.attributes, visitor.claimed):
        yield from ((value, "detail") for value in _values(attributes or {}))
    # Of the form before the chat; what was chosen from the house's own words is what the chat is about.
    written = {
        name: one.get("value", "")
        for name, one in visitor.answers.items()
        if one.get("kind") != "choice"
    }
    yield from ((value, "detail") for value in _values(written))


def _values(attributes: Mapping[str, Any]) -> Iterator[str]:
    """What the site, or a form, says of a customer may be anything: a company, a customer number, a street."""
    for value in attributes.values():
        if not isinstance(value, bool) and len(text := str(value).strip()) >= _TELLING:
            yield text


async def _colleagues(db: AsyncSession, conversation_id: UUID) -> list[str]:
    """The names of who wrote in it, by each of their words, and of all others whole."""
    wrote = await db.scalars(
        select(Message.agent_name)
        .where(Message.conversation_id == conversation_id, Message.author == Author.AGENT)
        .distinct()
    )
    here = {name for name in wrote if name}
    everybody = set(await db.scalars(select(Staff.name)))
    # One word alone names a customer as well, who then is masked as a customer.
    return sorted(here | {name for name in everybody if " " in name.strip()})
