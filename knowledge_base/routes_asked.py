"""The API of what customers asked: unanswered questions, drafts from chats, stored questions, the digest."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from knowledge_base.asked import digest, draft_from_chat, questions
from knowledge_base.asked.desk import Listed
from knowledge_base.asked.digest import Digest, Doing, Week
from knowledge_base.asked.draft_from_chat import ChatDraft
from knowledge_base.asked.health import Health
from knowledge_base.asked.masking import LIMIT
from knowledge_base.models import StoredQuestion
from knowledge_base.views import Body
from server.auth import CurrentEditor, services

router = APIRouter(prefix="/api/articles", tags=["asked"])

Services = Annotated[Any, Depends(services)]
Key = Annotated[str, Path(max_length=64)]
Slug = Annotated[str, Field(min_length=1, max_length=80)]


class ChatView(BaseModel):
    conversation_id: UUID
    episode: int
    at: datetime
    solved_by_person: bool


class NearestView(BaseModel):
    slug: str
    title: str
    probability: float
    answers: bool


class ClusterView(BaseModel):
    key: str
    heading: str
    newest: str
    examples: list[str]
    intents: list[str]
    asked: int
    failed: int
    fates: dict[str, int]
    last_seen: datetime
    mended: bool
    nearest: NearestView | None
    chats: list[ChatView]

    @classmethod
    def of(cls, listed: Listed) -> ClusterView:
        one = listed.cluster
        near = listed.nearest
        return cls(
            key=one.key,
            heading=one.heading,
            newest=one.newest,
            examples=list(one.examples),
            intents=list(one.intents),
            asked=one.asked,
            failed=one.failed,
            fates={fate.value: count for fate, count in one.fates.items()},
            last_seen=one.last_seen,
            mended=listed.mended,
            nearest=NearestView.model_validate(near, from_attributes=True) if near else None,
            chats=[ChatView.model_validate(chat, from_attributes=True) for chat in one.chats],
        )


class SlugBody(Body):
    slug: Slug


class Begun(BaseModel):
    slug: str


class Added(BaseModel):
    added: int


class FromChatBody(Body):
    conversation_id: UUID
    episode: Annotated[int, Field(ge=1, le=2**31 - 1)]
    sentences: Annotated[list[int], Field(max_length=200)] | None = None
    """Numbers of the sentences to take; without it, those that look right."""


class SentenceView(BaseModel):
    number: int
    part: str
    text: str
    taken: bool
    flags: list[str]
    seq: int
    author: str
    source: str


class FromChatView(BaseModel):
    slug: str
    sentences: list[SentenceView]

    @classmethod
    def of(cls, slug: str, chat: ChatDraft) -> FromChatView:
        found = [SentenceView.model_validate(one, from_attributes=True) for one in chat.sentences]
        return cls(slug=slug, sentences=found)


class QuestionBody(Body):
    text: Annotated[str, Field(min_length=1, max_length=LIMIT)]
    slug: Slug | None
    golden: bool = False


class LabelBody(Body):
    slug: Slug | None
    golden: bool


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


class HealthView(BaseModel):
    views: int
    shown: int
    helped: int
    not_helped: int
    deflected: int

    @classmethod
    def of(cls, one: Health) -> HealthView:
        return cls.model_validate(one, from_attributes=True)


class DoingView(BaseModel):
    slug: str
    title: str
    health: HealthView
    before: HealthView

    @classmethod
    def of(cls, one: Doing) -> DoingView:
        these, those = HealthView.of(one.health), HealthView.of(one.before)
        return cls(slug=one.slug, title=one.title, health=these, before=those)


class TotalsView(BaseModel):
    failed: int
    shown: int
    helped: int
    not_helped: int
    views: int


class RecurringView(BaseModel):
    key: str
    heading: str
    failed: int
    asked: int
    before: int


class OldView(BaseModel):
    slug: str
    title: str
    owner: str | None
    updated: date
    review_by: date | None
    overdue: bool


class DigestView(BaseModel):
    week: str
    totals: TotalsView
    before: TotalsView
    recurring: list[RecurringView]
    worst: list[DoingView]
    old: list[OldView]
    new: list[DoingView]

    @classmethod
    def of(cls, found: Digest) -> DigestView:
        return cls(
            week=str(found.week),
            totals=TotalsView.model_validate(found.totals, from_attributes=True),
            before=TotalsView.model_validate(found.before, from_attributes=True),
            recurring=[
                RecurringView(
                    key=one.cluster.key,
                    heading=one.cluster.heading,
                    failed=one.cluster.failed,
                    asked=one.cluster.asked,
                    before=one.before,
                )
                for one in found.recurring
            ],
            worst=[DoingView.of(one) for one in found.worst],
            old=[OldView.model_validate(one, from_attributes=True) for one in found.old],
            new=[DoingView.of(one) for one in found.new],
        )


@router.get("/unanswered")
async def list_unanswered(
    app: Services,
    _: CurrentEditor,
    days: Annotated[int, Query(ge=1, le=90)] = 30,
    intent: Annotated[str | None, Query(max_length=80)] = None,
) -> list[ClusterView]:
    """Questions without a good answer, by meaning, the most painful first."""
    return [ClusterView.of(one) for one in await app.asked.unanswered(days, intent)]


@router.post("/unanswered/{key}/draft", status_code=201)
async def begin_draft(app: Services, editor: CurrentEditor, key: Key) -> Begun:
    return Begun(slug=await app.asked.draft(key, editor.login))


@router.post("/unanswered/{key}/add")
async def add_to_article(app: Services, editor: CurrentEditor, key: Key, body: SlugBody) -> Added:
    return Added(added=await app.asked.add_to_article(key, body.slug, editor.login))


@router.post("/unanswered/{key}/aside", status_code=204)
async def set_aside(app: Services, editor: CurrentEditor, key: Key) -> None:
    await app.asked.set_aside(key, editor.login)


@router.delete("/unanswered/{key}/aside", status_code=204)
async def bring_back(app: Services, _: CurrentEditor, key: Key) -> None:
    """Take back what was set aside; all its wordings come back."""
    await app.asked.bring_back(await app.asked.aside_with(key))


@router.post("/drafts/from-chat", status_code=201)
async def draft_from_solved_chat(
    app: Services, editor: CurrentEditor, body: FromChatBody
) -> FromChatView:
    """Store a draft made of sentences of a chat that a person solved; the answer tells where each stood."""
    async with app.database.write() as db:
        chat = await draft_from_chat.read(db, body.conversation_id, body.episode)
        article = await draft_from_chat.create(db, app.clock, chat, editor.login, body.sentences)
    return FromChatView.of(article.slug, chat)


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
    app: Services, _: CurrentEditor, question_id: UUID, body: LabelBody
) -> QuestionView:
    async with app.database.write() as db:
        changed = await questions.change(db, question_id, body.slug, golden=body.golden)
    return QuestionView.of(changed, body.slug)


@router.delete("/questions/{question_id}", status_code=204)
async def delete_question(app: Services, _: CurrentEditor, question_id: UUID) -> None:
    async with app.database.write() as db:
        await questions.remove(db, question_id)


@router.get("/digest")
async def read_digest(
    app: Services, _: CurrentEditor, week: Annotated[str, Query(max_length=8)] = ""
) -> DigestView:
    """One ISO week beside the one before; without a week, the present one."""
    wanted = Week.read(week) if week else Week.of(app.clock.now().date())
    return DigestView.of(await digest.digest(app.database, app.clock, app.asked, wanted))
