"""The handoff card: all that is known about a chat, so that the customer never repeats themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation, Owner, Visitor
from handoff import card_case, gathering, history
from handoff.card_case import (
    CardAlarm,
    CardCase,
    CardClock,
    CardPriority,
    CardPromise,
    CardReason,
    CardRoute,
    TimelineLine,
)
from handoff.card_suggestions import Found, Knowledge, SuggestedArticle, suggest_articles
from handoff.corrections.correction import Correction
from handoff.desk import HandoffDesk, latest
from handoff.evidence import Evidence
from handoff.history import NoteView, PastEpisode
from handoff.models import Handoff
from handoff.replies import Reply, Template, suggest
from handoff.summary import quote

__all__ = ["Card", "CardCustomer", "Found", "Knowledge", "build", "episode_of", "suggest_articles"]


HouseReplies = Callable[[AsyncSession, str | None], Awaitable[tuple[Template, ...]]]
"""The house's replies in a language."""


class CardCustomer(BaseModel):
    name: str | None
    email: str | None
    """Typed by the visitor: a label, never an identity."""
    since: datetime
    external_id: str | None = None
    """The site's own id of this customer."""
    attributes: dict[str, Any] = {}
    """What the site says of them, signed."""
    claimed: dict[str, Any] = {}
    """What the page says of them, which anybody may have typed."""
    verified_at: datetime | None = None
    """When the site's signature was last seen and good; null: nothing is proven."""


class Card(BaseModel):
    conversation: UUID
    owner: Owner
    epoch: int
    agent_id: UUID | None
    now: datetime
    customer: CardCustomer
    summary: list[str] = []
    """At most six lines: first ask, last ask, what failed, details given."""
    reason: CardReason | None
    priority: CardPriority | None
    route: CardRoute | None = None
    clock: CardClock | None
    alarm: CardAlarm | None = None
    promise: CardPromise | None = None
    evidence: Evidence
    at_request: Evidence | None
    """The evidence at the moment of the request, if it has grown since."""
    suggested_articles: list[SuggestedArticle] = []
    suggested_replies: list[Reply] = []
    pointing: tuple[Template, ...] = Field((), exclude=True)
    """Replies that point to an article, to be filled when one was found (see `suggest_articles`)."""
    corrections: list[Correction] = []
    """What agents corrected in this episode."""
    history: list[PastEpisode] = []
    timeline: list[TimelineLine] = []
    notes: list[NoteView] = []
    """The last ones, newest last."""
    notes_earlier: bool = False


async def build(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation: Conversation,
    agent_name: str,
    house: HouseReplies | None = None,
) -> Card:
    """The live card of a conversation, all but what is searched for (see `suggest_articles`).

    `house` gives the house's own replies (handoff.library.canned.templates); None: the shipped ones.
    """
    handoff = await latest(db, conversation.id)
    number = _episode(handoff, conversation)
    seen = await gathering.read(db, conversation.id, number)
    snapshot = Evidence.model_validate(handoff.card) if handoff and handoff.card else None
    visitor = await db.get_one(Visitor, conversation.visitor_id)
    now = desk.clock.now()
    case: CardCase | None = None
    if handoff is not None and handoff.episode == number:
        case = await card_case.read(db, handoff, await desk.rosters.now(db), now)
    language = case.route.language if case else None
    templates = await house(db, language) if house else desk.replies
    written = await history.notes(db, conversation.id)
    return Card(
        conversation=conversation.id,
        owner=conversation.owner,
        epoch=conversation.epoch,
        agent_id=conversation.agent_id,
        now=now,
        customer=CardCustomer(
            name=visitor.name,
            email=visitor.email,
            since=visitor.created_at,
            external_id=visitor.external_id,
            attributes=dict(visitor.attributes or {}),
            claimed=dict(visitor.claimed or {}),
            verified_at=visitor.verified_at,
        ),
        summary=seen.brief(),
        reason=case.reason if case else None,
        priority=case.priority if case else None,
        route=case.route if case else None,
        clock=case.clock if case else None,
        alarm=case.alarm if case else None,
        promise=case.promise if case else None,
        evidence=seen,
        at_request=snapshot if case and _differ(snapshot, seen) else None,
        suggested_replies=suggest(
            templates,
            _known(seen, visitor, agent_name),
            reason=case.reason.code if case else "",
            now=now,
            hours=desk.hours,
            intents=[one.name for one in seen.intents],
        ),
        pointing=tuple(one for one in templates if "{article}" in one.text),
        history=await history.episodes(db, conversation.id, before=number),
        timeline=case.timeline if case else [],
        notes=written.notes,
        notes_earlier=written.earlier,
    )


async def episode_of(db: AsyncSession, conversation: Conversation) -> int:
    """The episode that the card shows: of the open request, or else the newest."""
    return _episode(await latest(db, conversation.id), conversation)


def _episode(handoff: Handoff | None, conversation: Conversation) -> int:
    return handoff.episode if handoff and handoff.closed_at is None else conversation.episode


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
