"""What stands before whom: messages for a second opinion, one's own, those that two people see differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from conversations.models import Turn
from server.auth import Staff
from training.opinions.agreement import Pair
from training.opinions.models import CaseState, Opinion, OpinionCase, Why

SHOWN = 100
GUESSES = 3


@dataclass(frozen=True)
class ToGive:
    """A message that somebody else labelled: neither what they chose, nor who, nor why it was asked.

    The reason is left out because "always asked for this intent" would name the intent.
    """

    id: UUID
    text: str
    guesses: tuple[tuple[str, float], ...]
    """The model's, as the first person saw them."""


@dataclass(frozen=True)
class Own:
    """One's own first opinion, which waits for another's."""

    id: UUID
    text: str
    intent: str
    at: datetime


@dataclass(frozen=True)
class Said:
    name: str
    intent: str
    later: str | None
    reason: str


@dataclass(frozen=True)
class Disputed:
    id: UUID
    text: str
    said: tuple[Said, ...]
    own: bool
    """Whether the reader is one of the two."""


@dataclass(frozen=True)
class Settled:
    id: UUID
    text: str
    intent: str
    names: tuple[str, ...]
    differed: bool
    reason: str
    problem: str
    at: datetime


@dataclass(frozen=True)
class Lists:
    to_give: tuple[ToGive, ...]
    own: tuple[Own, ...]
    disagreed: tuple[Disputed, ...]
    settled: tuple[Settled, ...]
    """The newest ones."""


async def of(db: AsyncSession, reader: Staff) -> Lists:
    """Everything for one reader, the oldest first."""
    return Lists(
        await _to_give(db, reader),
        await _own(db, reader),
        await _disagreed(db, reader),
        await _settled(db),
    )


async def counts(db: AsyncSession, reader: Staff) -> tuple[int, int]:
    """How many second opinions this reader could give, and how many messages are disputed."""
    waiting = select(func.count()).select_from(_for_reader(reader).subquery())
    disputed = select(func.count()).where(OpinionCase.state == CaseState.DISAGREED)
    return int(await db.scalar(waiting) or 0), int(await db.scalar(disputed) or 0)


async def revealed(db: AsyncSession) -> dict[str, tuple[tuple[str, str], ...]]:
    """Who said what about messages that two people see differently, by key; nothing while one is asked."""
    cases = await _cases(db, select(OpinionCase).where(OpinionCase.state == CaseState.DISAGREED))
    said = await _said(db, cases)
    return {
        case.key: tuple((one.name, one.later or one.intent) for one in said[case.id])
        for case in cases
    }


async def open_keys(db: AsyncSession) -> set[str]:
    """The keys of all messages that are before two people now: the review queue leaves them out."""
    found = select(OpinionCase.open_key).where(OpinionCase.open_key.is_not(None))
    return {key for key in await db.scalars(found) if key is not None}


async def pairs(db: AsyncSession, since: datetime | None = None) -> list[Pair]:
    """Both first words about each message that two people have labelled, the oldest first."""
    other, one, two = aliased(Opinion), aliased(Staff), aliased(Staff)
    rows = (
        select(Opinion, other, one.name, two.name, OpinionCase.why)
        .join(other, (other.case_id == Opinion.case_id) & (other.number == 2))
        .join(OpinionCase, OpinionCase.id == Opinion.case_id)
        .join(one, one.id == Opinion.by)
        .join(two, two.id == other.by)
        .where(Opinion.number == 1)
        .order_by(other.at, other.id)
    )
    if since is not None:
        rows = rows.where(other.at >= since)
    return [
        Pair(
            first.intent, second.intent, (first.by, second.by), (name, other_name),
            why is Why.DRAWN,
        )
        for first, second, name, other_name, why in (await db.execute(rows)).all()
    ]  # fmt: skip


def _guesses(parse: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    ranking = parse.get("intent_ranking")
    found = [
        (str(one["name"]), float(one.get("confidence") or 0.0))
        for one in (ranking if isinstance(ranking, list) else [])
        if isinstance(one, Mapping) and one.get("name")
    ]
    return tuple(sorted(found, key=lambda pair: -pair[1])[:GUESSES])


def _for_reader(reader: Staff) -> Select[OpinionCase]:
    own = select(Opinion.case_id).where(Opinion.by == reader.id)
    waiting = OpinionCase.state == CaseState.WAITING
    return select(OpinionCase).where(waiting, OpinionCase.id.not_in(own))


async def _to_give(db: AsyncSession, reader: Staff) -> tuple[ToGive, ...]:
    wanted = (
        _for_reader(reader)
        .add_columns(Turn.parse)
        .join(Turn, Turn.id == OpinionCase.turn_id)
        .order_by(OpinionCase.opened_at, OpinionCase.id)
        .limit(SHOWN)
    )
    return tuple(
        ToGive(case.id, case.text, _guesses(parse or {}))
        for case, parse in (await db.execute(wanted)).all()
    )


async def _own(db: AsyncSession, reader: Staff) -> tuple[Own, ...]:
    wanted = (
        select(OpinionCase, Opinion.intent)
        .join(Opinion, Opinion.case_id == OpinionCase.id)
        .where(OpinionCase.state == CaseState.WAITING, Opinion.by == reader.id)
        .order_by(OpinionCase.opened_at, OpinionCase.id)
        .limit(SHOWN)
    )
    return tuple(
        Own(case.id, case.text, intent, case.opened_at)
        for case, intent in (await db.execute(wanted)).all()
    )


async def _disagreed(db: AsyncSession, reader: Staff) -> tuple[Disputed, ...]:
    wanted = select(OpinionCase).where(OpinionCase.state == CaseState.DISAGREED)
    cases = await _cases(db, wanted.order_by(OpinionCase.opened_at).limit(SHOWN))
    said = await _said(db, cases)
    mine = select(Opinion.case_id).where(Opinion.by == reader.id)
    own = set(await db.scalars(mine.where(Opinion.case_id.in_([case.id for case in cases]))))
    return tuple(Disputed(case.id, case.text, said[case.id], case.id in own) for case in cases)


async def _settled(db: AsyncSession) -> tuple[Settled, ...]:
    ended = OpinionCase.state.in_((CaseState.DONE, CaseState.AGREED))
    wanted = select(OpinionCase).where(ended).order_by(OpinionCase.decided_at.desc()).limit(20)
    cases = await _cases(db, wanted)
    said = await _said(db, cases)
    third = [case.settled_by for case in cases if case.settled_by is not None]
    people = await db.execute(select(Staff.id, Staff.name).where(Staff.id.in_(third)))
    names: dict[UUID | None, str] = {row.id: row.name for row in people.all()}
    return tuple(
        Settled(
            case.id, case.text, case.intent or "",
            tuple(dict.fromkeys([one.name for one in said[case.id]]
                                + ([names[case.settled_by]] if case.settled_by in names else []))),
            len({one.intent for one in said[case.id]}) > 1,
            case.reason, case.problem, case.decided_at or case.opened_at,
        )
        for case in cases
    )  # fmt: skip


async def _cases(db: AsyncSession, wanted: Select[OpinionCase]) -> Sequence[OpinionCase]:
    return list(await db.scalars(wanted))


async def _said(db: AsyncSession, cases: Sequence[OpinionCase]) -> dict[UUID, tuple[Said, ...]]:
    rows = await db.execute(
        select(Opinion, Staff.name)
        .join(Staff, Staff.id == Opinion.by)
        .where(Opinion.case_id.in_([case.id for case in cases]))
        .order_by(Opinion.number)
    )
    found: dict[UUID, list[Said]] = {case.id: [] for case in cases}
    for one, name in rows.all():
        found[one.case_id].append(Said(name, one.intent, one.later, one.reason))
    return {case_id: tuple(said) for case_id, said in found.items()}
