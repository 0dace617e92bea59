"""What editors do to articles: create, save, publish, archive; `lifecycle` holds the other steps.

Every verb runs in the caller's session; its events are published after that commit.
"""

from __future__ import annotations

import uuid

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base import catalogue, history
from knowledge_base.drafts import Draft, read_draft
from knowledge_base.models import Article, ArticlesChanged, ArticleVersion, KnowledgeState, Status
from server.clock import Clock
from server.errors import Conflict, HandrailError, Invalid
from server.events import record_event

#: Where a change of these changes what is answered, at once.
_ANSWERS = ("category", "tags", "intents", "audience", "language")


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
    moved = any(getattr(before, name) != filed[name] for name in _ANSWERS if name in filed)
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
        await touch(db, before)
    return before


async def publish(
    db: AsyncSession,
    clock: Clock,
    article_id: uuid.UUID,
    *,
    expected: int,
    by: str | None = None,
    note: str = "",
) -> Article:
    """Let version `expected`, the newest, answer; it does within a second of the commit.

    `by` is who publishes; unnamed, the version's author. A time set for an earlier version is dropped,
    or it would take this one's place later.

    Raises:
        NotFound, SavedByOther: as `save`.
        Invalid: the article has expired by now.
    """
    article = await at_version(db, article_id, expected)
    if article.expires_at is not None and article.expires_at <= clock.now():
        raise Invalid("This article's last day has passed. Set a later one before you publish it.")
    article.status = Status.PUBLISHED.value
    article.published = expected
    article.scheduled = article.publish_at = None
    article.updated_at = clock.now()
    who = by or (await catalogue.version(db, article_id, expected)).author
    await history.record(db, clock, article_id, "published", who, version=expected, note=note)
    await touch(db, article)
    return article


async def archive(
    db: AsyncSession,
    clock: Clock,
    article_id: uuid.UUID,
    *,
    by: str | None = None,
    note: str = "",
) -> Article:
    """Stop an article from answering, now and at any set time; its versions stay readable for staff.

    `by` is who archives; unnamed, the newest version's author.

    Raises:
        NotFound: there is no such article.
    """
    article = await catalogue.get(db, article_id)
    who = by or (await catalogue.version(db, article_id, article.newest)).author
    article.status = Status.ARCHIVED.value
    answered, article.published = article.published, None
    article.scheduled = article.publish_at = None
    article.updated_at = clock.now()
    await history.record(db, clock, article_id, "archived", who, version=answered, note=note)
    await touch(db, article)
    return article


async def restore(
    db: AsyncSession,
    clock: Clock,
    article_id: uuid.UUID,
    number: int,
    author: str,
    *,
    expected: int,
) -> Article:
    """Store the words of an older version as a new one; the filing stays as it is.

    Raises:
        NotFound, SavedByOther: as `save`; NotFound also when there is no such version.
    """
    article = await catalogue.get(db, article_id)
    old = await catalogue.version(db, article_id, number)
    draft = read_draft(
        {
            "title": old.title,
            "slug": article.slug,
            "category": article.category,
            "tags": article.tags,
            "intents": article.intents,
            "audience": article.audience,
            "language": article.language,
            "owner": article.owner or "",
            "questions": old.questions,
            "context": old.context,
            "action": old.action,
            "outcome": old.outcome,
        }
    )
    return await save(db, clock, article_id, draft, author, expected=expected)


async def at_version(db: AsyncSession, article_id: uuid.UUID, expected: int) -> Article:
    """Lock the article at this version against a save that runs at the same time.

    Raises:
        NotFound, SavedByOther: as `save`.
    """
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


async def touch(db: AsyncSession, article: Article) -> None:
    """Count a change of what answers. The counter's row is locked until commit, so revisions appear in order."""
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
        **draft.stated,
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
