"""What customers wrote in the last weeks, as the health report reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, and_, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Message, Turn, TurnState
from training.texts import prepare

DAYS = 90
#: The newest so many.
AT_MOST = 5000
AT_ONCE = 500


@dataclass(frozen=True)
class Written:
    """One typed message, masked."""

    text: str
    intent: str | None
    at: datetime


async def newest(db: AsyncSession, now: datetime) -> list[Any]:
    """Return the newest turns of the last 90 days, for `typed`."""
    first = and_(Message.conversation_id == Turn.conversation_id, Message.seq == Turn.first_seq)
    query = (
        select(
            Turn.text,
            Turn.intent,
            # As it is stored: reading 2 kB of JSON each is not for the event loop.
            cast(Turn.parse, Text).label("parse"),
            Turn.started_at,
            cast(Message.payload, Text).label("payload"),
        )
        .outerjoin(Message, first)
        .where(Turn.started_at >= now - timedelta(days=DAYS), Turn.state == TurnState.DONE)
        .order_by(Turn.started_at.desc(), Turn.id)
    )
    found: list[Any] = []
    while len(found) < AT_MOST:
        some = (await db.execute(query.limit(AT_ONCE).offset(len(found)))).all()
        found += some
        if len(some) < AT_ONCE:
            break
    return found


def typed(rows: list[Any]) -> list[Written]:
    """Return what was typed: a button's title is our own words. Takes a second: not on the event loop."""
    found = []
    for row in rows:
        if "button" in json.loads(row.payload or "{}"):
            continue
        parse = json.loads(row.parse or "{}") or {}
        text = prepare(row.text, parse)
        if text:
            found.append(Written(text, _read_as(row.intent, parse), row.started_at))
    return found


def _read_as(intent: str | None, parse: dict[str, Any]) -> str | None:
    """Return what the classifier made of it: an upset customer's intent is replaced at handoff."""
    instead = (parse.get("frustration") or {}).get("instead_of")
    return str(instead) if instead else intent
