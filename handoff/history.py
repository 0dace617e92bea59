"""What happened before and around a chat: past episodes, notes, the first answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Author, Episode, Message
from handoff import words
from handoff.models import Handoff, Note
from handoff.summary import quote
from server.errors import NotFound

PAST_EPISODES = 20
PAGE = 200


class PastEpisode(BaseModel):
    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    rating: int | None
    rating_comment: str | None
    reason: str | None
    first_ask: str | None


class NoteView(BaseModel):
    id: UUID
    staff_name: str
    text: str
    created_at: datetime


class NotesView(BaseModel):
    notes: list[NoteView]
    earlier: bool
    """Whether there are notes before these."""


async def first_response(db: AsyncSession, handoff: Handoff) -> datetime | None:
    """When a person first wrote to the customer after this request."""
    return handoff.first_response_at or await db.scalar(
        select(func.min(Message.created_at)).where(
            Message.conversation_id == handoff.conversation_id,
            Message.episode == handoff.episode,
            Message.author == Author.AGENT,
            Message.created_at >= handoff.requested_at,
        )
    )


async def episodes(db: AsyncSession, conversation_id: UUID, *, before: int) -> list[PastEpisode]:
    """The episodes before this one, the newest first."""
    past = (
        await db.scalars(
            select(Episode)
            .where(Episode.conversation_id == conversation_id, Episode.number < before)
            .order_by(Episode.number.desc())
            .limit(PAST_EPISODES)
        )
    ).all()
    numbers = [episode.number for episode in past]
    handoffs = await db.scalars(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.episode.in_(numbers))
        .order_by(Handoff.epoch)
    )
    reasons = {handoff.episode: handoff.reason for handoff in handoffs}
    messages = await db.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == Author.CUSTOMER,
            Message.episode.in_(numbers),
        )
        .order_by(Message.seq.desc())
    )
    asks = {message.episode: message.text for message in messages}
    return [
        PastEpisode(
            number=episode.number,
            started_at=episode.started_at,
            ended_at=episode.ended_at,
            outcome=episode.outcome.value if episode.outcome else None,
            rating=episode.rating,
            rating_comment=episode.rating_comment,
            reason=words.reason(reasons[episode.number]) if episode.number in reasons else None,
            first_ask=quote(asks[episode.number], 160) if episode.number in asks else None,
        )
        for episode in past
    ]


async def notes(
    db: AsyncSession, conversation_id: UUID, *, before: UUID | None = None, limit: int = PAGE
) -> NotesView:
    """What staff wrote last about this conversation, or before one of these notes; the newest last.

    Raises:
        NotFound: `before` is no note of this conversation.
    """
    found = select(Note).where(Note.conversation_id == conversation_id)
    if before is not None:
        last = await db.get(Note, before)
        if last is None or last.conversation_id != conversation_id:
            raise NotFound()
        found = found.where(tuple_(Note.created_at, Note.id) < (last.created_at, last.id))
    newest = (
        await db.scalars(found.order_by(Note.created_at.desc(), Note.id.desc()).limit(limit + 1))
    ).all()
    return NotesView(
        notes=[NoteView.model_validate(one, from_attributes=True) for one in newest[:limit][::-1]],
        earlier=len(newest) > limit,
    )
