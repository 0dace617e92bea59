"""The knowledge base's sections: asked in vain, helping least, to read again."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from insights.digest.found import Change, Item, Room, Section
from insights.digest.protocols import Doing, KnowledgeWeek, Old, Question, Recurring, Votes
from insights.digest.words import short
from server.week import Week

UNANSWERED = "/staff/articles/unanswered"
ARTICLES = "/staff/articles"
#: The periods that the list of unanswered questions offers.
PERIODS = (7, 30, 90)


def sections(
    found: KnowledgeWeek, week: Week, now: datetime, kept: timedelta
) -> tuple[Section, ...]:
    """`kept`: how far back questions are known."""
    forgotten = f"Questions are kept for {kept.days} days; this week is older."
    days = _days(week, now)
    votes = Change(found.totals.not_helped, found.before.not_helped)
    return (
        Section(
            key="asked_in_vain",
            room=Room.KNOWLEDGE,
            title="Asked in vain",
            change=Change(found.totals.failed, found.before.failed),
            items=tuple(_recurring(one, days) for one in found.recurring),
            empty=forgotten if week.ends < now - kept else "Every question found a good answer.",
            note="Questions without a good answer, in chats and in the help centre.",
        ),
        Section(
            key="worst_articles",
            room=Room.KNOWLEDGE,
            title="Articles that help least",
            change=None,
            items=tuple(map(_doing, found.worst)),
            empty="No article with five votes or more stands out.",
            note=f"Votes that any article did not help: {votes.words}.",
        ),
        Section(
            key="old_articles",
            room=Room.KNOWLEDGE,
            title="Articles to read again",
            change=None,
            items=tuple(map(_old, found.old)),
            empty="No article is overdue.",
        ),
    )


def _days(week: Week, now: datetime) -> int:
    """The shortest period of the list that reaches back to the week's first day."""
    return next(
        (days for days in PERIODS if week.begins >= now - timedelta(days=days)), PERIODS[-1]
    )


def _recurring(one: Recurring, days: int) -> Item:
    cluster = one.cluster
    where = f"{cluster.searches} in the help centre" if cluster.searches else ""
    return Item(
        text=short(cluster.heading),
        said=where,
        path=f"{UNANSWERED}?{urlencode(_filter(cluster, days))}",
        change=Change(cluster.failed, one.before),
    )


def _filter(cluster: Question, days: int) -> dict[str, str | int]:
    """The narrowest list of unanswered questions that holds this one."""
    if cluster.intents:
        return {"days": days, "intent": cluster.intents[0]}
    if cluster.searches:
        return {"days": days, "place": "help"}
    return {"days": days}


def _doing(one: Doing) -> Item:
    return Item(
        text=short(one.title),
        said=f"{_helped(one.health)} (the week before: {_helped(one.before)})",
        path=_article(one.slug),
    )


def _helped(votes: Votes) -> str:
    of = votes.helped + votes.not_helped
    return f"helped {votes.helped} of {of}" if of else "no votes"


def _old(one: Old) -> Item:
    due = f"review was due on {one.review_by}" if one.overdue else f"unchanged since {one.updated}"
    return Item(text=short(one.title), said=due, path=_article(one.slug))


def _article(slug: str) -> str:
    return f"{ARTICLES}/{quote(slug, safe='')}"
