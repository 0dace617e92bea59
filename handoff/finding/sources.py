"""What is found: the text behind each entry of the index, read from where it lives.

Card and account numbers are hidden before anything is indexed or shown, so none is ever found.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Author, Conversation, Message, Visitor
from handoff.finding.tables import Kind
from handoff.models import Handoff, Note
from handoff.words import humanise
from understanding.bank_numbers import hide

Key = tuple[str, uuid.UUID]
"""An entry's kind and ref."""


@dataclass(frozen=True)
class Source:
    conversation_id: uuid.UUID
    text: str
    at: datetime
    author: str
    """customer, bot or agent for messages; the writer's name for notes; else empty."""
    seq: int | None = None


async def read(db: AsyncSession, keys: Iterable[Key]) -> Mapping[Key, Source]:
    """The sources that are there and have something to find."""
    refs: dict[str, set[uuid.UUID]] = defaultdict(set)
    for kind, ref in keys:
        refs[kind].add(ref)
    found: dict[Key, Source] = {}
    for kind, reader in _READERS.items():
        if refs[kind]:
            for ref, source in (await reader(db, refs[kind])).items():
                if source.text.strip():
                    found[kind, ref] = source
    return found


async def _messages(db: AsyncSession, ids: set[uuid.UUID]) -> dict[uuid.UUID, Source]:
    rows = await db.execute(
        select(
            Message.id, Message.conversation_id, Message.text, Message.created_at, Message.author, Message.seq
        ).where(Message.id.in_(ids), Message.author != Author.SYSTEM)
    )  # fmt: skip
    return {
        row.id: Source(
            row.conversation_id, hide(row.text), row.created_at, row.author.value, row.seq
        )
        for row in rows
    }


async def _notes(db: AsyncSession, ids: set[uuid.UUID]) -> dict[uuid.UUID, Source]:
    rows = await db.scalars(select(Note).where(Note.id.in_(ids)))
    return {
        note.id: Source(note.conversation_id, hide(note.text), note.created_at, note.staff_name)
        for note in rows
    }


async def _customers(db: AsyncSession, ids: set[uuid.UUID]) -> dict[uuid.UUID, Source]:
    # The newest conversation stands for the customer.
    newest = (
        select(Conversation.visitor_id, func.max(Conversation.created_at).label("at"))
        .where(Conversation.visitor_id.in_(ids))
        .group_by(Conversation.visitor_id)
        .subquery()
    )
    rows = await db.execute(
        select(Visitor, Conversation.id, Conversation.updated_at)
        .join(newest, newest.c.visitor_id == Visitor.id)
        .join(
            Conversation,
            (Conversation.visitor_id == Visitor.id) & (Conversation.created_at == newest.c.at),
        )
    )
    return {
        visitor.id: Source(
            conversation_id, hide(" · ".join(filter(None, (visitor.name, visitor.email)))), at, ""
        )
        for visitor, conversation_id, at in rows
    }


async def _cases(db: AsyncSession, ids: set[uuid.UUID]) -> dict[uuid.UUID, Source]:
    rows = await db.scalars(select(Handoff).where(Handoff.id.in_(ids)))
    return {
        case.id: Source(
            case.conversation_id,
            hide(" · ".join([*([humanise(case.topic)] if case.topic else []), *case.tags])),
            case.requested_at,
            "",
        )
        for case in rows
    }


_READERS = {
    Kind.MESSAGE: _messages,
    Kind.NOTE: _notes,
    Kind.CUSTOMER: _customers,
    Kind.CASE: _cases,
}
