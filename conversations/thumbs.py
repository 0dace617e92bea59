"""Up or down for one answer of the assistant: the customer's own word on it, which may change."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations import text as texts
from conversations.events import ThumbGiven
from conversations.models import Author, Message, Thumb
from server.clock import Clock
from server.errors import Invalid, NotFound
from server.events import record_event

COMMENT_LIMIT = 300


async def give(
    db: AsyncSession,
    clock: Clock,
    conversation_id: uuid.UUID,
    seq: int,
    *,
    up: bool,
    comment: str | None = None,
) -> None:
    """Keep the customer's word on the answer in message ``seq``; a repeat changes nothing.

    The sentence belongs to a thumb down: a thumb up drops it, a thumb down without one keeps it.

    Raises:
        NotFound: there is no such message here, or no article stands behind it. Invalid: too long a sentence.
    """
    said = " ".join(texts.clean(comment or "").split())
    if len(said) > COMMENT_LIMIT:
        raise Invalid(f"At most {COMMENT_LIMIT} characters, please.")
    await messages.lock(db, conversation_id)
    message = await db.scalar(
        select(Message).where(Message.conversation_id == conversation_id, Message.seq == seq)
    )
    article = article_of(message) if message is not None else None
    if message is None or article is None:
        raise NotFound()
    kept = await db.get(Thumb, (conversation_id, seq), populate_existing=True)
    if kept is None:
        kept = Thumb(
            conversation_id=conversation_id,
            seq=seq,
            episode=message.episode,
            turn_id=message.turn_id,
            article_id=article,
            up=up,
            at=clock.now(),
        )
        db.add(kept)
    elif kept.up != up:
        kept.up, kept.at = up, clock.now()
    if up:
        kept.comment = None
    elif said and not texts.is_blank(said):
        kept.comment = said
    await db.flush()
    record_event(db, ThumbGiven(conversation_id=conversation_id, seq=seq, up=up))


def article_of(message: Message) -> str | None:
    """Id of the article that this message of the bot answers with; None: a greeting, a question, a person."""
    source = message.payload.get("source")
    if message.author is not Author.BOT or not isinstance(source, dict):
        return None
    try:
        return str(uuid.UUID(str(source.get("article_id"))))
    except ValueError:
        return None


async def of(db: AsyncSession, conversation_id: uuid.UUID) -> dict[int, bool]:
    """The customer's word by message: up or not."""
    found = await db.execute(
        select(Thumb.seq, Thumb.up).where(Thumb.conversation_id == conversation_id)
    )
    return {row.seq: row.up for row in found}
