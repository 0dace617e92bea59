"""The API of what customers asked in vain: the list, drafts from it and from chats, the week's digest."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from knowledge_base.asked import digest, draft_from_chat
from knowledge_base.asked.digest_view import DigestView
from knowledge_base.asked.draft_from_chat import ChatDraft
from knowledge_base.asked.present import Listed
from knowledge_base.views import Body
from server.auth import CurrentEditor, services
from server.week import Week

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
    in_chats: int
    searches: int
    """Of `failed`, how many in chats and how many in the help centre."""
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
            in_chats=one.in_chats,
            searches=one.searches,
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


@router.get("/unanswered")
async def list_unanswered(
    app: Services,
    _: CurrentEditor,
    days: Annotated[int, Query(ge=1, le=90)] = 30,
    intent: Annotated[str | None, Query(max_length=80)] = None,
    place: Literal["chat", "help"] | None = None,
) -> list[ClusterView]:
    """Questions without a good answer, by meaning, the most painful first; `place`: where they were asked."""
    return [ClusterView.of(one) for one in await app.asked.unanswered(days, intent, place)]


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


@router.get("/digest")
async def read_digest(
    app: Services, _: CurrentEditor, week: Annotated[str, Query(max_length=8)] = ""
) -> DigestView:
    """One ISO week beside the one before; without a week, the present one."""
    wanted = Week.read(week) if week else Week.of(app.clock.now().date())
    return DigestView.of(await digest.digest(app.database, app.clock, app.asked, wanted))
