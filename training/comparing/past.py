"""What customers said in the last conversations, with what was known and done at the time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from conversations.models import Message, Turn, TurnState, TurnStep
from server.database import Database
from training.models import IGNORED, Label
from training.texts import key, prepare

CONVERSATIONS = 300
#: Two models read 3,000 messages in two minutes on two cores.
MESSAGES = 3000
DENY = "deny"


@dataclass(frozen=True)
class Said:
    """One typed message of a customer, in the order of its conversation."""

    turn_id: UUID
    conversation_id: UUID
    episode: int
    at: datetime
    text: str
    """As it was typed: for the models alone."""
    shown: str
    """Masked, for people."""
    failures: int
    """Failed turns just before."""
    loop: str | None
    """The form that was open."""
    last_question: str | None
    topic: str | None
    """The last intent before it that was about something; the search is told."""
    intent: str | None
    handed_off: str | None
    """The reason for which this turn really called a person."""
    unanswered: bool
    """The turn before asked for other words: a second time a person comes."""
    excluded: tuple[str, ...]
    again: str | None
    """Why the customer had to say it again: `unanswered`, `denied`; None when they did not."""
    shown_article: str | None
    label: str | None
    """The right intent, as a trainer said."""


async def load(
    database: Database, topics: frozenset[str], *, conversations: int = CONVERSATIONS
) -> list[Said]:
    """Return the typed messages of the latest conversations, those of one episode after each other.

    `topics` are the intents that are about something. Of very many messages the newest conversations'
    are kept.
    """
    async with database.read() as db:
        newest = (
            select(Turn.conversation_id)
            .where(Turn.state != TurnState.RUNNING)
            .group_by(Turn.conversation_id)
            .order_by(func.max(Turn.started_at).desc(), Turn.conversation_id)
            .limit(conversations)
        )
        ids = list(await db.scalars(newest))
        said = and_(Message.conversation_id == Turn.conversation_id, Message.seq == Turn.first_seq)
        rows = (
            await db.execute(
                select(
                    Turn.id, Turn.conversation_id, Turn.episode, Turn.first_seq, Turn.text,
                    Turn.state, Turn.intent, Turn.parse, Turn.decision, Turn.started_at,
                    Message.payload,
                )
                .outerjoin(Message, said)
                .where(Turn.conversation_id.in_(ids), Turn.state != TurnState.RUNNING)
            )
        ).all()  # fmt: skip
        steps = (
            await db.execute(
                select(TurnStep.turn_id, TurnStep.action, TurnStep.records)
                .join(Turn, Turn.id == TurnStep.turn_id)
                .where(Turn.conversation_id.in_(ids), TurnStep.failed.is_(None))
                .order_by(TurnStep.id)
            )
        ).all()
        labels = {
            row.key: row.intent
            for row in await db.execute(select(Label.key, Label.intent))
            if row.intent != IGNORED
        }
    # Masking some thousand messages takes a tenth of a second.
    return await asyncio.to_thread(_arrange, ids, rows, steps, labels, topics)


def _arrange(
    ids: Sequence[UUID],
    rows: Sequence[Any],
    steps: Sequence[Any],
    labels: dict[str, str],
    topics: frozenset[str],
) -> list[Said]:
    done: dict[UUID, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for step in steps:
        done[step.turn_id].append((step.action, step.records or {}))
    order = {conversation_id: place for place, conversation_id in enumerate(ids)}
    ordered = sorted(rows, key=lambda row: (order[row.conversation_id], row.episode, row.first_seq))
    found: list[Said] = []
    for _, turns in groupby(ordered, key=lambda row: (row.conversation_id, row.episode)):
        episode = list(_episode(list(turns), done, labels, topics))
        if len(found) + len(episode) > MESSAGES:
            break
        found += episode
    return found


def _episode(
    turns: Sequence[Any],
    done: dict[UUID, list[tuple[str, dict[str, Any]]]],
    labels: dict[str, str],
    topics: frozenset[str],
) -> Iterable[Said]:
    failures, loop, unanswered = 0, None, False
    last_question: str | None = None
    topic: str | None = None
    for place, row in enumerate(turns):
        actions, decision = done[row.id], row.decision or {}
        following = turns[place + 1] if place + 1 < len(turns) else None
        shown = prepare(row.text, row.parse or {})
        pressed = "button" in (row.payload or {})
        if shown and not pressed:
            yield Said(
                turn_id=row.id,
                conversation_id=row.conversation_id,
                episode=row.episode,
                at=row.started_at,
                text=row.text,
                shown=shown,
                failures=failures,
                loop=loop,
                last_question=last_question,
                topic=topic,
                intent=row.intent,
                handed_off=_handed_off(actions),
                unanswered=unanswered,
                excluded=tuple(map(str, decision.get("excluded") or ())),
                again=_again(decision, following),
                shown_article=decision.get("shown"),
                label=labels.get(key(shown)),
            )
        failures = failures + 1 if row.state is TurnState.FAILED else 0
        if row.intent in topics:
            topic = row.intent
        last_question = decision.get("question") or last_question
        unanswered = decision.get("kind") == "nothing"
        last = actions[-1][0] if actions else ""
        # Rasa runs a form's validation last while the form stays open.
        loop = last.removeprefix("validate_") if last.startswith("validate_") else None


def _handed_off(actions: Sequence[tuple[str, dict[str, Any]]]) -> str | None:
    for _, records in actions:
        handoff = records.get("handoff")
        if isinstance(handoff, dict) and handoff.get("reason"):
            return str(handoff["reason"])
    return None


def _again(decision: dict[str, Any], following: Any) -> str | None:
    if following is None:
        return None
    if decision.get("kind") == "nothing":
        return "unanswered"
    if decision.get("kind") == "answer" and following.intent == DENY:
        return "denied"
    return None
