"""Chats to practise on: finished ones that people handled, newest first, or those that a search finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Author, Episode, Message
from handoff.finding import search as history
from handoff.models import CANCELLED, Handoff
from handoff.practice.masking import AUTHORS
from handoff.practice.models import PracticeChat
from handoff.practice.source import MESSAGES
from server.auth import Staff

LOOKED_AT, SHOWN = 200, 40


@dataclass(frozen=True)
class Candidate:
    """One episode that could become a practice chat."""

    conversation_id: UUID
    episode: int
    topic: str | None
    closed_at: datetime
    messages: int
    replies: int
    """Messages of people."""
    rating: int | None


async def recent(db: AsyncSession, reader: Staff, words: str = "") -> list[Candidate]:
    """Chats that could be practised on and are no practice chat yet; with `words`, those that hold them.

    Raises:
        Invalid: the words can't be searched for.
    """
    statement = (
        select(Handoff.conversation_id, Handoff.episode, Handoff.topic, Handoff.closed_at, Episode.rating)
        .join(
            Episode,
            and_(
                Episode.conversation_id == Handoff.conversation_id,
                Episode.number == Handoff.episode,
            ),
        )
        .outerjoin(
            PracticeChat,
            and_(
                PracticeChat.conversation_id == Handoff.conversation_id,
                PracticeChat.episode == Handoff.episode,
            ),
        )
        .where(
            Handoff.closed_at.is_not(None),
            Handoff.outcome != CANCELLED,
            Episode.ended_at.is_not(None),
            PracticeChat.id.is_(None),
        )
        .order_by(Handoff.closed_at.desc(), Handoff.id)
        .limit(LOOKED_AT)
    )  # fmt: skip
    if words.strip():
        found = await history.search(db, words, reader, limit=history.MOST)
        here = {hit.conversation_id for hit in found.hits}
        statement = statement.where(Handoff.conversation_id.in_(here))
    rows = (await db.execute(statement)).all()
    counts = await _counts(db, [row.conversation_id for row in rows])
    chosen: dict[tuple[UUID, int], Candidate] = {}
    for row in rows:
        key = (row.conversation_id, row.episode)
        messages, replies = counts.get(key, (0, 0))
        if replies and messages <= MESSAGES and key not in chosen:
            chosen[key] = Candidate(
                *key, row.topic, row.closed_at, messages, replies, row.rating
            )  # fmt: skip
    return list(chosen.values())[:SHOWN]


async def _counts(
    db: AsyncSession, conversations: Sequence[UUID]
) -> dict[tuple[UUID, int], tuple[int, int]]:
    """By conversation and episode: all messages but the system's, and those of people."""
    replies = func.count(Message.id).filter(Message.author == Author.AGENT)
    rows = await db.execute(
        select(Message.conversation_id, Message.episode, func.count(Message.id), replies)
        .where(Message.conversation_id.in_(set(conversations)), Message.author.in_(AUTHORS))
        .group_by(Message.conversation_id, Message.episode)
    )
    return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows}
