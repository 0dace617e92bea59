"""What customers wrote in the last weeks, as the health report reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Message, Turn, TurnState
from training.texts import prepare

DAYS = 90
#: The newest so many.
AT_MOST = 5000


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
        select(Turn.text, Turn.intent, Turn.parse, Turn.started_at, Message.payload)
        .outerjoin(Message, first)
        .where(Turn.started_at >= now - timedelta(days=DAYS), Turn.state == TurnState.DONE)
        .order_by(Turn.started_at.desc())
        .limit(AT_MOST)
    )
    return list((await db.execute(query)).all())


def typed(rows: list[Any]) -> list[Written]:
    """Return what was typed: a button's title is our own words. Masking takes time: not on the event loop."""
    found = []
    for row in rows:
        if "button" in (row.payload or {}):
            continue
        text = prepare(row.text, row.parse or {})
        if text:
            found.append(Written(text, _read_as(row), row.started_at))
    return found


def _read_as(row: Any) -> str | None:
    """Return what the classifier made of it: an upset customer's intent is replaced at handoff."""
    instead = ((row.parse or {}).get("frustration") or {}).get("instead_of")
    return str(instead) if instead else row.intent
