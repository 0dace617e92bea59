"""What agents said on the handoff card: an article is wrong, or none exists for a question. An editor decides."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base import articles
from knowledge_base.asked.drafting import title_of
from knowledge_base.asked.masking import question as masked_question
from knowledge_base.asked.masking import without_marks
from knowledge_base.drafts import read_draft
from knowledge_base.models import Article, ArticleReport, ArticleVersion
from server.clock import Clock
from server.errors import Conflict, Invalid, NotFound

WRONG: Final = "wrong"
MISSING: Final = "missing"
LISTED = 100
# One report of each agent about each article in each episode, however often they click.
_NAMES = UUID("0d6a5d8e-0a4f-4d0e-8b7f-2f3f6b1f7a52")


class AlreadySettled(Conflict):
    code, message = "already_settled", "An editor has dealt with this already."


@dataclass(frozen=True)
class Reported:
    """One report, with its article's newest title; both names are None for a question without an article."""

    id: UUID
    what: str
    article_id: UUID | None
    slug: str | None
    title: str | None
    question: str
    conversation_id: UUID
    note: str
    by: str
    """Login of the agent."""
    at: datetime
    settled: bool


def id_of(
    what: str,
    article_id: UUID | None,
    conversation_id: UUID,
    episode: int,
    by: str,
    about: str = "",
) -> UUID:
    """`about` keeps several questions of one person about one episode apart."""
    name = f"{what}:{article_id}:{conversation_id}:{episode}:{by}"
    return uuid.uuid5(_NAMES, f"{name}:{about}" if about else name)


async def add(
    db: AsyncSession,
    clock: Clock,
    *,
    what: str,
    article_id: UUID | None,
    conversation_id: UUID,
    episode: int,
    question: str,
    parse: Mapping[str, Any] | None = None,
    note: str = "",
    by: str,
    about: str = "",
) -> tuple[UUID, bool]:
    """Note it, personal data masked; its id, and whether that is news. After an editor has settled it the same
    report is news again. With `about`, each different one is a report of its own.

    Raises:
        Invalid: ``wrong`` names no article, or ``missing`` has no question. NotFound: there is no such article.
    """
    asked = masked_question(question, parse)
    if what not in (WRONG, MISSING) or (what == WRONG) != (article_id is not None):
        raise Invalid("Name the article that is wrong, or none for a question without one.")
    if what == MISSING and not asked:
        raise Invalid("The customer has not asked anything yet.")
    if article_id is not None and await db.get(Article, article_id) is None:
        raise NotFound("This article is gone.")
    report_id = id_of(what, article_id, conversation_id, episode, by, about)
    values = {
        "question": asked,
        "note": masked_question(note)[:500],
        "at": clock.now(),
    }
    try:
        async with db.begin_nested():
            db.add(
                ArticleReport(
                    id=report_id, what=what, article_id=article_id, by=by[:80],
                    conversation_id=conversation_id, **values,
                )
            )  # fmt: skip
    except IntegrityError:
        again = await db.execute(
            update(ArticleReport)
            .where(ArticleReport.id == report_id, ArticleReport.settled_at.is_not(None))
            .values(settled_at=None, settled_by=None, **values)
            .returning(ArticleReport.id)
        )
        return report_id, again.first() is not None
    return report_id, True


async def withdraw(db: AsyncSession, report_id: UUID, by: str) -> bool:
    """Take one's own report back; False: there is none (any more).

    Raises:
        AlreadySettled: an editor has dealt with it.
    """
    own = (ArticleReport.id == report_id, ArticleReport.by == by)
    gone = await db.execute(
        delete(ArticleReport)
        .where(*own, ArticleReport.settled_at.is_(None))
        .returning(ArticleReport.id)
    )
    if gone.first() is not None:
        return True
    if await db.scalar(select(ArticleReport.id).where(*own)):
        raise AlreadySettled
    return False


async def of_conversation(db: AsyncSession, conversation_id: UUID) -> list[Reported]:
    """Everything reported from one conversation, the oldest first."""
    return await _read(db, ArticleReport.conversation_id == conversation_id)


async def of_article(db: AsyncSession, article_id: UUID) -> list[Reported]:
    """What waits about one article, the oldest first."""
    return await _read(
        db, ArticleReport.article_id == article_id, ArticleReport.settled_at.is_(None)
    )


async def waiting(db: AsyncSession, what: str | None = None) -> list[Reported]:
    """What waits for an editor, the oldest first, at most a hundred."""
    more = () if what is None else (ArticleReport.what == what,)
    return await _read(db, ArticleReport.settled_at.is_(None), *more)


async def counts(db: AsyncSession) -> Counter[str]:
    """How many of each kind wait."""
    rows = await db.execute(
        select(ArticleReport.what, func.count())
        .where(ArticleReport.settled_at.is_(None))
        .group_by(ArticleReport.what)
    )
    return Counter({what: count for what, count in rows})  # noqa: C416


def has_open(article_id: Any) -> ColumnElement[bool]:
    """Whether an article has a report that waits; for lists."""
    return (
        select(ArticleReport.id)
        .where(ArticleReport.article_id == article_id, ArticleReport.settled_at.is_(None))
        .exists()
    )


async def settle(db: AsyncSession, clock: Clock, report_id: UUID, login: str) -> None:
    """An editor has dealt with it.

    Raises:
        NotFound: there is none, or it was settled before.
    """
    done = await db.execute(
        update(ArticleReport)
        .where(ArticleReport.id == report_id, ArticleReport.settled_at.is_(None))
        .values(settled_at=clock.now(), settled_by=login[:80])
        .returning(ArticleReport.id)
    )
    if done.first() is None:
        raise NotFound("Somebody has dealt with this already, or the agent took it back.")


async def draft(db: AsyncSession, clock: Clock, report_id: UUID, login: str) -> str:
    """Begin an article for a question without one, and settle the report; returns the article's slug, of the
    one begun before where there is one.

    Raises:
        NotFound: there is none, or it was settled before.
    """
    report = await db.get(ArticleReport, report_id)
    if report is None or report.what != MISSING:
        raise NotFound()
    asked = without_marks(report.question)
    wanted = read_draft(
        {
            "title": title_of(report.question),
            "questions": [asked] if 3 <= len(asked) <= 200 else [],
            "context": f"For customers who ask: “{asked}”",
        }
    )
    await settle(db, clock, report_id, login)
    if await db.scalar(select(Article.id).where(Article.slug == wanted.slug)) is None:
        await articles.create(db, clock, wanted, login)
    return wanted.slug


async def _read(db: AsyncSession, *where: ColumnElement[bool]) -> list[Reported]:
    rows = await db.execute(
        select(ArticleReport, Article.slug, ArticleVersion.title)
        .outerjoin(Article, Article.id == ArticleReport.article_id)
        .outerjoin(
            ArticleVersion,
            (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.newest),
        )
        .where(*where)
        .order_by(ArticleReport.at, ArticleReport.id)
        .limit(LISTED)
    )
    return [
        Reported(
            id=one.id, what=one.what, article_id=one.article_id, slug=slug, title=title,
            question=one.question, conversation_id=one.conversation_id, note=one.note, by=one.by,
            at=one.at, settled=one.settled_at is not None,
        )
        for one, slug, title in rows.all()
    ]  # fmt: skip
