"""What a chat's messages were, for scoring them again."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Author, Message, Turn, TurnState
from training.mood_replay.replay import Chat

#: Conversations asked for in one statement.
AT_ONCE = 300


@dataclass(frozen=True)
class Line:
    """One message of an episode, in order."""

    first_seq: int
    text: str
    pressed: bool
    intent: str | None
    bot_failures: int
    waiting_seconds: float


async def lines_of(
    db: AsyncSession, chats: Sequence[Chat]
) -> dict[tuple[uuid.UUID, int], list[Line]]:
    """Return what was said in each of these chats, in the chats' own order of `said`.

    A turn that failed left no trace in the bot's memory: it is no line, but counts as a failure before
    the next one.
    """
    ids = sorted({chat.conversation_id for chat in chats})
    turns: dict[tuple[uuid.UUID, int], Any] = {}
    typed: dict[tuple[uuid.UUID, int], str] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        for turn in (await db.execute(_turns(some))).all():
            turns[turn.conversation_id, turn.first_seq] = turn
        for one in (await db.execute(_typed(some))).all():
            typed[one.conversation_id, one.seq] = one.text
    found: dict[tuple[uuid.UUID, int], list[Line]] = defaultdict(list)
    for chat in chats:
        failures = 0
        for said in chat.said:
            row = turns.get((chat.conversation_id, said.first_seq))
            if row is None:
                text = typed.get((chat.conversation_id, said.first_seq), "")
                line = Line(said.first_seq, text, False, None, failures, 0.0)
            elif row.state is TurnState.FAILED:
                failures += 1
                continue
            else:
                pressed = "button" in (row.payload or {})
                line = Line(said.first_seq, row.text, pressed, row.intent, failures, _waited(row))
                failures = 0
            found[chat.conversation_id, chat.episode].append(line)
    return found


def _waited(row: Any) -> float:
    if row.created_at is None:
        return 0.0
    return max(0.0, float((row.started_at - row.created_at).total_seconds()))


def _turns(conversations: Sequence[uuid.UUID]) -> Any:
    first = and_(Message.conversation_id == Turn.conversation_id, Message.seq == Turn.first_seq)
    return (
        select(
            Turn.conversation_id,
            Turn.first_seq,
            Turn.text,
            Turn.state,
            Turn.intent,
            Turn.started_at,
            Message.payload,
            Message.created_at,
        )
        .outerjoin(Message, first)
        .where(
            Turn.conversation_id.in_(conversations),
            Turn.state.in_((TurnState.DONE, TurnState.FAILED)),
        )
    )


def _typed(conversations: Sequence[uuid.UUID]) -> Any:
    return select(Message.conversation_id, Message.seq, Message.text).where(
        Message.conversation_id.in_(conversations), Message.author == Author.CUSTOMER
    )
