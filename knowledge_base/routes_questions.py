"""The API of stored questions: those whose right article is known."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from knowledge_base.asked import questions
from knowledge_base.asked.masking import LIMIT
from knowledge_base.models import StoredQuestion
from knowledge_base.review import golden as guarded
from knowledge_base.review.views import Reason
from knowledge_base.views import Body
from server.auth import CurrentEditor, services

router = APIRouter(prefix="/api/articles", tags=["questions"])

Services = Annotated[Any, Depends(services)]
Slug = Annotated[str, Field(min_length=1, max_length=80)]


class QuestionBody(Body):
    text: Annotated[str, Field(min_length=1, max_length=LIMIT)]
    slug: Slug | None
    golden: bool = False


class LabelBody(Body):
    slug: Slug | None
    golden: bool
    override_reason: Reason = ""
    """A lead's, for a golden question that loses its mark or its right article."""


class RemovalBody(Body):
    override_reason: Reason = ""


class QuestionView(BaseModel):
    id: UUID
    text: str
    slug: str | None
    golden: bool
    source: str

    @classmethod
    def of(cls, one: StoredQuestion, slug: str | None) -> QuestionView:
        return cls(id=one.id, text=one.text, slug=slug, golden=one.golden, source=one.source)


class QuestionsView(BaseModel):
    total: int
    page: int
    pages: int
    questions: list[QuestionView]


@router.get("/questions")
async def list_questions(
    app: Services,
    _: CurrentEditor,
    words: Annotated[str, Query(max_length=200)] = "",
    source: Literal["starter", "editor", "confirmed", "refused"] | None = None,
    golden: bool | None = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> QuestionsView:
    async with app.database.read() as db:
        found = await questions.listing(db, words=words, source=source, golden=golden, page=page)
    lines = [QuestionView.of(line.question, line.slug) for line in found.lines]
    return QuestionsView(total=found.total, page=found.page, pages=found.pages, questions=lines)


@router.post("/questions", status_code=201)
async def add_question(app: Services, _: CurrentEditor, body: QuestionBody) -> QuestionView:
    async with app.database.write() as db:
        made = await questions.add(db, app.clock, body.text, body.slug, golden=body.golden)
    return QuestionView.of(made, body.slug)


@router.put("/questions/{question_id}")
async def label_question(
    app: Services, editor: CurrentEditor, question_id: UUID, body: LabelBody
) -> QuestionView:
    async with app.database.write() as db:
        changed = await guarded.change(
            db, app.clock, question_id, body.slug, golden=body.golden,
            staff=editor, reason=body.override_reason,
        )  # fmt: skip
    return QuestionView.of(changed, body.slug)


@router.delete("/questions/{question_id}", status_code=204)
async def delete_question(
    app: Services, editor: CurrentEditor, question_id: UUID, body: RemovalBody | None = None
) -> None:
    reason = body.override_reason if body else ""
    async with app.database.write() as db:
        await guarded.remove(db, app.clock, question_id, staff=editor, reason=reason)
