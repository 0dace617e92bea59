"""Search over all history: what holds every word, the newest first, of conversations this person may read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, String, TextClause, Uuid, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation, Visitor
from handoff.finding import sources
from handoff.finding.words import distinct, snippet
from handoff.models import Handoff
from server.auth import Role, Staff
from server.errors import Invalid
from understanding.bank_numbers import find

MOST_WORDS = 8
LIMIT, MOST = 20, 50
NEWEST = 2**62
_TYPES = {"id": BigInteger, "kind": String, "ref": Uuid, "conversation_id": Uuid}
_SELECT = "SELECT e.id, e.kind, e.ref, e.conversation_id FROM "
# Agents read what came to the desk (handoff.desk.may_read).
_CAME = " AND EXISTS (SELECT 1 FROM handoffs h WHERE h.conversation_id = e.conversation_id)"
# CROSS JOIN keeps SQLite from going through the entries first.
_SQLITE = (
    "history_words w CROSS JOIN history_entries e ON e.id = w.rowid "
    "WHERE w.history_words MATCH :words AND w.rowid < :before"
)
_POSTGRES = "history_entries e WHERE e.words @@ CAST(:words AS tsquery) AND e.id < :before"


@dataclass(frozen=True)
class Hit:
    id: int
    kind: str
    conversation_id: uuid.UUID
    seq: int | None
    author: str
    customer: str | None
    topic: str | None
    at: datetime
    text: str
    marks: list[tuple[int, int]]
    """Where the hits stand in the text, in UTF-16 units, the end excluded."""


@dataclass(frozen=True)
class Found:
    hits: Sequence[Hit]
    before: int | None
    """Ask for more with this; None: there is no more."""


async def search(
    db: AsyncSession, q: str, reader: Staff, *, limit: int = LIMIT, before: int | None = None
) -> Found:
    """What holds a word for each word of ``q``, whole or begun, accents and case aside.

    Raises:
        Invalid: no word is in it, or more than 8, or it is a card or account number.
    """
    if next(find(q), None) is not None:
        raise Invalid("Card and account numbers are kept nowhere, so there is nothing to find.")
    terms = distinct(q)
    if not terms:
        raise Invalid("Give at least one word or number.")
    if len(terms) > MOST_WORDS:
        raise Invalid(f"Give at most {MOST_WORDS} words.")
    sqlite = db.get_bind().dialect.name == "sqlite"
    statement = _statement(sqlite=sqlite, all_chats=reader.may(Role.SUPERVISOR))
    values = {"words": _match(terms, sqlite=sqlite), "before": before or NEWEST, "most": limit + 1}
    rows = (await db.execute(statement, values)).all()
    shown = rows[:limit]
    texts = await sources.read(db, [(row.kind, row.ref) for row in shown])
    about = await _about(db, {row.conversation_id for row in shown})
    hits = []
    for row in shown:
        source = texts.get((row.kind, row.ref))
        if source is None:
            continue  # gone since, and not yet out of the index
        piece = snippet(source.text, terms)
        customer, topic = about.get(row.conversation_id, (None, None))
        hits.append(
            Hit(
                row.id, row.kind, row.conversation_id, source.seq, source.author, customer, topic, source.at,
                piece.text, piece.marks,
            )
        )  # fmt: skip
    return Found(hits, shown[-1].id if len(rows) > limit else None)


def _statement(*, sqlite: bool, all_chats: bool) -> TextClause:
    # + 0: or PostgreSQL goes through all ids backwards for a rare word (120 ms at 100,000 messages).
    order = " ORDER BY w.rowid DESC" if sqlite else " ORDER BY e.id + 0 DESC"
    sql = _SELECT + (_SQLITE if sqlite else _POSTGRES) + ("" if all_chats else _CAME)
    return text(sql + order + " LIMIT :most").columns(**_TYPES)  # type: ignore[return-value]


def _match(terms: Sequence[str], *, sqlite: bool) -> str:
    """The words as each database's query: they hold letters and digits only, so quoting them is enough.

    One letter alone is no beginning: half of all texts would fit.
    """
    if sqlite:
        return " AND ".join(f'"{term}"' + ("*" if len(term) > 1 else "") for term in terms)
    return " & ".join(f"'{term}'" + (":*" if len(term) > 1 else "") for term in terms)


async def _about(
    db: AsyncSession, conversations: set[uuid.UUID]
) -> dict[uuid.UUID, tuple[str | None, str | None]]:
    """The customer's name and the newest case's topic."""
    names = await db.execute(
        select(Conversation.id, Visitor.name)
        .join(Visitor, Visitor.id == Conversation.visitor_id)
        .where(Conversation.id.in_(conversations))
    )
    cases = await db.execute(
        select(Handoff.conversation_id, Handoff.topic)
        .where(Handoff.conversation_id.in_(conversations))
        .order_by(Handoff.epoch)
    )
    topics: dict[uuid.UUID, str | None] = {row.conversation_id: row.topic for row in cases}
    return {row.id: (row.name, topics.get(row.id)) for row in names}
