"""The API of what agents reported: articles that are wrong, questions without one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from knowledge_base import reports
from server.auth import CurrentEditor, services

router = APIRouter(prefix="/api/articles/reports", tags=["reports"])
Services = Annotated[Any, Depends(services)]


class ReportView(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    what: str
    """wrong or missing."""
    slug: str | None
    title: str | None
    question: str
    conversation_id: UUID
    note: str
    by: str
    at: datetime


class Begun(BaseModel):
    slug: str


@router.get("")
async def list_reports(
    app: Services, _: CurrentEditor, what: Literal["wrong", "missing"] | None = None
) -> list[ReportView]:
    """What waits for an editor, the oldest first."""
    async with app.database.read() as db:
        return [ReportView.model_validate(one) for one in await reports.waiting(db, what)]


@router.post("/{report_id}/settle", status_code=204)
async def settle_report(app: Services, editor: CurrentEditor, report_id: UUID) -> None:
    async with app.database.write() as db:
        await reports.settle(db, app.clock, report_id, editor.login)


@router.post("/{report_id}/draft", status_code=201)
async def draft_from_report(app: Services, editor: CurrentEditor, report_id: UUID) -> Begun:
    """Begin an article for a question without one; settles the report."""
    async with app.database.write() as db:
        return Begun(slug=await reports.draft(db, app.clock, report_id, editor.login))
