"""What a customer went through with the house, as numbers: of one, or of all for a rule's count."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation, Episode, Outcome, Turn, Visitor
from handoff.cases.models import CaseRecord
from handoff.models import Handoff

MONTH, QUARTER = timedelta(days=30), timedelta(days=90)
# A new issue so short after the last one was closed is most often the same one.
SAME_ISSUE = timedelta(days=3)
LINKED = 500
LOW = 2
# The next episode goes on with the same issue.
GOES_ON = frozenset({Outcome.HANDED_BACK, Outcome.CANCELLED})
ENDED = frozenset({Outcome.CONFIRMED, Outcome.ASSUMED, Outcome.CLOSED_BY_AGENT})
WORTH = ("refund", "credit", "replacement")


@dataclass
class History:
    """Numbers of one customer, over all chats that are known to be theirs."""

    episodes_30: int = 0
    episodes_90: int = 0
    low_ratings_90: int = 0
    reopened_30: int = 0
    """Came back within three days after a chat was closed."""
    frustration_30: float = 0.0
    """The highest of any message, 0 to 1."""
    remedies_90: int = 0
    remedied_90: float = 0.0
    """Refunds, credits and replacements, in the house's currency."""
    attributes: dict[str, Any] = field(default_factory=dict)
    """Signed ones only."""


async def of(db: AsyncSession, visitor: Visitor, now: datetime) -> History:
    """The history of a customer: of all chats with the same signed id, or else of this one alone."""
    ids = await linked(db, visitor)
    found = await _read(db, now, Visitor.id.in_(ids))
    whole = merged(found.values())
    whole.attributes = dict(visitor.attributes) if visitor.verified_at is not None else {}
    return whole


async def linked(db: AsyncSession, visitor: Visitor) -> Sequence[uuid.UUID]:
    """The visitors that are the same customer by the site's signature, this one included: the newest ones,
    for whoever signs in again and again could make them more than a query takes.
    """
    if visitor.external_id is None or visitor.verified_at is None:
        return [visitor.id]
    found = await db.scalars(
        select(Visitor.id)
        .where(Visitor.external_id == visitor.external_id, Visitor.verified_at.is_not(None))
        .order_by(Visitor.created_at.desc())
        .limit(LINKED)
    )
    return list(dict.fromkeys([visitor.id, *found]))


async def everybody(db: AsyncSession, now: datetime) -> list[History]:
    """One history for each customer who was there in the last 90 days."""
    found = await _read(db, now, true())
    visitors = await db.execute(
        select(Visitor.id, Visitor.external_id, Visitor.verified_at, Visitor.attributes)
        .join(Conversation, Conversation.visitor_id == Visitor.id)
        .where(Conversation.updated_at > now - QUARTER)
    )
    groups: dict[object, list[History]] = {}
    signed: dict[object, dict[str, Any]] = {}
    for visitor_id, external_id, verified_at, attributes in visitors:
        known = external_id is not None and verified_at is not None
        key = ("site", external_id) if known else visitor_id
        groups.setdefault(key, []).append(found.get(visitor_id, History()))
        if known:
            signed[key] = dict(attributes)
    histories = []
    for key, group in groups.items():
        whole = merged(group)
        whole.attributes = signed.get(key, {})
        histories.append(whole)
    return histories


def merged(parts: Iterable[History]) -> History:
    whole = History()
    for part in parts:
        whole.episodes_30 += part.episodes_30
        whole.episodes_90 += part.episodes_90
        whole.low_ratings_90 += part.low_ratings_90
        whole.reopened_30 += part.reopened_30
        whole.frustration_30 = max(whole.frustration_30, part.frustration_30)
        whole.remedies_90 += part.remedies_90
        whole.remedied_90 += part.remedied_90
    return whole


async def _read(
    db: AsyncSession, now: datetime, whose: ColumnElement[bool]
) -> dict[uuid.UUID, History]:
    """Histories by visitor, without attributes."""
    found: dict[uuid.UUID, History] = {}
    await _episodes(db, now, whose, found)
    peaks = await db.execute(
        select(Visitor.id, func.max(Turn.frustration))
        .join(Conversation, Conversation.visitor_id == Visitor.id)
        .join(Turn, Turn.conversation_id == Conversation.id)
        .where(whose, Turn.started_at > now - MONTH)
        .group_by(Visitor.id)
    )
    for visitor_id, peak in peaks:
        found.setdefault(visitor_id, History()).frustration_30 = float(peak or 0.0)
    remedies = await db.execute(
        select(Visitor.id, func.count(), func.sum(CaseRecord.remedy_amount))
        .join(Conversation, Conversation.visitor_id == Visitor.id)
        .join(Handoff, Handoff.conversation_id == Conversation.id)
        .join(CaseRecord, CaseRecord.handoff_id == Handoff.id)
        .where(whose, Handoff.requested_at > now - QUARTER, CaseRecord.remedy.in_(WORTH))
        .group_by(Visitor.id)
    )
    for visitor_id, count, amount in remedies:
        history = found.setdefault(visitor_id, History())
        history.remedies_90, history.remedied_90 = int(count), float(amount or 0.0)
    return found


async def _episodes(
    db: AsyncSession,
    now: datetime,
    whose: ColumnElement[bool],
    found: dict[uuid.UUID, History],
) -> None:
    rows = await db.execute(
        select(Visitor.id, Episode.started_at, Episode.ended_at, Episode.outcome, Episode.rating)
        .join(Conversation, Conversation.visitor_id == Visitor.id)
        .join(Episode, Episode.conversation_id == Conversation.id)
        # A chat that was opened and never written in is no episode of anybody.
        .where(whose, Conversation.last_seq > 0, Episode.started_at > now - QUARTER)
        .order_by(Conversation.id, Episode.number)
    )
    before: tuple[uuid.UUID, datetime | None, Outcome | None] | None = None
    for visitor_id, started_at, ended_at, outcome, rating in rows:
        history = found.setdefault(visitor_id, History())
        lately = started_at > now - MONTH
        if outcome not in GOES_ON:
            history.episodes_90 += 1
            history.episodes_30 += lately
        if rating is not None and rating <= LOW:
            history.low_ratings_90 += 1
        if lately and before is not None and before[0] == visitor_id:
            _, closed_at, ended = before
            if closed_at and ended in ENDED and started_at - closed_at <= SAME_ISSUE:
                history.reopened_30 += 1
        before = (visitor_id, ended_at, outcome)
