"""A batch of decided articles into the tables, in a few statements for all of them.

The verbs of `articles` take some fifteen statements for one article; here each row of a batch costs
its inserts, sent together. What they promise holds here as well: versions are never changed, what answers
is counted, each step stands in the article's history.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base import articles
from knowledge_base.drafts import Draft
from knowledge_base.exchange.plan import (
    Here,
    Options,
    Step,
    answering_words,
    decide,
    filing,
    status_of_new,
    wording,
)
from knowledge_base.exchange.portable import CarriedFile, Portable
from knowledge_base.exchange.ruling import Ruling
from knowledge_base.models import Article, ArticleEvent, ArticleFile, ArticleVersion, Status
from knowledge_base.review.gate import OVERRIDDEN, questions_lost

NOTHING_SAID = Ruling()
#: Changes of these change what is answered, at once.
_ANSWERS = frozenset({"category", "tags", "intents", "audience", "language"})


async def steps(
    db: AsyncSession,
    batch: Sequence[Portable],
    options: Options,
    now: datetime,
    ruling: Ruling = NOTHING_SAID,
    *,
    locked: bool = False,
) -> list[tuple[Here | None, Step]]:
    """What is here of each article of a batch, and what may be done; `locked` holds it until the commit."""
    here = await _find(db, [article.slug for article in batch], locked=locked)
    wanted = {file.id for article in batch for file in article.standing.files}
    rows = await db.execute(
        select(ArticleFile.id, ArticleFile.article_id).where(ArticleFile.id.in_(wanted))
    )
    owners = {row.id: row.article_id for row in rows}
    return [
        (found := here.get(one.slug), ruling.on(decide(one, found, options, now, owners), one))
        for one in batch
    ]


async def take(
    db: AsyncSession,
    batch: Sequence[Portable],
    options: Options,
    now: datetime,
    ruling: Ruling = NOTHING_SAID,
) -> list[Step]:
    """Store a batch as `steps` decides it.

    Raises:
        IntegrityError: somebody made one of these articles at the same moment (PostgreSQL).
    """
    decided = await steps(db, batch, options, now, ruling, locked=True)
    touched: list[Article] = []
    for article, (here, step) in zip(batch, decided, strict=True):
        if step.outcome == "created":
            stored, answers = _create(db, article, step, options, now)
        elif step.outcome == "updated" and here is not None:
            stored, answers = here.article, _update(db, here, article, step, options, now)
        else:
            continue
        db.add_all(_file(stored.id, file, options, now) for file in step.files)
        if step.overridden:
            note = f"{questions_lost(step.overridden)}: {ruling.reason}"
            db.add(_event(stored.id, OVERRIDDEN, stored.published, options, now, note))
        if answers:
            touched.append(stored)
    await db.flush()
    if touched:
        # One count for the batch: it commits as one, so readers of the counter see all of it or nothing.
        await articles.touch(db, touched[0])
        for stored in touched[1:]:
            stored.revision = touched[0].revision
        await db.flush()
    return [step for _, step in decided]


async def _find(db: AsyncSession, slugs: Sequence[str], *, locked: bool) -> dict[str, Here]:
    query = (
        select(Article, ArticleVersion)
        .join(
            ArticleVersion,
            (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.newest),
        )
        .where(Article.slug.in_(slugs))
    )
    if locked:
        query = query.with_for_update(of=Article)
    found = (await db.execute(query)).all()
    ids = [article.id for article, _ in found]
    files: dict[uuid.UUID, set[uuid.UUID]] = {}
    rows = await db.execute(
        select(ArticleFile.article_id, ArticleFile.id).where(ArticleFile.article_id.in_(ids))
    )
    for article_id, file_id in rows.all():
        files.setdefault(article_id, set()).add(file_id)
    return {
        article.slug: Here(article, newest, frozenset(files.get(article.id, ())))
        for article, newest in found
    }


def _create(
    db: AsyncSession, one: Portable, step: Step, options: Options, now: datetime
) -> tuple[Article, bool]:
    """A new article and its versions; whether it answers."""
    status = status_of_new(one, options, now)
    newest = 1 if one.older is None else 2
    words = answering_words(one, status)
    answering = None if words is None else newest if words is one.draft else 1
    if step.review:
        status, answering = Status.REVIEW, None
    article = Article(
        id=uuid.uuid4(),
        slug=one.slug,
        status=status.value,
        newest=newest,
        published=answering,
        scheduled=newest if one.standing.publish_at is not None else None,
        publish_at=one.standing.publish_at,
        created_at=now,
        updated_at=now,
        **filing(one.draft),
    )
    db.add(article)
    for number, draft in enumerate([one.older, one.draft] if one.older else [one.draft], 1):
        db.add(_version(article.id, number, draft, options, now))
    if answering is not None:
        db.add(_event(article.id, "published", answering, options, now))
    elif status == Status.ARCHIVED:
        db.add(_event(article.id, "archived", None, options, now))
    elif step.review:
        db.add(_event(article.id, "submitted", newest, options, now, step.message))
    return article, answering is not None


def _update(
    db: AsyncSession, here: Here, one: Portable, step: Step, options: Options, now: datetime
) -> bool:
    """The changes of an article; whether they change what answers."""
    article = here.article
    moved = False
    for name, value in filing(one.draft).items() if step.filed else ():
        if getattr(article, name) != value:
            setattr(article, name, value)
            moved = moved or (name in _ANSWERS and article.published is not None)
    if step.words:
        article.newest += 1
        db.add(_version(article.id, article.newest, one.draft, options, now))
        if article.status == Status.ARCHIVED:
            article.status = Status.DRAFT.value
    if step.review:
        article.status = Status.REVIEW.value
        db.add(_event(article.id, "submitted", article.newest, options, now, step.message))
    if step.answers:
        article.status, article.published = Status.PUBLISHED.value, article.newest
        article.scheduled = article.publish_at = None
        db.add(_event(article.id, "published", article.newest, options, now))
    article.updated_at = now
    return moved or step.answers


def _version(
    article_id: uuid.UUID, number: int, draft: Draft, options: Options, now: datetime
) -> ArticleVersion:
    return ArticleVersion(
        article_id=article_id,
        number=number,
        author=options.author,
        created_at=now,
        **wording(draft),
    )


def _event(
    article_id: uuid.UUID,
    what: str,
    version: int | None,
    options: Options,
    now: datetime,
    note: str = "imported",
) -> ArticleEvent:
    return ArticleEvent(
        article_id=article_id, what=what, version=version, by=options.by, note=note, at=now
    )


def _file(article_id: uuid.UUID, file: CarriedFile, options: Options, now: datetime) -> ArticleFile:
    return ArticleFile(
        id=file.id,
        article_id=article_id,
        name=file.name,
        media_type=file.media_type,
        size=len(file.content),
        sha256=file.sha256,
        content=file.content,
        by=options.by,
        at=now,
    )
