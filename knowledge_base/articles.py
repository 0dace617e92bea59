"""What editors do to articles: create, save, send to review, publish, archive.

Every verb runs in the caller's session; its events are published after that commit.
"""

from __future__ import annotations

import uuid

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base import catalogue
from knowledge_base.drafts import Draft
from knowledge_base.models import Article, ArticlesChanged, ArticleVersion, KnowledgeState, Status
from server.clock import Clock
from server.errors import Conflict, HandrailError
from server.events import record_event


class SavedByOther(HandrailError):
    """Details: ``{by, at, version}`` of the save that came first."""

    code, status, message = "saved_by_other", 409, "Somebody else saved this article first."


async def create(db: AsyncSession, clock: Clock, draft: Draft, author: str) -> Article:
    """Add an article as a draft, with version 1.

    Raises:
        Conflict: an article with this slug exists.
    """
    now = clock.now()
    article = Article(
        id=uuid.uuid4(),
        slug=draft.slug,
        status=Status.DRAFT.value,
        newest=1,
        created_at=now,
        updated_at=now,
        **_filed_under(draft),
    )
    try:
        async with db.begin_nested():
            db.add(article)
            await db.flush()
    except IntegrityError as error:
        raise Conflict(f"An article with the address “{draft.slug}” exists already.") from error
    db.add(_version(article.id, 1, draft, author, clock))
    await db.flush()
    return article


async def save(
    db: AsyncSession,
    clock: Clock,
    article_id: uuid.UUID,
    draft: Draft,
    author: str,
    *,
    expected: int,
) -> Article:
    """Store a new version, made from version `expected`; what answers stays until it is published.

    Raises:
        NotFound: there is no such article.
        SavedByOther: version `expected` is not the newest any more; nothing is stored.
    """
    before = await catalogue.get(db, article_id)
    filed = _filed_under(draft)
    moved = any(getattr(before, name) != value for name, value in filed.items() if name != "owner")
    status = before.status
    if status == Status.ARCHIVED:
        status = Status.DRAFT.value
    changed = await db.execute(
        update(Article)
        .where(Article.id == article_id, Article.newest == expected)
        .values(newest=expected + 1, updated_at=clock.now(), status=status, **filed)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        await db.refresh(before)
        newest = await catalogue.version(db, article_id, before.newest)
        raise SavedByOther(
            f"{newest.author} saved this article first. Load it again to see the changes.",
            details={
                "by": newest.author,
                "at": newest.created_at.isoformat(),
                "version": newest.number,
            },
        )
    db.add(_version(article_id, expected + 1, draft, author, clock))
    await db.flush()
    await db.refresh(before)
    if moved and before.published is not None:
        await _touch(db, before)
    return before


async def submit(
    db: AsyncSession, clock: Clock, article_id: uuid.UUID, *, expected: int
) -> Article:
    """Ask for review of version `expected`; a published article goes on answering meanwhile.

    Raises:
        NotFound, SavedByOther: as `save`.
    """
    article = await _at_version(db, article_id, expected)
    article.status = Status.REVIEW.value
    article.updated_at = clock.now()
    await db.flush()
    return article


async def publish(
    db: AsyncSession, clock: Clock, article_id: uuid.UUID, *, expected: int
) -> Article:
    """Let version `expected`, the newest, answer; it does within a second of the commit.

    Raises:
        NotFound, SavedByOther: as `save`.
    """
    article = await _at_version(db, article_id, expected)
    article.status = Status.PUBLISHED.value
    article.published = expected
    article.updated_at = clock.now()
    await _touch(db, article)
    return article


async def archive(db: AsyncSession, clock: Clock, article_id: uuid.UUID) -> Article:
    """Stop an article from answering; it and its versions stay readable for staff.

    Raises:
        NotFound: there is no such article.
    """
    article = await catalogue.get(db, article_id)
    article.status = Status.ARCHIVED.value
    article.published = None
    article.updated_at = clock.now()
    await _touch(db, article)
    return article


async def _at_version(db: AsyncSession, article_id: uuid.UUID, expected: int) -> Article:
    """Lock the article at this version against a save that runs at the same time."""
    await catalogue.get(db, article_id)
    locked = await db.execute(
        update(Article)
        .where(Article.id == article_id, Article.newest == expected)
        .values(newest=expected)
        .execution_options(synchronize_session=False)
    )
    article = await catalogue.get(db, article_id)
    await db.refresh(article)
    if locked.rowcount == 0:  # type: ignore[attr-defined]
        newest = await catalogue.version(db, article_id, article.newest)
        raise SavedByOther(
            details={
                "by": newest.author,
                "at": newest.created_at.isoformat(),
                "version": newest.number,
            }
        )
    return article


async def _touch(db: AsyncSession, article: Article) -> None:
    """Count the change. The counter's row is locked until commit, so revisions appear in order."""
    counted = await db.execute(
        update(KnowledgeState)
        .where(KnowledgeState.id == 1)
        .values(content_revision=KnowledgeState.content_revision + 1)
        .execution_options(synchronize_session=False)
    )
    if counted.rowcount == 0:  # type: ignore[attr-defined]
        db.add(KnowledgeState(id=1, content_revision=1))
        await db.flush()
    article.revision = await catalogue.content_revision(db)
    await db.flush()
    record_event(db, ArticlesChanged(revision=article.revision))


def _filed_under(draft: Draft) -> dict[str, object]:
    return {
        "category": draft.category,
        "tags": draft.unique_tags,
        "intents": draft.unique_intents,
        "audience": draft.audience.value,
        "language": draft.language,
        "owner": draft.owner or None,
    }


def _version(
    article_id: uuid.UUID, number: int, draft: Draft, author: str, clock: Clock
) -> ArticleVersion:
    return ArticleVersion(
        article_id=article_id,
        number=number,
        title=draft.title,
        questions=draft.unique_questions,
        context=draft.context,
        action=draft.action,
        outcome=draft.outcome,
        author=author,
        created_at=clock.now(),
    )
