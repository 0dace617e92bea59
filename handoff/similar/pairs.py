"""What customers asked and agents answered in chats that ended well, masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.messages import WORDS
from conversations.models import Author, Conversation, Episode, Message, Turn, Visitor
from handoff import card_details
from handoff.models import CloseOutcome, Handoff
from handoff.similar import blanks
from handoff.similar.courtesy import says_something
from handoff.summary import Said, quote
from understanding.patterns import PERSONAL

GOOD_RATING, POOR_RATING = 4, 2
QUESTION, REPLY = 300, 1000
"""Characters; longer replies are pasted texts, which articles say better."""
AT_ONCE = 50
# Given details that say who or which case it is; a product or a reason is what the reply is about.
_OWN = PERSONAL | {
    "name", card_details.NAME, "order_number", "invoice_number", "ticket_number", "subscription", "postcode",
}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """One reply and the question before it; both masked."""

    handoff_id: UUID
    question: str
    reply: str
    at: datetime
    language: str | None = None


def ended_well() -> ColumnElement[bool]:
    """Solved, or rated 4 or 5; over a handoff joined with its episode."""
    content = or_(Episode.rating.is_(None), Episode.rating > POOR_RATING)
    solved = and_(Handoff.outcome == CloseOutcome.SOLVED.value, content)
    return and_(Handoff.closed_at.is_not(None), or_(solved, Episode.rating >= GOOD_RATING))


async def newest(db: AsyncSession, limit: int) -> list[UUID]:
    """The requests that ended well, the newest first."""
    found = await db.scalars(
        select(Handoff.id)
        .join(
            Episode,
            and_(
                Episode.conversation_id == Handoff.conversation_id,
                Episode.number == Handoff.episode,
            ),
        )
        .where(ended_well())
        .order_by(Handoff.closed_at.desc(), Handoff.id)
        .limit(limit)
    )
    return list(found)


async def read(db: AsyncSession, handoff_ids: Sequence[UUID]) -> list[Pair]:
    """The pairs of at most fifty requests."""
    ids = list(handoff_ids)[:AT_ONCE]
    rows = await db.execute(
        select(Handoff, Visitor)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .join(Visitor, Visitor.id == Conversation.visitor_id)
        .where(Handoff.id.in_(ids))
    )
    cases = [(handoff, visitor) for handoff, visitor in rows.all()]
    chats = {handoff.conversation_id for handoff, _ in cases}
    messages = list(
        await db.scalars(
            select(Message)
            .where(
                Message.conversation_id.in_(chats),
                Message.author.in_((Author.CUSTOMER, Author.AGENT)),
                WORDS,
            )
            .order_by(Message.conversation_id, Message.seq)
        )
    )
    turns = list(
        await db.scalars(
            select(Turn).where(Turn.conversation_id.in_(chats)).order_by(Turn.first_seq)
        )
    )
    episodes = list(await db.scalars(select(Episode).where(Episode.conversation_id.in_(chats))))
    found: list[Pair] = []
    for handoff, visitor in cases:
        key = (handoff.conversation_id, handoff.episode)
        own_turns = [turn for turn in turns if (turn.conversation_id, turn.episode) == key]
        said = [one for one in messages if (one.conversation_id, one.episode) == key]
        episode = next((one for one in episodes if (one.conversation_id, one.number) == key), None)
        found += pairs_of(handoff, visitor, episode, own_turns, said)
    return found


def pairs_of(
    handoff: Handoff,
    visitor: Visitor,
    episode: Episode | None,
    turns: Sequence[Turn],
    messages: Sequence[Message],
) -> Iterator[Pair]:
    """The pairs of one request; `messages` are the customer's and the agents', in order."""
    details = _details(visitor, episode, turns)
    people = _people(visitor, turns)
    intents = {turn.first_seq: turn.intent for turn in turns}
    asked, fresh = "", True
    for message in messages:
        if message.author is Author.CUSTOMER:
            said = Said(seq=message.seq, text=message.text, intent=intents.get(message.seq))
            if said.has_substance and said.intent != "give_details":
                # What is asked in several messages is one question; an answer begins the next.
                asked = message.text if fresh else f"{asked} {message.text}"
                fresh = False
            continue
        fresh = True
        if not asked or message.created_at < handoff.requested_at or len(message.text) > REPLY:
            continue
        reply = blanks.mask(message.text, details, people, message.agent_name or "")
        if says_something(reply):
            yield Pair(
                handoff_id=handoff.id,
                question=quote(blanks.mask(asked, details, people), QUESTION),
                reply=reply,
                at=message.created_at,
                language=handoff.language,
            )


def _details(visitor: Visitor, episode: Episode | None, turns: Sequence[Turn]) -> Mapping[str, str]:
    """Value → blank."""
    given = {
        one.value: "name" if one.name == card_details.NAME else one.name
        for one in card_details.given(episode, turns)
        if one.name in _OWN
    }
    if visitor.email:
        given[visitor.email] = "email"
    if visitor.external_id:
        given[visitor.external_id] = "number"
    return given


def _people(visitor: Visitor, turns: Iterable[Turn]) -> list[str]:
    found = [visitor.name] if visitor.name else []
    for turn in turns:
        found += [
            str(entity["value"])
            for entity in turn.parse.get("entities") or []
            if entity.get("entity") == "PERSON" and len(str(entity.get("value") or "")) > 2
        ]
    return list(dict.fromkeys(found))
