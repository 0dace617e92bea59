"""The article API for editors; agents read and try. Answers hold plain text, never HTML."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from knowledge_base import articles, catalogue, importer
from knowledge_base.decision import DecisionContext
from knowledge_base.drafts import Draft, read_draft
from knowledge_base.linter import Hint, lint
from knowledge_base.models import ArticleVersion, Audience, Status
from knowledge_base.views import (
    ArticleBody,
    ArticleLine,
    ArticleView,
    AtVersion,
    CandidateView,
    DecisionView,
    ImportBody,
    ReportView,
    SaveBody,
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
    status: Status | None = None,
    words: Annotated[str, Query(max_length=200)] = "",
) -> list[ArticleLine]:
    async with app.database.read() as db:
        found = await catalogue.list_all(db, status=status, words=words)
    return [ArticleLine.of(listed) for listed in found]


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


@router.post("/import")
async def import_articles(app: Services, _: CurrentEditor, body: ImportBody) -> ReportView:
    report = await importer.import_sources(
        app.database,
        app.clock,
        importer.text_sources(body.kind, body.text),
        publish=body.publish,
    )
    return ReportView.of(report)


@router.post("", status_code=201)
async def create_article(app: Services, editor: CurrentEditor, body: ArticleBody) -> ArticleView:
    async with app.database.write() as db:
        draft = read_draft(body.model_dump())
        article = await articles.create(db, app.clock, draft, editor.login)
        newest = await catalogue.version(db, article.id, 1)
    return ArticleView.whole(article, newest, _hints(newest))


@router.get("/{article_id}")
async def get_article(app: Services, _: Reader, article_id: UUID) -> ArticleView:
    async with app.database.read() as db:
        article = await catalogue.get(db, article_id)
        newest = await catalogue.version(db, article_id, article.newest)
    return ArticleView.whole(article, newest, _hints(newest))


@router.put("/{article_id}")
async def save_article(
    app: Services, editor: CurrentEditor, article_id: UUID, body: SaveBody
) -> ArticleView:
    draft: Draft = read_draft(body.model_dump(exclude={"expected"}))
    async with app.database.write() as db:
        article = await articles.save(
            db, app.clock, article_id, draft, editor.login, expected=body.expected
        )
        newest = await catalogue.version(db, article_id, article.newest)
    return ArticleView.whole(article, newest, _hints(newest))


@router.post("/{article_id}/review")
async def submit_article(
    app: Services, _: CurrentEditor, article_id: UUID, body: AtVersion
) -> ArticleView:
    async with app.database.write() as db:
        article = await articles.submit(db, app.clock, article_id, expected=body.expected)
        newest = await catalogue.version(db, article_id, article.newest)
    return ArticleView.whole(article, newest, [])


@router.post("/{article_id}/publish")
async def publish_article(
    app: Services, _: CurrentEditor, article_id: UUID, body: AtVersion
) -> ArticleView:
    async with app.database.write() as db:
        article = await articles.publish(db, app.clock, article_id, expected=body.expected)
        newest = await catalogue.version(db, article_id, article.newest)
    await app.knowledge.wait_for_revision(article.revision)
    return ArticleView.whole(article, newest, _hints(newest))


@router.post("/{article_id}/archive")
async def archive_article(app: Services, _: CurrentEditor, article_id: UUID) -> ArticleView:
    async with app.database.write() as db:
        article = await articles.archive(db, app.clock, article_id)
        newest = await catalogue.version(db, article_id, article.newest)
    await app.knowledge.wait_for_revision(article.revision)
    return ArticleView.whole(article, newest, [])


@router.get("/{article_id}/versions")
async def list_versions(app: Services, _: Reader, article_id: UUID) -> list[VersionView]:
    async with app.database.read() as db:
        found = await catalogue.versions(db, article_id)
    return [VersionView.of(version) for version in found]


def _hints(version: ArticleVersion) -> list[Hint]:
    return lint(
        questions=version.questions,
        context=version.context,
        action=version.action,
        outcome=version.outcome,
    )
