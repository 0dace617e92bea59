"""What happened to an article: its steps, who took them, when and why. Written once, never changed."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base import catalogue
from knowledge_base.drafts import clean_line
from knowledge_base.models import ArticleEvent
from server.clock import Clock
from server.errors import Invalid

#: Who is named for what a set time did.
CLOCK = "clock"
NOTE_LIMIT = 500


async def record(
    db: AsyncSession,
    clock: Clock,
    article_id: uuid.UUID,
    what: str,
    by: str,
    *,
    version: int | None = None,
    note: str = "",
) -> None:
    """Write one step down, in the transaction that takes it.

    Raises:
        Invalid: the note is longer than 500 characters or holds a forbidden one.
    """
    db.add(
        ArticleEvent(
            article_id=article_id,
            what=what,
            version=version,
            by=by[:80],
            note=clean_note(note),
            at=clock.now(),
        )
    )
    await db.flush()


def clean_note(note: str) -> str:
    """The note on one line.

    Raises:
        Invalid: it is longer than 500 characters or holds a forbidden one.
    """
    try:
        tidy = clean_line(note)
    except ValueError as error:
        raise Invalid(f"note: {error}") from error
    if len(tidy) > NOTE_LIMIT:
        raise Invalid(f"note: longer than {NOTE_LIMIT} characters")
    return tidy


async def of(db: AsyncSession, article_id: uuid.UUID, limit: int = 100) -> list[ArticleEvent]:
    """The newest steps, newest first.

    Raises:
        NotFound: there is no such article.
    """
    await catalogue.get(db, article_id)
    query = select(ArticleEvent).where(ArticleEvent.article_id == article_id)
    return list(await db.scalars(query.order_by(ArticleEvent.id.desc()).limit(limit)))


async def latest(db: AsyncSession, article_id: uuid.UUID, what: str) -> ArticleEvent | None:
    """The last step of one kind."""
    found: ArticleEvent | None = await db.scalar(
        select(ArticleEvent)
        .where(ArticleEvent.article_id == article_id, ArticleEvent.what == what)
        .order_by(ArticleEvent.id.desc())
        .limit(1)
    )
    return found
