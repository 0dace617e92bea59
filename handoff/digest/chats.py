"""The chats of a week that went wrong: rated low, not helped, sent to somebody else, answered too late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.desk import Reason
from conversations.models import Episode, SurveyAnswer, Thumb, Turn, TurnStep
from conversations.surveys import Kind
from handoff import words
from handoff.digest import quotes
from handoff.digest.found import MOST, ChatLine, Chats
from handoff.gathering import DID_NOT_HELP
from handoff.models import Handoff, HandoffEvent
from handoff.practice.masking import Second
from handoff.promises.keeper import MISSED
from handoff.summary import SOCIAL
from server.week import Week

#: Stars of five from which down a rating is a complaint.
LOW_RATING = 2
#: The lines of a request's journal that say so.
SOMEBODY_ELSE, BREACHED = "someone_else", "breached"
_CLOCKS = {"first": "first answer late", "next": "an answer late", "resolve": "solution late"}
NO_TOPIC = "No topic"


async def low_ratings(db: AsyncSession, second: Second, week: Week) -> Chats:
    """Episodes that their customer gave one or two stars in the week: a Sunday's chat is often rated on Monday,
    when the letter about its week is out. Of stars from before their time was noted the episode's end counts."""
    low = Episode.rating <= LOW_RATING
    rated_at = func.coalesce(SurveyAnswer.answered_at, Episode.ended_at)
    stars_given = and_(
        SurveyAnswer.conversation_id == Episode.conversation_id,
        SurveyAnswer.episode == Episode.number,
        SurveyAnswer.kind == Kind.CSAT.value,
    )
    rows = (
        await db.execute(
            select(Episode.conversation_id, Episode.rating, Episode.rating_comment)
            .outerjoin(SurveyAnswer, stars_given)
            .where(low, *_within(rated_at, week))
            # What was written says more than a star alone.
            .order_by(
                Episode.rating_comment.is_(None),
                Episode.rating,
                rated_at.desc(),
                Episode.id,
            )
            .limit(MOST)
        )
    ).all()
    # Two low ratings of one chat: each line has its own words, masked with what is known of the chat.
    lines = []
    for row in rows:
        said = await quotes.masked(db, second, {row.conversation_id: row.rating_comment})
        stars = "1 star of 5" if row.rating == 1 else f"{row.rating} stars of 5"
        lines.append(ChatLine(row.conversation_id, said[row.conversation_id], stars))
    count = select(func.count(Episode.id)).outerjoin(SurveyAnswer, stars_given).where(low)
    return Chats(*await _both(db, count, rated_at, week), tuple(lines))


async def not_helped(db: AsyncSession, second: Second, week: Week) -> Chats:
    """Answers that customers said no to or gave a thumb down; the chats with most of them first.

    Both about one article in one chat are one.
    """
    since, until = week.later(-1).begins, week.ends
    first: dict[tuple[UUID, str], datetime] = {}
    said: dict[UUID, str] = {}
    for chat, at, what, comment in [
        *await _said_no(db, since, until),
        *await _thumbs_down(db, since, until),
    ]:
        first[chat, what] = min(at, first.get((chat, what), at))
        if comment and at >= week.begins:
            said[chat] = comment
    times, last = Counter[UUID](), dict[UUID, datetime]()
    for (chat, _), at in first.items():
        if at >= week.begins:
            times[chat] += 1
            last[chat] = max(at, last.get(chat, at))
    worst = sorted(times, key=lambda chat: (times[chat], last[chat], chat), reverse=True)[:MOST]
    words_ = {chat: said.get(chat) or await _matter(db, chat, last[chat]) for chat in worst}
    quoted = await quotes.masked(db, second, words_)
    lines = (ChatLine(chat, quoted[chat], _refused(times[chat])) for chat in worst)
    return Chats(times.total(), len(first) - times.total(), tuple(lines))


_Refusal = tuple[UUID, datetime, str, str | None]


async def _said_no(db: AsyncSession, since: datetime, until: datetime) -> list[_Refusal]:
    """Conversation, when, and which article, or the turn when it was a task's result."""
    # By the turns of these weeks, each looked up: joined and grouped, SQLite reads the whole table.
    verdict = TurnStep.records[("verdict", "helped")].as_boolean().is_(False)
    mine = (TurnStep.turn_id == Turn.id, TurnStep.failed.is_(None), verdict)
    article = (
        select(func.max(TurnStep.records[("verdict", "article_id")].as_string()))
        .where(*mine)
        .correlate(Turn)
        .scalar_subquery()
    )
    rows = await db.execute(
        select(Turn.conversation_id, Turn.started_at, article, Turn.id).where(
            Turn.started_at >= since, Turn.started_at < until, exists().where(*mine)
        )
    )
    return [(chat, at, about or str(turn), None) for chat, at, about, turn in rows]


async def _thumbs_down(db: AsyncSession, since: datetime, until: datetime) -> list[_Refusal]:
    rows = await db.execute(
        select(Thumb.conversation_id, Thumb.at, Thumb.article_id, Thumb.comment)
        .where(Thumb.up.is_(False), Thumb.at >= since, Thumb.at < until)
        .order_by(Thumb.at)
    )
    return [(chat, at, about, comment) for chat, at, about, comment in rows]


def _refused(times: int) -> str:
    return "the answer did not help" if times == 1 else f"{times} answers did not help"


async def somebody_else(db: AsyncSession, second: Second, week: Week) -> Chats:
    """Requests of customers who wanted another person, and chats that were put back for another one."""
    asked = select(Handoff.id, Handoff.requested_at.label("at")).where(
        Handoff.reason == Reason.ASKED_OTHER.value
    )
    put_back = select(HandoffEvent.handoff_id, HandoffEvent.at).where(
        HandoffEvent.what == SOMEBODY_ELSE
    )
    every = asked.union_all(put_back).subquery()
    return await _of_requests(db, second, week, every, lambda _: "asked for somebody else")


async def late(db: AsyncSession, second: Second, week: Week) -> Chats:
    """Requests of which a promise was missed in the week: to be there, to answer, or to solve it."""
    missed = (
        select(HandoffEvent.handoff_id.label("id"), HandoffEvent.at)
        .where(HandoffEvent.what.in_((BREACHED, MISSED)))
        .subquery()
    )
    told: dict[UUID, list[str]] = {}
    rows = await db.execute(
        select(HandoffEvent.handoff_id, HandoffEvent.what, HandoffEvent.detail)
        .where(HandoffEvent.what.in_((BREACHED, MISSED)), *_within(HandoffEvent.at, week))
        .order_by(HandoffEvent.id)
    )
    for handoff_id, what, detail in rows:
        clock = str((detail or {}).get("promise", ""))
        said_now = (
            "nobody came at the promised time" if what == MISSED else _CLOCKS.get(clock, "late")
        )
        if said_now not in (said := told.setdefault(handoff_id, [])):
            said.append(said_now)
    return await _of_requests(
        db, second, week, missed, lambda handoff: ", ".join(told.get(handoff.id, []))
    )


async def _of_requests(
    db: AsyncSession,
    second: Second,
    week: Week,
    happened: Subquery,
    tell: Callable[[Handoff], str],
) -> Chats:
    """Requests with something that happened in the week, each once; the most pressing first."""
    ids = happened.c.id
    within = _within(happened.c.at, week)
    found = list(
        await db.scalars(
            select(Handoff)
            .where(Handoff.id.in_(select(ids).where(*within)))
            .order_by(Handoff.priority_rank, Handoff.requested_at.desc(), Handoff.id)
            .limit(MOST)
        )
    )
    said = {
        one.conversation_id: await _matter(db, one.conversation_id, one.requested_at)
        for one in found
    }
    quoted = await quotes.masked(db, second, said)
    lines = tuple(
        ChatLine(
            one.conversation_id,
            quoted[one.conversation_id],
            f"{words.humanise(one.topic) if one.topic else NO_TOPIC}: {tell(one)}",
        )
        for one in found
    )
    return Chats(*await _both(db, select(func.count(ids.distinct())), happened.c.at, week), lines)


async def _matter(db: AsyncSession, conversation_id: UUID, until: datetime) -> str | None:
    """What the customer wanted last before that moment: a "no" or a "hello?" tells nothing."""
    found: str | None = await db.scalar(
        select(Turn.text)
        .where(
            Turn.conversation_id == conversation_id,
            Turn.started_at <= until,
            or_(Turn.intent.is_(None), Turn.intent.not_in(SOCIAL | DID_NOT_HELP)),
        )
        .order_by(Turn.first_seq.desc())
        .limit(1)
    )
    return found


def _within(at: Any, week: Week) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return at >= week.begins, at < week.ends


async def _both(db: AsyncSession, count: Select[Any], at: Any, week: Week) -> tuple[int, int]:
    """How many in the week, and in the week before."""
    now = await db.scalar(count.where(*_within(at, week)))
    before = await db.scalar(count.where(*_within(at, week.later(-1))))
    return now or 0, before or 0
