"""The API for an article's life: review, set times, reading again, versions, history, languages."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from knowledge_base import articles, catalogue, history, lifecycle, variants
from knowledge_base.editor import compare
from knowledge_base.models import Article
from knowledge_base.review import gate
from knowledge_base.review.views import ExpirySetView, PlanBody
from knowledge_base.views import (
    ArticleView,
    DiffView,
    ExpiryBody,
    FamilyView,
    LanguageBody,
    NoteBody,
    NotedAtVersion,
    PartChangeView,
    RestoreBody,
    ReviewedBody,
    StepView,
    VersionNumber,
)
from server.auth import CurrentEditor, Role, Staff, allow, services

router = APIRouter(prefix="/api/articles/{article_id}", tags=["articles"])

Services = Annotated[Any, Depends(services)]
Reader = Annotated[Staff, Depends(allow(Role.AGENT, Role.EDITOR, Role.TRAINER, Role.SUPERVISOR))]


@router.post("/review")
async def submit_article(
    app: Services, editor: CurrentEditor, article_id: UUID, body: NotedAtVersion
) -> ArticleView:
    async with app.database.write() as db:
        article = await lifecycle.submit(
            db, app.clock, article_id, expected=body.expected, by=editor.login, note=body.note
        )
        return await _whole(db, article)


@router.post("/return")
async def return_article(
    app: Services, editor: CurrentEditor, article_id: UUID, body: NotedAtVersion
) -> ArticleView:
    async with app.database.write() as db:
        article = await lifecycle.send_back(
            db, app.clock, article_id, expected=body.expected, by=editor.login, note=body.note
        )
        return await _whole(db, article)


@router.post("/schedule")
async def schedule_article(
    app: Services, editor: CurrentEditor, article_id: UUID, body: PlanBody
) -> ArticleView:
    passed = await gate.guard_publish(app, article_id, body.expected, editor, body.override_reason)
    async with app.database.write() as db:
        await passed.record(db, app.clock)
        article = await lifecycle.schedule(
            db,
            app.clock,
            article_id,
            expected=body.expected,
            at=body.at,
            by=editor.login,
            note=body.note,
        )
        return await _whole(db, article)


@router.post("/unschedule")
async def unschedule_article(
    app: Services, editor: CurrentEditor, article_id: UUID, body: NoteBody
) -> ArticleView:
    async with app.database.write() as db:
        article = await lifecycle.unschedule(
            db, app.clock, article_id, by=editor.login, note=body.note
        )
        return await _whole(db, article)


@router.post("/expire")
async def set_expiry(
    app: Services, _: CurrentEditor, article_id: UUID, body: ExpiryBody
) -> ExpirySetView:
    async with app.database.write() as db:
        article = await lifecycle.set_expiry(db, app.clock, article_id, at=body.at)
        whole = await _whole(db, article)
    warning = await gate.warn_of_expiry(app, article_id) if body.at is not None else ""
    return ExpirySetView(**vars(whole), warning=warning)


@router.post("/reviewed")
async def mark_reviewed(
    app: Services, editor: CurrentEditor, article_id: UUID, body: ReviewedBody
) -> ArticleView:
    async with app.database.write() as db:
        article = await lifecycle.reviewed(
            db, app.clock, article_id, days=body.days, by=editor.login, note=body.note
        )
        return await _whole(db, article)


@router.post("/restore")
async def restore_version(
    app: Services, editor: CurrentEditor, article_id: UUID, body: RestoreBody
) -> ArticleView:
    async with app.database.write() as db:
        article = await articles.restore(
            db, app.clock, article_id, body.version, editor.login, expected=body.expected
        )
        return await _whole(db, article)


@router.get("/diff")
async def diff_versions(
    app: Services,
    _: Reader,
    article_id: UUID,
    old: Annotated[VersionNumber, Query()],
    new: Annotated[VersionNumber, Query()],
) -> DiffView:
    async with app.database.read() as db:
        before = await catalogue.version(db, article_id, old)
        after = await catalogue.version(db, article_id, new)
    changes = await compare.in_thread(before, after)
    return DiffView(old=old, new=new, parts=[PartChangeView.of(one) for one in changes])


@router.get("/history")
async def list_history(app: Services, _: Reader, article_id: UUID) -> list[StepView]:
    async with app.database.read() as db:
        found = await history.of(db, article_id)
    return [StepView.model_validate(one, from_attributes=True) for one in found]


@router.get("/variants")
async def list_variants(app: Services, _: Reader, article_id: UUID) -> FamilyView:
    async with app.database.read() as db:
        return FamilyView.of(await variants.family(db, article_id))


@router.post("/variants", status_code=201)
async def add_variant(
    app: Services, editor: CurrentEditor, article_id: UUID, body: LanguageBody
) -> ArticleView:
    async with app.database.write() as db:
        article = await variants.add(db, app.clock, article_id, body.language, editor.login)
        return await _whole(db, article)


async def _whole(db: Any, article: Article) -> ArticleView:
    return ArticleView.whole(article, await catalogue.version(db, article.id, article.newest), [])
