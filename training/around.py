"""The conversation around one message, as a trainer may read it: personal data masked on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Author, Conversation, Message, Thumb, Turn, Visitor
from server.errors import NotFound
from training.texts import prepare

#: Of a longer episode so many messages before and after are shown.
NEAR = 40


@dataclass(frozen=True)
class Line:
    author: Author
    text: str
    """Masked, at most 500 characters."""
    at: datetime
    here: bool
    """Whether it belongs to the message that was asked for."""
    helped: bool | None = None
    """The customer's thumb on it, if it was given."""
    comment: str = ""
    """What they wrote beside it, masked."""


async def around(db: AsyncSession, turn_id: UUID) -> list[Line]:
    """Return the episode in which a turn stands, in order.

    Raises:
        NotFound: there is no such turn.
    """
    turn = await db.get(Turn, turn_id)
    if turn is None:
        raise NotFound("There is no such message.")
    of_episode = (
        Message.conversation_id == turn.conversation_id,
        Message.episode == turn.episode,
        Message.seq.between(turn.first_seq - NEAR, turn.last_seq + NEAR),
    )
    messages = list(await db.scalars(select(Message).where(*of_episode).order_by(Message.seq)))
    parses = await db.scalars(
        select(Turn.parse).where(Turn.conversation_id == turn.conversation_id)
    )
    name = await db.scalar(
        select(Visitor.name)
        .join(Conversation, Conversation.visitor_id == Visitor.id)
        .where(Conversation.id == turn.conversation_id)
    )
    given = await db.scalars(
        select(Thumb).where(
            Thumb.conversation_id == turn.conversation_id, Thumb.episode == turn.episode
        )
    )
    thumbs = {one.seq: one for one in given}
    known = people(parses, [name, *(message.agent_name for message in messages)])
    lines = []
    for message in messages:
        own = message.author is Author.CUSTOMER
        thumb = thumbs.get(message.seq)
        line = Line(
            message.author,
            prepare(message.text, known),
            message.created_at,
            own and turn.first_seq <= message.seq <= turn.last_seq,
            None if thumb is None else thumb.up,
            prepare(thumb.comment or "", known) if thumb else "",
        )
        lines.append(line)
    return lines


def people(
    parses: Iterable[Mapping[str, Any] | None], names: Iterable[str | None]
) -> dict[str, Any]:
    """Return a parse that names everybody of a conversation: who is named once is masked everywhere in it."""
    found = [
        one
        for parse in parses
        for one in ((parse or {}).get("entities") or [])
        if isinstance(one, Mapping) and one.get("entity") == "PERSON"
    ]
    found += [{"entity": "PERSON", "value": name, "masked": True} for name in names if name]
    return {"entities": found}
