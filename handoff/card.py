"""The handoff card: all that is known about a chat, so that the customer never repeats themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation, Owner, Visitor
from handoff import gathering, history, words
from handoff.desk import HandoffDesk, latest
from handoff.evidence import Evidence, Verdict
from handoff.history import NoteView, PastEpisode
from handoff.models import Handoff
from handoff.replies import Reply, suggest
from handoff.summary import quote

log = structlog.get_logger(__name__)

SUGGESTED_ARTICLES = 4


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
        history=await history.episodes(db, conversation.id, before=number),
        notes=await history.notes(db, conversation.id),
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
        code=handoff.reason, words=words.reason(handoff.reason), detail=words.detail(handoff.detail)
    )


def _priority(handoff: Handoff | None) -> CardPriority | None:
    if handoff is None:
        return None
    return CardPriority(
        level=handoff.priority,
        why=handoff.priority_reason,
        moment_of_truth=handoff.moment_of_truth,
    )


async def _clock(db: AsyncSession, handoff: Handoff | None, now: datetime) -> CardClock | None:
    if handoff is None:
        return None
    answered = await history.first_response(db, handoff)
    return CardClock(
        requested_at=handoff.requested_at,
        claimed_at=handoff.claimed_at,
        first_response_at=answered,
        due_at=handoff.due_at,
        overdue=(answered or handoff.closed_at or now) > handoff.due_at,
        returns=handoff.returns,
    )
