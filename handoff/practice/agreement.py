"""How near an agent's scores are to the lead's: the mean absolute difference per standard, over the tries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Stage
from handoff.practice.models import PracticeAttempt, PracticeChat
from server.auth import Staff

STANDARDS = tuple(stage.value for stage in Stage)
Scores = Mapping[str, int]
LATEST = 5
"""Tries that say how it goes lately."""
_READ = 500


@dataclass(frozen=True)
class Pair:
    """An agent's score and the lead's of the same thing."""

    attempt_id: UUID
    topic: str
    at: datetime
    agent: Scores
    lead: Scores

    def differences(self) -> dict[str, int]:
        return differences(self.agent, self.lead)


@dataclass(frozen=True)
class Agreement:
    """Of one agent; the means are empty without a try."""

    pairs: tuple[Pair, ...]
    """The newest first."""
    mean: dict[str, float]
    lately: dict[str, float]
    """Of the latest five; empty unless there are more."""


def differences(agent: Scores, lead: Scores) -> dict[str, int]:
    """By how much the agent's score lies above the lead's, or below it."""
    return {name: agent[name] - lead[name] for name in STANDARDS}


def mean(pairs: Sequence[Pair]) -> dict[str, float]:
    """The mean absolute difference of each standard."""
    if not pairs:
        return {}
    found = [pair.differences() for pair in pairs]
    return {name: sum(abs(one[name]) for one in found) / len(found) for name in STANDARDS}


def of(pairs: Sequence[Pair]) -> Agreement:
    ordered = sorted(pairs, key=lambda pair: pair.at, reverse=True)
    lately = mean(ordered[:LATEST]) if len(ordered) > LATEST else {}
    return Agreement(tuple(ordered), mean(ordered), lately)


async def on_handling(db: AsyncSession, agent: Staff) -> Agreement:
    """On how chats were really handled. Only the first try of each chat counts: after it the lead's score
    is known."""
    rows = await _finished(db, agent, first=True)
    return of([
        Pair(one.id, chat.topic, _at(one), one.handled, chat.scores)
        for one, chat in rows
        if one.handled
    ])  # fmt: skip


async def on_answers(db: AsyncSession, agent: Staff) -> Agreement:
    """On the agent's own answers, where a lead has scored them."""
    rows = await _finished(db, agent, first=False)
    return of([
        Pair(one.id, chat.topic, _at(one), one.own, one.lead_scores)
        for one, chat in rows
        if one.own and one.lead_scores
    ])  # fmt: skip


def _at(attempt: PracticeAttempt) -> datetime:
    return attempt.finished_at or attempt.started_at


async def _finished(
    db: AsyncSession, agent: Staff, *, first: bool
) -> list[tuple[PracticeAttempt, PracticeChat]]:
    statement = (
        select(PracticeAttempt, PracticeChat)
        .join(PracticeChat, PracticeChat.id == PracticeAttempt.practice_chat_id)
        .where(PracticeAttempt.staff_id == agent.id, PracticeAttempt.finished_at.is_not(None))
        .order_by(PracticeAttempt.finished_at.desc())
        .limit(_READ)
    )
    if first:
        statement = statement.where(PracticeAttempt.number == 1)
    return [(attempt, chat) for attempt, chat in await db.execute(statement)]
