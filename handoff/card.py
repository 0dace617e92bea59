"""The handoff card: all that is known about a chat, so that the customer never repeats themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Author, Conversation, Episode, Message, Owner, Visitor
from handoff import gathering, words
from handoff.desk import HandoffDesk, latest
from handoff.evidence import Evidence, Verdict
from handoff.models import Handoff, Note
from handoff.replies import Reply, suggest
from handoff.summary import quote

log = structlog.get_logger(__name__)

SUGGESTED_ARTICLES = 4
PAST_EPISODES = 20


class Found(Protocol):
    """One article of a search; knowledge_base.service.Candidate has more."""

    @property
    def article_id(self) -> UUID: ...
    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def score(self) -> float: ...


class Knowledge(Protocol):
    async def search(self, text: str, limit: int) -> Sequence[Found]:
        """The published articles nearest to the text, best first."""
        ...


class CardCustomer(BaseModel):
    name: str | None
    email: str | None
    """Typed by the visitor: a label, never an identity."""
    since: datetime


class CardReason(BaseModel):
    code: str
    words: str
    detail: str | None


class CardPriority(BaseModel):
    level: str
    why: str
    moment_of_truth: bool


class CardClock(BaseModel):
    """First response: promised, and what has happened."""

    requested_at: datetime
    claimed_at: datetime | None
    first_response_at: datetime | None
    due_at: datetime
    overdue: bool
    returns: int


class SuggestedArticle(BaseModel):
    article_id: str
    title: str
    url: str
    score: float
    tried: Verdict | None
    """What the customer said to it, if it was shown already."""


class PastEpisode(BaseModel):
    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    rating: int | None
    rating_comment: str | None
    reason: str | None
    first_ask: str | None


class NoteView(BaseModel):
    id: UUID
    staff_name: str
    text: str
    created_at: datetime


class Card(BaseModel):
    conversation: UUID
    owner: Owner
    epoch: int
    agent_id: UUID | None
    now: datetime
    customer: CardCustomer
    reason: CardReason | None
    priority: CardPriority | None
    clock: CardClock | None
    evidence: Evidence
    at_request: Evidence | None
    """The evidence at the moment of the request, if it has grown since."""
    suggested_articles: list[SuggestedArticle] = []
    suggested_replies: list[Reply] = []
    history: list[PastEpisode] = []
    notes: list[NoteView] = []


async def build(
    db: AsyncSession, desk: HandoffDesk, conversation: Conversation, agent_name: str
) -> Card:
    """The live card of a conversation, all but the suggested articles (see `suggest_articles`)."""
    handoff = await latest(db, conversation.id)
    number = handoff.episode if handoff and handoff.closed_at is None else conversation.episode
    seen = await gathering.read(db, conversation.id, number)
    snapshot = Evidence.model_validate(handoff.card) if handoff and handoff.card else None
    visitor = await db.get_one(Visitor, conversation.visitor_id)
    now = desk.clock.now()
    current = handoff if handoff and handoff.episode == number else None
    return Card(
        conversation=conversation.id,
        owner=conversation.owner,
        epoch=conversation.epoch,
        agent_id=conversation.agent_id,
        now=now,
        customer=CardCustomer(name=visitor.name, email=visitor.email, since=visitor.created_at),
        reason=_reason(current),
        priority=_priority(current),
        clock=await _clock(db, current, now),
        evidence=seen,
        at_request=snapshot if current and _differ(snapshot, seen) else None,
        suggested_replies=suggest(
            desk.replies,
            _known(seen, visitor, agent_name),
            reason=current.reason if current else "",
            now=now,
            hours=desk.hours,
        ),
        history=await _history(db, conversation.id, before=number),
        notes=await _notes(db, conversation.id),
    )


async def suggest_articles(card: Card, desk: HandoffDesk, knowledge: Knowledge, agent: str) -> Card:
    """The card with articles near to what the customer last asked; without them if the search fails.

    Called outside of any transaction: a search encodes the text.
    """
    summary = card.evidence.summary
    question = summary.last_ask or summary.first_ask
    if not question:
        return card
    try:
        found = await knowledge.search(question, SUGGESTED_ARTICLES)
    except Exception as error:  # the agent needs the card more than its suggestions
        log.warning("card_search_failed", conversation=str(card.conversation), exc_info=error)
        return card
    tried = {a.article_id: a.verdict for a in card.evidence.articles if a.shown == "answer"}
    articles = [
        SuggestedArticle(
            article_id=str(one.article_id),
            title=one.title,
            url=f"/help/{one.slug}",
            score=round(float(one.score), 4),
            tried=tried.get(str(one.article_id)),
        )
        for one in found
    ]
    fresh = next((article for article in articles if article.tried is None), None)
    known = {"agent": agent, "article": fresh.title, "url": fresh.url} if fresh else {}
    pointing = [template for template in desk.replies if "{article}" in template.text]
    more = suggest(
        tuple(pointing),
        known,
        reason=card.reason.code if card.reason else "",
        now=card.now,
        hours=desk.hours,
    )
    update: dict[str, Any] = {
        "suggested_articles": articles,
        "suggested_replies": [*card.suggested_replies, *more],
    }
    return card.model_copy(update=update)


def _differ(snapshot: Evidence | None, seen: Evidence) -> bool:
    return snapshot is not None and snapshot.model_dump() != seen.model_dump()


def _known(seen: Evidence, visitor: Visitor, agent_name: str) -> dict[str, str]:
    known = {detail.name: detail.value for detail in seen.details}
    known["agent"] = agent_name
    if visitor.name:
        known["name"] = visitor.name
    if seen.summary.first_ask:
        known["first_ask"] = quote(seen.summary.first_ask, 160)
    return known


def _reason(handoff: Handoff | None) -> CardReason | None:
    if handoff is None:
        return None
    return CardReason(
        code=handoff.reason, words=words.reason(handoff.reason), detail=handoff.detail
    )


def _priority(handoff: Handoff | None) -> CardPriority | None:
    if handoff is None:
        return None
    return CardPriority(
        level=handoff.priority,
        why=handoff.priority_reason,
        moment_of_truth=handoff.moment_of_truth,
    )


async def first_response(db: AsyncSession, handoff: Handoff) -> datetime | None:
    """When a person first wrote to the customer after this request."""
    return handoff.first_response_at or await db.scalar(
        select(func.min(Message.created_at)).where(
            Message.conversation_id == handoff.conversation_id,
            Message.episode == handoff.episode,
            Message.author == Author.AGENT,
            Message.created_at >= handoff.requested_at,
        )
    )


async def _clock(db: AsyncSession, handoff: Handoff | None, now: datetime) -> CardClock | None:
    if handoff is None:
        return None
    answered = await first_response(db, handoff)
    return CardClock(
        requested_at=handoff.requested_at,
        claimed_at=handoff.claimed_at,
        first_response_at=answered,
        due_at=handoff.due_at,
        overdue=(answered or handoff.closed_at or now) > handoff.due_at,
        returns=handoff.returns,
    )


async def _history(db: AsyncSession, conversation_id: UUID, *, before: int) -> list[PastEpisode]:
    episodes = (
        await db.scalars(
            select(Episode)
            .where(Episode.conversation_id == conversation_id, Episode.number < before)
            .order_by(Episode.number.desc())
            .limit(PAST_EPISODES)
        )
    ).all()
    numbers = [episode.number for episode in episodes]
    handoffs = await db.scalars(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.episode.in_(numbers))
        .order_by(Handoff.epoch)
    )
    reasons = {handoff.episode: handoff.reason for handoff in handoffs}
    messages = await db.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == Author.CUSTOMER,
            Message.episode.in_(numbers),
        )
        .order_by(Message.seq.desc())
    )
    asks = {message.episode: message.text for message in messages}
    return [
        PastEpisode(
            number=episode.number,
            started_at=episode.started_at,
            ended_at=episode.ended_at,
            outcome=episode.outcome.value if episode.outcome else None,
            rating=episode.rating,
            rating_comment=episode.rating_comment,
            reason=words.reason(reasons[episode.number]) if episode.number in reasons else None,
            first_ask=quote(asks[episode.number], 160) if episode.number in asks else None,
        )
        for episode in episodes
    ]


async def _notes(db: AsyncSession, conversation_id: UUID) -> list[NoteView]:
    found = await db.scalars(
        select(Note).where(Note.conversation_id == conversation_id).order_by(Note.created_at)
    )
    return [NoteView.model_validate(note, from_attributes=True) for note in found]
