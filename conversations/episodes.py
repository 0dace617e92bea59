"""Episodes: one issue each, from the first word to its outcome and rating."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import text as texts
from conversations.errors import AlreadyRated
from conversations.events import EpisodeRated
from conversations.models import Conversation, Episode, Outcome, Stage
from server.clock import Clock
from server.database import table_of
from server.errors import Invalid, NotFound
from server.events import record_event

# What a customer should never be asked twice. Everything else in Rasa's slots (stage, attempts, articles
# shown, the form that was open, a date) belongs to one issue and must not leak into the next.
DETAILS = frozenset(
    {
        "name",
        "email",
        "phone",
        "postcode",
        "order_number",
        "invoice_number",
        "ticket_number",
        "amount",
        "product",
        "place",
    }
)
# Only these ended with an answer that a customer can judge.
RATEABLE = frozenset({Outcome.CONFIRMED, Outcome.ASSUMED, Outcome.CLOSED_BY_AGENT})
COMMENT_LIMIT = 1000

# Built once, see `messages`.
_EPISODES = table_of(Episode)
_NUMBERED = select(Episode).where(
    Episode.conversation_id == bindparam("of"), Episode.number == bindparam("place")
)
_KEEP = (
    update(_EPISODES)
    .where(_EPISODES.c.conversation_id == bindparam("of"), _EPISODES.c.number == bindparam("place"))
    .values(slots=bindparam("slots"))
)
_KEEP_WITH_STAGE = _KEEP.values(stage=bindparam("stage"))


async def current(db: AsyncSession, conversation: Conversation) -> Episode:
    """The episode that the conversation is in.

    Raises:
        NotFound: the conversation was erased.
    """
    return await numbered(db, conversation.id, conversation.episode)


async def numbered(db: AsyncSession, conversation_id: uuid.UUID, number: int) -> Episode:
    """One episode of a conversation.

    Raises:
        NotFound: it has no such episode.
    """
    episode: Episode | None = await db.scalar(_NUMBERED, {"of": conversation_id, "place": number})
    if episode is None:
        raise NotFound()
    return episode


async def end(
    db: AsyncSession, clock: Clock, conversation_id: uuid.UUID, number: int, outcome: Outcome
) -> None:
    """Write how the episode ended; the first ending stays."""
    await db.execute(
        update(Episode)
        .where(
            Episode.conversation_id == conversation_id,
            Episode.number == number,
            Episode.ended_at.is_(None),
        )
        .values(outcome=outcome, ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )


async def open_next(db: AsyncSession, clock: Clock, conversation: Conversation) -> Episode:
    """Start the episode that ``conversation.episode`` names, with the details already given."""
    before = await numbered(db, conversation.id, conversation.episode - 1)
    episode = Episode(
        conversation_id=conversation.id,
        number=conversation.episode,
        slots=carried(before.slots),
        started_at=clock.now(),
    )
    db.add(episode)
    await db.flush()
    return episode


def carried(slots: dict[str, Any]) -> dict[str, Any]:
    """The slots that hold for the customer, not only for one issue."""
    return {name: value for name, value in slots.items() if name in DETAILS and value is not None}


async def keep(
    db: AsyncSession,
    conversation_id: uuid.UUID,
    number: int,
    *,
    stage: Stage | None,
    slots: dict[str, Any],
) -> None:
    """Copy what the bot knows after a turn; Rasa's tracker is not the system of record."""
    known = {"of": conversation_id, "place": number, "slots": slots}
    if stage is None:
        await db.execute(_KEEP, known)
    else:
        await db.execute(_KEEP_WITH_STAGE, known | {"stage": stage})


async def rate(
    db: AsyncSession,
    clock: Clock,
    conversation_id: uuid.UUID,
    number: int,
    *,
    score: int,
    comment: str | None = None,
) -> None:
    """Keep the customer's rating (1 to 5) of an ended episode, once.

    Raises:
        NotFound: no such episode, or it hasn't ended. AlreadyRated: it has a rating.
        Invalid: the score or the comment is out of bounds.
    """
    comment = texts.clean(comment or "")
    if not 1 <= score <= 5 or len(comment) > COMMENT_LIMIT:
        raise Invalid(f"A rating is 1 to 5, its comment at most {COMMENT_LIMIT} characters.")
    rated = await db.execute(
        update(Episode)
        .where(
            Episode.conversation_id == conversation_id,
            Episode.number == number,
            Episode.ended_at.is_not(None),
            Episode.rating.is_(None),
        )
        .values(rating=score, rating_comment=comment or None)
        .returning(Episode.id)
        .execution_options(synchronize_session=False)
    )
    if rated.scalar_one_or_none() is not None:
        record_event(db, EpisodeRated(conversation_id=conversation_id, episode=number))
        return
    episode = await numbered(db, conversation_id, number)
    if episode.ended_at is None:
        raise NotFound()
    raise AlreadyRated()
