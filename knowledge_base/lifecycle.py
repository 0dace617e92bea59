"""The steps between writing and answering: review and return, set times, expiry, reading it again."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base import articles, catalogue, history
from knowledge_base.models import Article, Status
from server.clock import Clock
from server.errors import Conflict, Invalid

#: So far ahead a time may be set; beyond it is more likely a slip of the pen.
FURTHEST = timedelta(days=3 * 366)


async def submit(
    db: AsyncSession,
    clock: Clock,
    article_id: uuid.UUID,
    *,
    expected: int,
    by: str,
    note: str = "",
) -> Article:
    """Ask for review of version `expected`; a published article goes on answering meanwhile.

    Raises:
        NotFound, SavedByOther: as `articles.save`.
    """
    article = await articles.at_version(db, article_id, expected)
    article.status = Status.REVIEW.value
    await history.record(db, clock, article_id, "submitted", by, version=expected, note=note)
    return article


async def send_back(
    db: AsyncSession, clock: Clock, article_id: uuid.UUID, *, expected: int, by: str, note: str
) -> Article:
    """Return version `expected` from review to its writer, saying why.

    Raises:
        NotFound, SavedByOther: as `articles.save`.
        Conflict: it does not wait for review. Invalid: the note is empty or too long.
    """
    article = await articles.at_version(db, article_id, expected)
    if article.status != Status.REVIEW:
        raise Conflict("This article does not wait for review.")
    if not history.clean_note(note):
        raise Invalid("note: say what should change")
    answers = article.published is not None
    article.status = (Status.PUBLISHED if answers else Status.DRAFT).value
    await history.record(db, clock, article_id, "returned", by, version=expected, note=note)
    return article


async def schedule(
    db: AsyncSession,
    clock: Clock,
    article_id: uuid.UUID,
    *,
    expected: int,
    at: datetime,
    by: str,
    note: str = "",
) -> Article:
    """Let version `expected` answer from `at` on; what is saved later does not change that.

    Raises:
        NotFound, SavedByOther: as `articles.save`.
        Invalid: the time has passed, is too far away, or the article expires before.
    """
    _check_ahead(clock, at)
    article = await articles.at_version(db, article_id, expected)
    if article.expires_at is not None and article.expires_at <= at:
        raise Invalid("The article would expire before it is published.")
    article.scheduled, article.publish_at = expected, at
    said = f"for {at:%Y-%m-%d %H:%M} UTC"
    if note:
        said = f"{said}: {note}"
    await history.record(db, clock, article_id, "scheduled", by, version=expected, note=said)
    return article


async def unschedule(
    db: AsyncSession, clock: Clock, article_id: uuid.UUID, *, by: str, note: str = ""
) -> Article:
    """Drop the set time; nothing is published by itself any more.

    Raises:
        NotFound: there is no such article. Conflict: no time is set, or it has come already.
    """
    article = await catalogue.locked(db, article_id)
    if article.scheduled is None:
        raise Conflict("No time is set for this article.")
    version, article.scheduled, article.publish_at = article.scheduled, None, None
    await history.record(db, clock, article_id, "unscheduled", by, version=version, note=note)
    return article


async def set_expiry(
    db: AsyncSession, clock: Clock, article_id: uuid.UUID, *, at: datetime | None
) -> Article:
    """Archive the article at a time; None lets it stay.

    Raises:
        NotFound: there is no such article.
        Invalid: the time has passed, is too far away, or comes before the set time of publishing.
    """
    article = await catalogue.locked(db, article_id)
    if at is not None:
        _check_ahead(clock, at)
        if article.publish_at is not None and at <= article.publish_at:
            raise Invalid("The article would expire before it is published.")
    article.expires_at = at
    await db.flush()
    return article


async def reviewed(
    db: AsyncSession, clock: Clock, article_id: uuid.UUID, *, days: int, by: str, note: str = ""
) -> Article:
    """Say that the article was read and is still right; it comes up again after so many days.

    Raises:
        NotFound: there is no such article. Invalid: not 1 to 1098 days.
    """
    if not 1 <= days <= FURTHEST.days:
        raise Invalid(f"days: 1 to {FURTHEST.days}")
    article = await catalogue.locked(db, article_id)
    article.review_by = clock.now().date() + timedelta(days=days)
    said = f"next by {article.review_by.isoformat()}"
    if note:
        said = f"{said}: {note}"
    version = article.published or article.newest
    await history.record(db, clock, article_id, "reviewed", by, version=version, note=said)
    return article


def _check_ahead(clock: Clock, at: datetime) -> None:
    if at.tzinfo is None:
        raise Invalid("at: the time has no zone")
    if at <= clock.now():
        raise Invalid("This time has passed already.")
    if at > clock.now() + FURTHEST:
        raise Invalid("This time is more than three years away.")
