"""The review API: what a draft would do, and what publishing or archiving would change."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from knowledge_base import catalogue
from knowledge_base.drafts import read_draft
from knowledge_base.review import gate
from knowledge_base.review.desk import Desk
from knowledge_base.review.views import ImpactBody, ImpactView, PublishDiffView
from knowledge_base.views import VersionNumber
from server.auth import CurrentEditor, Role, Staff, allow, services

router = APIRouter(prefix="/api/articles", tags=["review"])

Services = Annotated[Any, Depends(services)]
EditorOrLead = Annotated[Staff, Depends(allow(Role.EDITOR, Role.SUPERVISOR))]


@router.post("/impact")
async def draft_impact(app: Services, _: CurrentEditor, body: ImpactBody) -> ImpactView:
    """Duplicates, contradictions and the past questions that would change hands; nothing is stored."""
    draft = read_draft(body.draft.model_dump(exclude_unset=True))
    return ImpactView.of(await Desk.of(app).impact(draft, body.article_id))


@router.get("/{article_id}/publish-diff")
async def publish_diff(
    app: Services,
    _: EditorOrLead,
    article_id: UUID,
    version: Annotated[VersionNumber | None, Query()] = None,
    step: Literal["publish", "archive"] = "publish",
) -> PublishDiffView:
    """Every question whose decision changes; `version` is the newest unless it is named."""
    if step == "archive":
        return PublishDiffView.of(await gate.check_archive(app, article_id))
    if version is None:
        async with app.database.read() as db:
            version = (await catalogue.get(db, article_id)).newest
    return PublishDiffView.of(await gate.check_publish(app, article_id, version))
