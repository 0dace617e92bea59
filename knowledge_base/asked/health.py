"""How an article does: read, shown as an answer, and whether it helped."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Episode, Outcome, Thumb, Turn, TurnState, TurnStep
from knowledge_base.models import ArticleDay

#: The 97.5 % point of the normal distribution, for 95 % intervals.
Z = 1.959964
#: Outcomes of an episode that nobody but the bot took part in.
WITHOUT_PERSON = (Outcome.CONFIRMED, Outcome.ASSUMED)


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval (Wilson 1927), all 0 to 1."""

    value: float
    low: float
    high: float
    of: int
    """How many it was counted over."""


def wilson(yes: int, of: int) -> Share | None:
    """The share of `yes` among `of`; None when there are none to count.

    >>> round(wilson(8, 10).low, 3), round(wilson(8, 10).high, 3)
    (0.49, 0.943)
    """
    if of <= 0:
        return None
    share, square = yes / of, Z * Z
    middle = share + square / (2 * of)
    spread = Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    whole = 1 + square / of
    return Share(
        share, max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole), of
    )


@dataclass
class Health:
    """What happened with one article; chat and help centre together where both have it."""

    views: int = 0
    """Readings of its help-centre page."""
    shown: int = 0
    """Times the bot showed it as the answer."""
    helped: int = 0
    not_helped: int = 0
    """What customers said of it: by a thumb, or else after Confirm; and on the help-centre page."""
    deflected: int = 0
    """Episodes in which it was shown and not refused, and that ended without a person."""

    def __add__(self, other: Health) -> Health:
        return Health(
            views=self.views + other.views,
            shown=self.shown + other.shown,
            helped=self.helped + other.helped,
            not_helped=self.not_helped + other.not_helped,
            deflected=self.deflected + other.deflected,
        )

    @property
    def helpfulness(self) -> Share | None:
        """The share of those who said that it helped among all who said something."""
        return wilson(self.helped, self.helped + self.not_helped)


async def of(
    db: AsyncSession, article_ids: Iterable[UUID], *, since: datetime, until: datetime | None = None
) -> dict[UUID, Health]:
    """How these articles did from `since` on, and before `until`; help-centre days count whole.

    Every article asked for is in the answer. One pass over the period's turns in the database: 100,000
    turns take about a second, whatever the number of articles.
    """
    found = {article_id: Health() for article_id in article_ids}
    if found:
        await _add_days(db, found, since.date(), until and until.date())
        turns = _steps(since)
        if until is not None:
            turns = turns.where(Turn.started_at < until)
        await _add_chats(db, found, turns)
    return found


async def settled(
    db: AsyncSession, article_ids: Iterable[UUID], *, since: datetime, until: datetime
) -> dict[UUID, Health]:
    """What nothing changes any more: help-centre days before `until`'s, and chats that ended before it."""
    found = {article_id: Health() for article_id in article_ids}
    if found:
        await _add_days(db, found, since.date(), until.date())
        await _add_chats(db, found, _in_episodes(_steps(since), Episode.ended_at < until))
    return found


async def unsettled(
    db: AsyncSession, article_ids: Iterable[UUID], *, since: datetime, until: datetime
) -> dict[UUID, Health]:
    """All that `settled` leaves out; the two together are `of` without an end."""
    found = {article_id: Health() for article_id in article_ids}
    if found:
        await _add_days(db, found, until.date(), None)
        running = or_(Episode.ended_at.is_(None), Episode.ended_at >= until)
        # Few of the period's turns, found by their chats: no index on their time may be used instead.
        few = Turn.conversation_id.in_(select(Episode.conversation_id).where(running))
        turns = _steps(None).where(few, func.coalesce(Turn.started_at, since) >= since)
        await _add_chats(db, found, _in_episodes(turns, running))
    return found


async def _add_days(
    db: AsyncSession, found: dict[UUID, Health], since: date, until: date | None
) -> None:
    days = select(
        ArticleDay.article_id,
        func.sum(ArticleDay.views),
        func.sum(ArticleDay.helped),
        func.sum(ArticleDay.not_helped),
    ).where(ArticleDay.day >= since)
    if until is not None:
        days = days.where(ArticleDay.day < until)
    for article_id, views, helped, not_helped in await db.execute(
        days.group_by(ArticleDay.article_id)
    ):
        if (health := found.get(article_id)) is not None:
            health.views += int(views)
            health.helped += int(helped)
            health.not_helped += int(not_helped)


async def _add_chats(db: AsyncSession, found: dict[UUID, Health], turns: Select[Any]) -> None:
    by_name = {str(article_id): health for article_id, health in found.items()}
    for name, shown, helped, not_helped, deflected in await db.execute(
        _in_chat(turns.cte("asked_turns"))
    ):
        if (health := by_name.get(name)) is not None:
            health.shown += int(shown)
            health.helped += int(helped)
            health.not_helped += int(not_helped)
            health.deflected += int(deflected)


def _in_chat(turns: CTE) -> Select[str, int, int, int, int]:
    """By article: showings, verdicts, and the episodes that needed no person."""
    # Who marked the answer has said it: their "yes, thanks" to the same article is the same word again.
    thumbed = exists().where(
        Thumb.conversation_id == turns.c.conversation_id,
        Thumb.episode == turns.c.episode,
        Thumb.article_id == turns.c.judged,
    )
    up = case((Thumb.up, 1), else_=0)
    marked = select(
        turns.c.id,
        turns.c.conversation_id,
        turns.c.episode,
        Thumb.article_id.label("article"),
        literal(0).label("shown"),
        up.label("yes"),
        (1 - up).label("no"),
    ).join(Thumb, Thumb.turn_id == turns.c.id)
    # UNION, not UNION ALL: a turn that was repeated has the same steps twice.
    rows = union(
        marked,
        *(
            select(
                turns.c.id,
                turns.c.conversation_id,
                turns.c.episode,
                article.label("article"),
                shown.label("shown"),
                yes.label("yes"),
                no.label("no"),
            ).where(article.is_not(None), which)
            for article, shown, yes, no, which in (
                (turns.c.first, literal(1), literal(0), literal(0), true()),
                (turns.c.second, literal(1), literal(0), literal(0), true()),
                (turns.c.judged, literal(0), turns.c.helped, 1 - turns.c.helped, ~thumbed),
            )
        ),
    ).subquery()
    in_episodes = (
        select(
            rows.c.conversation_id,
            rows.c.episode,
            rows.c.article,
            func.sum(rows.c.shown).label("shown"),
            func.sum(rows.c.yes).label("yes"),
            func.sum(rows.c.no).label("no"),
        )
        .group_by(rows.c.conversation_id, rows.c.episode, rows.c.article)
        .subquery()
    )
    deflected = case(
        (
            and_(
                Episode.outcome.in_(WITHOUT_PERSON),
                in_episodes.c.shown > 0,
                in_episodes.c.no == 0,
            ),
            1,
        ),
        else_=0,
    )
    return (
        select(
            in_episodes.c.article,
            func.sum(in_episodes.c.shown),
            func.sum(in_episodes.c.yes),
            func.sum(in_episodes.c.no),
            func.sum(deflected),
        )
        .outerjoin(
            Episode,
            and_(
                Episode.conversation_id == in_episodes.c.conversation_id,
                Episode.number == in_episodes.c.episode,
            ),
        )
        .group_by(in_episodes.c.article)
    )


def _steps(since: datetime | None) -> Select[Any]:
    """One row a step of a turn that reached the customer: the articles it showed, and the verdict in it."""
    records = TurnStep.records
    query = (
        select(
            Turn.id,
            Turn.conversation_id,
            Turn.episode,
            records[("decision", "shown")].as_string().label("first"),
            records[("decision_also", "shown")].as_string().label("second"),
            records[("verdict", "article_id")].as_string().label("judged"),
            case((records[("verdict", "helped")].as_boolean(), 1), else_=0).label("helped"),
        )
        .join(TurnStep, TurnStep.turn_id == Turn.id)
        .where(Turn.state == TurnState.DONE, TurnStep.failed.is_(None))
    )
    return query if since is None else query.where(Turn.started_at >= since)


def _in_episodes(turns: Select[Any], which: ColumnElement[bool]) -> Select[Any]:
    return turns.join(
        Episode,
        and_(Episode.conversation_id == Turn.conversation_id, Episode.number == Turn.episode),
    ).where(which)
