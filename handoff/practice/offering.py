"""The practice chats that an agent finds: not yet tried ones first, then begun ones, then the rest."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.practice.models import PracticeAttempt, PracticeChat
from server.auth import Staff


class State(enum.StrEnum):
    NEW = "new"
    BEGUN = "begun"
    FINISHED = "finished"
    """A lead has not scored the answers yet."""
    SCORED = "scored"


_ORDER = tuple(State)


@dataclass(frozen=True)
class Offered:
    """One practice chat as its reader stands with it."""

    chat: PracticeChat
    state: State
    tries: int
    """Finished ones."""
    last: UUID | None
    """The last finished try."""

    @property
    def messages(self) -> int:
        return len(self.chat.lines)


async def to(db: AsyncSession, agent: Staff) -> list[Offered]:
    """What this agent may practise on: all in use but what they scored themselves, and what they tried before."""
    chats = await db.scalars(
        select(PracticeChat).order_by(PracticeChat.made_at.desc(), PracticeChat.id)
    )
    tries: dict[UUID, list[PracticeAttempt]] = {}
    mine = select(PracticeAttempt).where(PracticeAttempt.staff_id == agent.id)
    for attempt in await db.scalars(mine.order_by(PracticeAttempt.number)):
        tries.setdefault(attempt.practice_chat_id, []).append(attempt)
    found = [
        _offered(chat, tries.get(chat.id, []))
        for chat in chats
        if chat.id in tries or (chat.retired_at is None and chat.made_by != agent.id)
    ]
    return sorted(found, key=lambda one: _ORDER.index(one.state))


def _offered(chat: PracticeChat, tries: list[PracticeAttempt]) -> Offered:
    finished = [one for one in tries if one.finished_at is not None]
    if not tries:
        state = State.NEW
    elif tries[-1].finished_at is None:
        state = State.BEGUN
    else:
        state = State.SCORED if tries[-1].scored_at is not None else State.FINISHED
    return Offered(chat, state, len(finished), finished[-1].id if finished else None)
