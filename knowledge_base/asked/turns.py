"""The recorded turns that say something of a question, read a few hours at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Episode, Outcome, Turn, TurnState, TurnStep
from knowledge_base.asked.outcomes import Step

#: Turns are read by so much time: five hundred of them at a house with 100,000 a month, about 15 ms.
PART = timedelta(hours=4)
ENDED_WELL = (Outcome.CONFIRMED, Outcome.ASSUMED)


async def read(
    db: AsyncSession, *, since: datetime, until: datetime, most: int
) -> AsyncIterator[list[Step]]:
    """The newest turns of the period that say something of a question, in parts, newest part first; it ends
    with the part in which `most` is reached.

    In parts, because making some ten thousand rows at once would hold the event loop.
    """
    count = 0
    while until > since and count < most:
        start = max(since, until - PART)
        rows = (await db.execute(_steps(start, until))).all()
        found = [step for step in map(_step, rows) if step.says_something]
        yield found
        count, until = count + len(found), start


def _step(row: Sequence[Any]) -> Step:
    turn, conversation, episode, at, kind, attempt, chosen, shown, yes, on, *others = row
    person, revision, outcome, outside = others
    return Step(
        turn_id=turn,
        conversation_id=conversation,
        episode=episode,
        at=at,
        kind=kind,
        attempt=attempt,
        chosen=bool(chosen),
        shown=shown,
        helped=None if yes is None or on is None else bool(yes),
        judged=on,
        person=person is not None,
        revision=revision,
        ended_well=outcome in ENDED_WELL,
        by_agent=outcome is Outcome.CLOSED_BY_AGENT,
        outside=bool(outside),
    )


def _steps(since: datetime, until: datetime) -> Select[Any]:
    decision, parse = Turn.decision, Turn.parse
    kind = decision["kind"].as_string()
    # Small talk asks nothing that an article could answer; a search that found one says otherwise. Of a language
    # that the assistant does not speak, articles are looked for by words alone.
    social = and_(
        kind == "nothing",
        Turn.intent.in_(("small_talk", "bot_challenge", "greet", "goodbye", "foreign_language")),
    )
    outside = and_(
        kind == "nothing",
        or_(
            parse[("scope", "in_scope")].as_boolean().is_(False),
            Turn.intent == "out_of_scope",
        ),
    )
    helped = TurnStep.records[("verdict", "helped")].as_boolean()
    verdict = case((helped.is_(True), 1), (helped.is_(False), 0))
    judged = TurnStep.records[("verdict", "article_id")].as_string()
    person = TurnStep.records[("handoff", "reason")].as_string()
    # Looked up by turn rather than joined and grouped: grouped by turn, SQLite reads the whole table in the
    # order of its ids, whatever the period.
    return (
        select(
            Turn.id,
            Turn.conversation_id,
            Turn.episode,
            Turn.started_at,
            case((social, None), else_=kind),
            decision["attempt"].as_integer(),
            decision["chosen"].as_boolean(),
            decision["shown"].as_string(),
            _in_steps(verdict),
            _in_steps(judged),
            _in_steps(person),
            decision[("versions", "content_revision")].as_integer(),
            Episode.outcome,
            case((outside, 1), else_=0),
        )
        .outerjoin(
            Episode,
            and_(Episode.conversation_id == Turn.conversation_id, Episode.number == Turn.episode),
        )
        .where(Turn.started_at >= since, Turn.started_at < until, Turn.state == TurnState.DONE)
        .order_by(Turn.started_at.desc(), Turn.first_seq.desc())
    )


def _in_steps(value: ColumnElement[Any]) -> Any:
    """The value in the steps of the turn; a turn that was repeated has each step twice."""
    return (
        select(func.max(value))
        .where(TurnStep.turn_id == Turn.id, TurnStep.failed.is_(None))
        .correlate(Turn)
        .scalar_subquery()
    )
