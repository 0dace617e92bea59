"""The article API for editors; agents read and try. Answers hold plain text, never HTML."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from knowledge_base import articles, catalogue
from knowledge_base.drafts import Draft, read_draft
from knowledge_base.editor.linter import Hint, lint
from knowledge_base.listing import browse
from knowledge_base.models import ArticleVersion, Audience
from knowledge_base.review import gate, refile
from knowledge_base.review.views import ArchiveBody, PublishBody, SaveGatedBody
from knowledge_base.search.decision import DecisionContext
from knowledge_base.views import (
    ArticleBody,
    ArticleLine,
    ArticleView,
    CandidateView,
    DecisionView,
    ListQuery,
    TrialBody,
    VersionView,
)
from server.auth import CurrentEditor, Role, Staff, allow, services

router = APIRouter(prefix="/api/articles", tags=["articles"])

Services = Annotated[Any, Depends(services)]
Reader = Annotated[Staff, Depends(allow(Role.AGENT, Role.EDITOR, Role.TRAINER, Role.SUPERVISOR))]


@router.get("")
async def list_articles(
    app: Services,
    _: Reader,
    response: Response,
    query: Annotated[ListQuery, Query()],
) -> list[ArticleLine]:
    """One page of the articles that match; the header ``X-Total-Count`` says how many do."""
    filters = query.filters()
    numbers = await app.asked.health.now() if filters.by_numbers else {}
    async with app.database.read() as db:
        found = await browse.find(db, app.clock, filters, numbers, per_page=query.limit)
    response.headers["X-Total-Count"] = str(found.total)
    return [ArticleLine.of(listed) for listed in found.lines]


@router.get("/search")
async def search_published(
    app: Services,
    _: Reader,
    q: Annotated[str, Query(max_length=400)],
    limit: Annotated[int, Query(ge=1, le=20)] = 10,
) -> list[CandidateView]:
    found = await app.knowledge.search(q, limit, audience=Audience.STAFF.value)
    return [CandidateView.model_validate(one, from_attributes=True) for one in found]


@router.post("/try")
async def try_question(app: Services, _: Reader, body: TrialBody) -> DecisionView:
    context = DecisionContext(
        intent=body.intent, confidence=body.confidence, excluded=frozenset(body.excluded)
    )
    return DecisionView.of(await app.knowledge.decide(body.question, context))


@router.post("", status_code=201)
async def create_article(app: Services, editor: CurrentEditor, body: ArticleBody) -> ArticleView:
    async with app.database.write() as db:
        draft = read_draft(body.model_dump(exclude_unset=True))
        article = await articles.create(db, app.clock, draft, editor.login)
        newest = await catalogue.version(db, article.id, 1)
    return ArticleView.whole(article, newest, _hints(newest, article.language))


@router.get("/{article_id}")
async def get_article(app: Services, _: Reader, article_id: UUID) -> ArticleView:
    async with app.database.read() as db:
        article = await catalogue.get(db, article_id)
        newest = await catalogue.version(db, article_id, article.newest)
    return ArticleView.whole(article, newest, _hints(newest, article.language))


@router.put("/{article_id}")
async def save_article(
    app: Services, editor: CurrentEditor, article_id: UUID, body: SaveGatedBody
) -> ArticleView:
    beside = {"expected", "override_reason"}
    draft: Draft = read_draft(body.model_dump(exclude=beside, exclude_unset=True))
    passed = await refile.guard_filing(app, article_id, draft, editor, body.override_reason)
    async with app.database.write() as db:
        await passed.record(db, app.clock)
        article = await articles.save(
            db, app.clock, article_id, draft, editor.login, expected=body.expected
        )
        newest = await catalogue.version(db, article_id, article.newest)
    return ArticleView.whole(article, newest, _hints(newest, article.language))


@router.post("/{article_id}/publish")
async def publish_article(
    app: Services, editor: CurrentEditor, article_id: UUID, body: PublishBody
) -> ArticleView:
    passed = await gate.guard_publish(app, article_id, body.expected, editor, body.override_reason)
    async with app.database.write() as db:
        await passed.record(db, app.clock)
        article = await articles.publish(
            db, app.clock, article_id, expected=body.expected, by=editor.login, note=body.note
        )
        newest = await catalogue.version(db, article_id, article.newest)
    await app.knowledge.wait_for_revision(article.revision)
    return ArticleView.whole(article, newest, _hints(newest, article.language))


@router.post("/{article_id}/archive")
async def archive_article(
    app: Services, editor: CurrentEditor, article_id: UUID, body: ArchiveBody | None = None
) -> ArticleView:
    note, reason = (body.note, body.override_reason) if body else ("", "")
    passed = await gate.guard_archive(app, article_id, editor, reason)
    async with app.database.write() as db:
        await passed.record(db, app.clock)
        article = await articles.archive(db, app.clock, article_id, by=editor.login, note=note)
        newest = await catalogue.version(db, article_id, article.newest)
    await app.knowledge.wait_for_revision(article.revision)
    return ArticleView.whole(article, newest, [])


@router.get("/{article_id}/versions")
async def list_versions(app: Services, _: Reader, article_id: UUID) -> list[VersionView]:
    async with app.database.read() as db:
        found = await catalogue.versions(db, article_id)
    return [VersionView.of(version) for version in found]


def _hints(version: ArticleVersion, language: str) -> list[Hint]:
    return lint(
        questions=version.questions,
        context=version.context,
        action=version.action,
        outcome=version.outcome,
        language=language,
    )
