"""One customer, as an agent sees them: who they are, how that is known, and what they went through with us."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation, Episode, Turn, Visitor
from handoff import words
from handoff.cases.models import CaseRecord
from handoff.customers import followups, history, segments
from handoff.desk import HandoffDesk
from handoff.gathering import NO_TOPIC
from handoff.models import Handoff, Note
from server.auth import Role, Staff

EPISODES, CASES, NOTES, CHATS = 30, 30, 30, 20


class _View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Identity(BaseModel):
    """Who the customer says they are, and who the site says they are."""

    name: str | None
    email: str | None
    """Typed by the customer, or signed if they typed none: where answers go."""
    verified_email: str | None
    verified_name: str | None
    external_id: str | None
    verified_at: datetime | None
    language: str | None
    zone: str | None
    since: datetime


class Attribute(BaseModel):
    name: str
    value: str | float | bool
    verified: bool


class EpisodeView(BaseModel):
    conversation: UUID
    number: int
    here: bool
    """It belongs to the chat that is shown."""
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    intents: list[str]
    rating: int | None
    rating_comment: str | None


class CaseView(BaseModel):
    conversation: UUID
    topic: str | None
    requested_at: datetime
    closed_at: datetime | None
    outcome: str | None
    in_time: bool | None
    acceptable: bool | None
    remedy: str | None
    remedy_amount: float | None


class NoteLine(_View):
    conversation_id: UUID
    staff_name: str
    text: str
    created_at: datetime


class FollowUpView(BaseModel):
    id: UUID
    why: str
    due_at: datetime
    owner: str | None
    done_at: datetime | None
    done_note: str


class Chat(BaseModel):
    """Another chat of the same signed-in customer."""

    conversation: UUID
    owner: str
    updated_at: datetime
    readable: bool


class CustomerView(BaseModel):
    identity: Identity
    segment: str | None
    segment_why: str | None
    attributes: list[Attribute]
    episodes: list[EpisodeView]
    cases: list[CaseView]
    notes: list[NoteLine]
    follow_ups: list[FollowUpView]
    chats: list[Chat]


async def read(
    db: AsyncSession, desk: HandoffDesk, conversation: Conversation, reader: Staff
) -> CustomerView:
    """The customer of a chat that the reader may read. Chats elsewhere are linked by the site's signature only;
    of those that never came to the desk an agent sees that they were, and how they ended, not what was said."""
    visitor = await db.get_one(Visitor, conversation.visitor_id)
    ids = await history.linked(db, visitor)
    chats = (
        await db.scalars(
            select(Conversation)
            .where(Conversation.visitor_id.in_(ids), Conversation.last_seq > 0)
            .order_by(Conversation.updated_at.desc())
            .limit(CHATS)
        )
    ).all()
    of = [one.id for one in chats] or [conversation.id]
    cases = await _cases(db, of)
    seen_by_desk = {one.conversation for one in cases}
    verdict = await _verdict(db, desk, visitor)
    return CustomerView(
        identity=_identity(visitor, await _language(db, of)),
        segment=verdict.segment if verdict else None,
        segment_why=verdict.why if verdict else None,
        attributes=_attributes(visitor),
        episodes=await _episodes(db, of, conversation.id, reader, seen_by_desk),
        cases=cases,
        notes=await _notes(db, of),
        follow_ups=await _follow_ups(db, of),
        chats=[
            Chat(
                conversation=one.id,
                owner=one.owner.value,
                updated_at=one.updated_at,
                readable=reader.may(Role.SUPERVISOR) or one.id in seen_by_desk,
            )
            for one in chats
            if one.id != conversation.id
        ],
    )


async def _verdict(
    db: AsyncSession, desk: HandoffDesk, visitor: Visitor
) -> segments.Verdict | None:
    house = desk.segments
    return await house.verdict(db, visitor) if isinstance(house, segments.HouseSegments) else None


def _identity(visitor: Visitor, language: str | None) -> Identity:
    signed: dict[str, Any] = visitor.attributes if visitor.verified_at else {}
    return Identity(
        name=visitor.name,
        email=visitor.email,
        verified_email=signed.get("email"),
        verified_name=signed.get("name"),
        external_id=visitor.external_id if visitor.verified_at else None,
        verified_at=visitor.verified_at,
        language=language,
        zone=visitor.zone,
        since=visitor.created_at,
    )


def _attributes(visitor: Visitor) -> list[Attribute]:
    signed: dict[str, Any] = visitor.attributes if visitor.verified_at else {}
    shown = [
        Attribute(name=name, value=value, verified=True)
        for name, value in sorted(signed.items())
        if name not in ("name", "email")
    ]
    shown += [
        Attribute(name=name, value=value, verified=False)
        for name, value in sorted(visitor.claimed.items())
        if name not in signed
    ]
    return shown


async def _language(db: AsyncSession, of: list[UUID]) -> str | None:
    return await db.scalar(
        select(Handoff.language)
        .where(Handoff.conversation_id.in_(of), Handoff.language.is_not(None))
        .order_by(Handoff.requested_at.desc())
        .limit(1)
    )


async def _episodes(
    db: AsyncSession, of: list[UUID], here: UUID, reader: Staff, known: set[UUID]
) -> list[EpisodeView]:
    found = (
        await db.scalars(
            select(Episode)
            .where(Episode.conversation_id.in_(of))
            .order_by(Episode.started_at.desc())
            .limit(EPISODES)
        )
    ).all()
    intents: dict[tuple[UUID, int], Counter[str]] = {}
    turns = await db.execute(
        select(Turn.conversation_id, Turn.episode, Turn.intent)
        .where(Turn.conversation_id.in_(of), Turn.intent.is_not(None))
        .order_by(Turn.started_at.desc())
        .limit(500)
    )
    for conversation_id, number, intent in turns:
        if intent and intent not in NO_TOPIC:
            intents.setdefault((conversation_id, number), Counter())[words.humanise(intent)] += 1
    all_chats = reader.may(Role.SUPERVISOR)
    return [
        EpisodeView(
            conversation=one.conversation_id,
            number=one.number,
            here=one.conversation_id == here,
            started_at=one.started_at,
            ended_at=one.ended_at,
            outcome=one.outcome.value if one.outcome else None,
            intents=[
                name
                for name, _ in intents.get(
                    (one.conversation_id, one.number), Counter()
                ).most_common(3)
            ],
            rating=one.rating,
            # A comment is the customer's words: read where the chat itself may be read.
            rating_comment=(
                one.rating_comment if all_chats or one.conversation_id in known else None
            ),
        )
        for one in found
    ]


async def _cases(db: AsyncSession, of: list[UUID]) -> list[CaseView]:
    rows = await db.execute(
        select(Handoff, CaseRecord)
        .outerjoin(CaseRecord, CaseRecord.handoff_id == Handoff.id)
        .where(Handoff.conversation_id.in_(of))
        .order_by(Handoff.requested_at.desc())
        .limit(CASES)
    )
    return [_case(handoff, record) for handoff, record in rows]


def _case(handoff: Handoff, record: CaseRecord | None) -> CaseView:
    return CaseView(
        conversation=handoff.conversation_id,
        topic=words.humanise(handoff.topic) if handoff.topic else None,
        requested_at=handoff.requested_at,
        closed_at=handoff.closed_at,
        outcome=handoff.outcome,
        in_time=record.in_time if record else None,
        acceptable=record.acceptable if record else None,
        remedy=record.remedy if record else None,
        remedy_amount=record.remedy_amount if record else None,
    )


async def _follow_ups(db: AsyncSession, of: list[UUID]) -> list[FollowUpView]:
    names = {one.id: one.name for one in await db.scalars(select(Staff))}
    return [
        FollowUpView(
            id=one.id,
            why=one.why,
            due_at=one.due_at,
            owner=names.get(one.owner_id) if one.owner_id else None,
            done_at=one.done_at,
            done_note=one.done_note,
        )
        for one in await followups.of(db, of)
    ]


async def _notes(db: AsyncSession, of: list[UUID]) -> list[NoteLine]:
    found = await db.scalars(
        select(Note)
        .where(Note.conversation_id.in_(of))
        .order_by(Note.created_at.desc())
        .limit(NOTES)
    )
    return [NoteLine.model_validate(one) for one in found]
