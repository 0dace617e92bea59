"""Which finished turns a shadow reads: what customers typed, a share of it, each once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Message, Turn, TurnState
from training.shadowing.models import ShadowResult

#: At most so many turns are looked at in one go: a minute of 5 a second, twice.
LOOK_LIMIT = 600


@dataclass(frozen=True)
class Said:
    turn_id: UUID
    text: str


def is_chosen(turn_id: UUID, share: float) -> bool:
    """Whether a turn belongs to the share; the same turn always does or does not, whoever asks."""
    digest = hashlib.sha256(turn_id.bytes).digest()
    return int.from_bytes(digest[:8], "big") < share * 2.0**64


async def finished(db: AsyncSession, trial_id: UUID, since: datetime) -> list[Said]:
    """Return the turns begun since then that are over, understood, typed, and not read yet; oldest first."""
    said = and_(Message.conversation_id == Turn.conversation_id, Message.seq == Turn.first_seq)
    read = and_(ShadowResult.turn_id == Turn.id, ShadowResult.trial_id == trial_id)
    rows = await db.execute(
        select(Turn.id, Turn.text, Message.payload)
        .outerjoin(Message, said)
        .outerjoin(ShadowResult, read)
        .where(
            Turn.started_at >= since,
            Turn.state.in_((TurnState.DONE, TurnState.FAILED, TurnState.DROPPED)),
            Turn.intent.is_not(None),
            ShadowResult.turn_id.is_(None),
        )
        .order_by(Turn.started_at, Turn.first_seq)
        .limit(LOOK_LIMIT)
    )
    # A button was pressed, not written: no model had to understand it.
    return [Said(id_, text) for id_, text, payload in rows.all() if "button" not in (payload or {})]
