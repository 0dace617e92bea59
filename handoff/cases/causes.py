"""Root causes: why cases of a kind come again, how often, and what is done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import text as texts
from handoff.cases.inputs import CauseGiven
from handoff.cases.models import CaseRecord, RootCause
from handoff.models import Handoff
from server.clock import Clock
from server.errors import Conflict, Invalid, NotFound

SHOWN = 8
# A house with more than this has written the same ones again and again; the page shows the newest.
CAUSES_AT_MOST = 500
ALIKE = 0.3
MONTH, QUARTER = timedelta(days=30), timedelta(days=90)


# Five are asked for; where the house requires them, so many must be said.
WHYS_WANTED = 3


class WhysWanted(Invalid):
    """The topic recurs, and the house wants to know why before the case is closed."""

    code, message = "whys_wanted", "Say why it happened before you close the case."


@dataclass(frozen=True)
class Counted:
    """A root cause with how many cases it had, and whether its action is late."""

    cause: RootCause
    month: int
    quarter: int
    overdue: bool


async def find_or_make(
    db: AsyncSession, clock: Clock, topic: str | None, given: CauseGiven
) -> RootCause:
    """The root cause that was chosen, or the one of these words; an action that was named is kept with it.

    Raises:
        NotFound: there is no such cause.
    """
    cause = await (db.get(RootCause, given.id) if given.id else _of_words(db, given.text))
    if cause is None and given.id:
        raise NotFound()
    cause = cause or await _make(db, clock, topic, given.text)
    if given.action:
        plan(cause, given.action, given.owner, given.due)
    await db.flush()
    return cause


async def _of_words(db: AsyncSession, text: str) -> RootCause | None:
    return await db.scalar(select(RootCause).where(func.lower(RootCause.text) == text.lower()))


async def _make(db: AsyncSession, clock: Clock, topic: str | None, text: str) -> RootCause:
    made = RootCause(text=text, topic=topic, created_at=clock.now())
    try:
        async with db.begin_nested():
            db.add(made)
            await db.flush()
    except IntegrityError:
        # A colleague wrote the same words at the same moment.
        found = await _of_words(db, text)
        if found is None:
            raise
        return found
    return made


def plan(cause: RootCause, action: str, owner: UUID | None, due: date | None) -> None:
    """Set the corrective action; another one than before is open again."""
    if cause.action != action:
        cause.done_at = None
    cause.action = action
    cause.action_owner = owner or cause.action_owner
    cause.action_due = due or cause.action_due


async def change(
    db: AsyncSession,
    cause_id: UUID,
    *,
    text: str,
    action: str,
    owner: UUID | None,
    due: date | None,
    done: bool,
    clock: Clock,
) -> RootCause:
    """Write a cause anew, as its page has it.

    Raises:
        NotFound: there is no such cause. Invalid: no words. Conflict: another one has these words.
    """
    cause = await db.get(RootCause, cause_id, with_for_update=True)
    if cause is None:
        raise NotFound()
    text, action = (" ".join(texts.clean(one).split()) for one in (text, action))
    if not 1 <= len(text) <= 300 or len(action) > 500:
        raise Invalid("A root cause has 1 to 300 characters, its action at most 500.")
    if (owner or due or done) and not action.strip():
        raise Invalid("Say what will be done about it.")
    other = await _of_words(db, text)
    if other is not None and other.id != cause_id:
        raise Conflict("Another root cause has these words.")
    cause.text, cause.action = text, action
    cause.action_owner, cause.action_due = owner, due
    cause.done_at = (cause.done_at or clock.now()) if done else None
    await db.flush()
    return cause


async def is_explained(db: AsyncSession, given: CauseGiven | None) -> bool:
    """Whether it says three times why, or names a cause of which somebody has."""
    if given is None:
        return False
    if sum(bool(why) for why in given.whys) >= WHYS_WANTED:
        return True
    known = given.id
    if known is None:
        of_words = await _of_words(db, given.text)
        known = of_words.id if of_words else None
    return known is not None and bool(await explained(db, [known]))


async def explained(db: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Those of these causes of which somebody has said three times why."""
    rows = await db.execute(
        select(CaseRecord.root_cause_id)
        .where(
            CaseRecord.root_cause_id.in_(ids),
            func.json_array_length(CaseRecord.whys) >= WHYS_WANTED,
        )
        .distinct()
    )
    return {found for (found,) in rows if found is not None}


async def similar(db: AsyncSession, topic: str | None, text: str = "") -> Sequence[RootCause]:
    """Causes to choose from: those of the topic and those with alike words, the likest first."""
    newest = select(RootCause).order_by(RootCause.created_at.desc()).limit(CAUSES_AT_MOST)
    found = (await db.scalars(newest)).all()
    ranked = [(likeness(text, cause.text), cause.topic == topic, cause) for cause in found]
    near = [one for one in ranked if one[0] >= ALIKE or (one[1] and topic is not None)]
    near.sort(key=lambda one: (one[0] + 0.5 * one[1], one[2].created_at), reverse=True)
    return [cause for _, _, cause in near[:SHOWN]]


def likeness(a: str, b: str) -> float:
    """Dice's coefficient of the letter trigrams of two texts, 0 to 1.

    >>> likeness("Courier lost the parcel", "parcel lost by courier") > 0.5
    True
    """
    first, second = _trigrams(a), _trigrams(b)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def _trigrams(text: str) -> set[str]:
    words = ["".join(filter(str.isalnum, word)) for word in text.lower().split()]
    spaced = [f" {word} " for word in words if word]
    return {word[at : at + 3] for word in spaced for at in range(len(word) - 2)}


async def recurrence(db: AsyncSession, topic: str | None, now: datetime, days: int) -> int:
    """How many cases of this topic there were in these days, the present one included."""
    if topic is None:
        return 0
    counted = await db.scalar(
        select(func.count(Handoff.id)).where(
            Handoff.topic == topic, Handoff.requested_at > now - timedelta(days=days)
        )
    )
    return counted or 0


async def counted(db: AsyncSession, now: datetime) -> list[Counted]:
    """All causes with their cases; late actions first, then open ones by their day, what is done last."""
    month = func.sum(case((Handoff.requested_at > now - MONTH, 1), else_=0))
    cases = (
        select(CaseRecord.root_cause_id, month, func.count(Handoff.id))
        .join(Handoff, Handoff.id == CaseRecord.handoff_id)
        .where(CaseRecord.root_cause_id.is_not(None), Handoff.requested_at > now - QUARTER)
        .group_by(CaseRecord.root_cause_id)
    )
    counts = {row[0]: (int(row[1]), int(row[2])) for row in await db.execute(cases)}
    causes = await db.scalars(
        select(RootCause).order_by(RootCause.created_at.desc()).limit(CAUSES_AT_MOST)
    )
    today = now.date()
    lines = [
        Counted(one, *counts.get(one.id, (0, 0)), overdue=is_late(one, today)) for one in causes
    ]
    return sorted(lines, key=_place)


def is_late(cause: RootCause, today: date) -> bool:
    return (
        bool(cause.action)
        and cause.done_at is None
        and cause.action_due is not None
        and cause.action_due < today
    )


def _place(line: Counted) -> tuple[bool, bool, date, int]:
    cause = line.cause
    return (
        cause.done_at is not None,
        not line.overdue,
        cause.action_due or date.max,
        -line.quarter,
    )


@dataclass(frozen=True)
class Unexplained:
    """A topic that comes again without anybody having said why."""

    topic: str
    cases: int
    explained: int


async def unexplained(
    db: AsyncSession, now: datetime, *, after: int, days: int
) -> list[Unexplained]:
    """Topics of at least `after` cases in these days of which less than half have a root cause."""
    with_cause = func.count(CaseRecord.root_cause_id)
    rows = await db.execute(
        select(Handoff.topic, func.count(Handoff.id), with_cause)
        .outerjoin(CaseRecord, CaseRecord.handoff_id == Handoff.id)
        .where(Handoff.topic.is_not(None), Handoff.requested_at > now - timedelta(days=days))
        .group_by(Handoff.topic)
        .having(func.count(Handoff.id) >= after)
        .having(or_(with_cause == 0, with_cause * 2 < func.count(Handoff.id)))
        .order_by(func.count(Handoff.id).desc(), Handoff.topic)
        .limit(20)
    )
    return [Unexplained(topic or "", cases, explained) for topic, cases, explained in rows]
