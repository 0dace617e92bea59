"""What agents said about messages on the handoff card: "this was really about X". A trainer decides."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Turn
from server.auth import Staff
from server.clock import Clock
from server.errors import Conflict
from training.models import Proposal
from training.texts import key, prepare

# One proposal of each agent about each message, whoever clicks how often in however many windows.
_NAMES = UUID("6f6d3f0e-54a8-4d60-9c3e-5f0a2b6f1c11")


class AlreadySettled(Conflict):
    code, message = "already_settled", "A trainer has dealt with this already."


@dataclass(frozen=True)
class Proposed:
    """One agent's word about one message."""

    id: UUID
    turn_id: UUID
    intent: str
    by: UUID
    name: str
    """Of the agent."""
    at: datetime
    settled: bool


def id_of(turn_id: UUID, by: UUID) -> UUID:
    return uuid.uuid5(_NAMES, f"{turn_id}:{by}")


async def add(
    db: AsyncSession, clock: Clock, *, turn_id: UUID, intent: str, by: UUID
) -> tuple[UUID, bool]:
    """Note that a message was about `intent`; its id, and whether that is news. Another intent of the same
    agent replaces the first."""
    proposal_id = id_of(turn_id, by)
    try:
        async with db.begin_nested():
            db.add(Proposal(id=proposal_id, turn_id=turn_id, intent=intent, by=by, at=clock.now()))
    except IntegrityError:
        changed = await db.execute(
            update(Proposal)
            .where(Proposal.id == proposal_id, Proposal.intent != intent)
            .values(intent=intent, at=clock.now(), settled_at=None)
            .returning(Proposal.id)
        )
        return proposal_id, changed.first() is not None
    return proposal_id, True


async def withdraw(db: AsyncSession, proposal_id: UUID, by: UUID) -> bool:
    """Take one's own proposal back; False: there is none (any more).

    Raises:
        AlreadySettled: a trainer has labelled the message.
    """
    own = (Proposal.id == proposal_id, Proposal.by == by)
    gone = await db.execute(
        delete(Proposal).where(*own, Proposal.settled_at.is_(None)).returning(Proposal.id)
    )
    if gone.first() is not None:
        return True
    if await db.scalar(select(Proposal.id).where(*own)):
        raise AlreadySettled
    return False


async def of_turns(db: AsyncSession, turn_ids: Collection[UUID]) -> list[Proposed]:
    """What was said about these messages, the oldest first."""
    return await _read(db, Proposal.turn_id.in_(turn_ids))


async def open_ones(db: AsyncSession) -> list[Proposed]:
    """What no trainer has dealt with, the oldest first."""
    return await _read(db, Proposal.settled_at.is_(None))


async def settle(db: AsyncSession, texts: Iterable[str], at: datetime) -> int:
    """A trainer has dealt with messages that read so (keys of training.texts): so with what was said of them.

    In the transaction that keeps the label.
    """
    keys = set(texts)
    ids = [proposal_id for proposal_id, name in await _keyed(db) if name in keys]
    if ids:
        await db.execute(
            update(Proposal)
            .where(Proposal.id.in_(ids), Proposal.settled_at.is_(None))
            .values(settled_at=at)
        )
    return len(ids)


async def reopen(db: AsyncSession, text: str, since: datetime) -> None:
    """The label was taken back: what it settled (from its time on) waits again."""
    late = [
        proposal_id
        for proposal_id, name in await _keyed(db, Proposal.settled_at >= since)
        if name == text
    ]
    if late:
        await db.execute(update(Proposal).where(Proposal.id.in_(late)).values(settled_at=None))


async def _keyed(
    db: AsyncSession, where: ColumnElement[bool] | None = None
) -> Sequence[tuple[UUID, str]]:
    condition = Proposal.settled_at.is_(None) if where is None else where
    rows = await db.execute(
        select(Proposal.id, Turn.text, Turn.parse)
        .join(Turn, Turn.id == Proposal.turn_id)
        .where(condition)
    )
    return [(proposal_id, key(prepare(text, parse or {}))) for proposal_id, text, parse in rows]


async def _read(db: AsyncSession, where: ColumnElement[bool]) -> list[Proposed]:
    rows = await db.execute(
        select(Proposal, Staff.name)
        .join(Staff, Staff.id == Proposal.by)
        .where(where)
        .order_by(Proposal.at, Proposal.id)
    )
    return [
        Proposed(
            id=one.id, turn_id=one.turn_id, intent=one.intent, by=one.by, name=name, at=one.at,
            settled=one.settled_at is not None,
        )
        for one, name in rows.all()
    ]  # fmt: skip
