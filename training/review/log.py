"""The newest turns, read once and kept: only what is new or gone since costs anything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, Text, and_, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Episode, Message, Thumb, Turn, TurnState, TurnStep
from server.database import Database
from training.models import Proposal
from training.review.said import Said, said

#: So many turns, newest first, are looked at; older ones were made by older models.
HORIZON = 5000
#: Rows that are made into objects between two looks at other work: some 5 ms.
PART = 200
IDS = 1000
#: Stars of five from which down a rating says that the answer did not help.
LOW_RATING = 2
FINISHED = (TurnState.DONE, TurnState.FAILED, TurnState.DROPPED)


class TurnLog:
    """One per process; made of the database alone, so each process makes the same."""

    def __init__(self, database: Database, *, horizon: int = HORIZON) -> None:
        self._database, self._horizon = database, horizon
        self._kept: dict[UUID, Said] = {}
        self._reading = asyncio.Lock()
        self._mark: object = None
        self.version = 0
        """Rises when what `turns` holds changes."""
        self.turns: Sequence[Said] = ()
        """Newest first."""
        self.low_rated: frozenset[tuple[UUID, int]] = frozenset()
        """Conversations and episodes that their customer gave one or two stars."""
        self.thumbs: Mapping[UUID, bool] = {}
        """By turn: whether the customer marked its answer as a help, or as none."""

    async def refresh(self) -> None:
        """Read what was finished since the last look; forget what is gone."""
        async with self._reading:
            async with self._database.read() as db:
                low = await _low_rated(db)
                # Five thousand ids, and as many thumbs, are read only when there is something new among them.
                mark = (await _mark(db, self._horizon), low, await _mark_of_thumbs(db))
                if mark == self._mark:
                    return
                thumbs = await _thumbs(db)
                wanted = await _ids(db, self._horizon)
                fresh = [one for one in wanted if one not in self._kept]
                for start in range(0, len(fresh), PART):
                    part = fresh[start : start + PART]
                    rows = (await db.execute(_turns(part))).all()
                    # Masking and reading the parse: a millisecond for three turns, not on the event loop.
                    self._kept.update(await asyncio.to_thread(_all_said, rows))
            known, self._mark = (self.low_rated, self.thumbs), mark
            if not fresh and len(wanted) == len(self._kept) and (low, thumbs) == known:
                return
            keep = set(wanted)
            self._kept = {one: turn for one, turn in self._kept.items() if one in keep}
            # Between the two readings a turn may have been erased.
            self.turns = [self._kept[one] for one in wanted if one in self._kept]
            self.low_rated, self.thumbs = low, thumbs
            self.version += 1


def _all_said(rows: Iterable[Any]) -> dict[UUID, Said]:
    return {row.id: said(row) for row in rows}


async def _mark(db: AsyncSession, limit: int) -> tuple[Any, ...]:
    """What differs when a turn came, ended, or is gone, among those that are looked at; one row."""
    turns = (
        select(Turn.started_at, Turn.finished_at, Turn.first_seq)
        .where(Turn.state.in_(FINISHED))
        .order_by(Turn.started_at.desc())
        .limit(limit)
        .subquery()
    )
    of = turns.c
    summed = select(
        func.count(), func.min(of.started_at), func.max(of.started_at), func.max(of.finished_at),
        func.sum(of.first_seq),
    )  # fmt: skip
    waiting = select(func.count(), func.max(Proposal.at)).where(Proposal.settled_at.is_(None))
    return (*(await db.execute(summed)).one(), *(await db.execute(waiting)).one())


async def _ids(db: AsyncSession, limit: int) -> list[UUID]:
    newest = (
        select(Turn.id)
        .where(Turn.state.in_(FINISHED))
        .order_by(Turn.started_at.desc(), Turn.first_seq.desc(), Turn.id)
    )
    # A turn that comes between two parts moves the others on: one may be met twice, none is missed.
    found: dict[UUID, None] = {}
    for start in range(0, limit, IDS):
        part = await db.scalars(newest.offset(start).limit(min(IDS, limit - start)))
        before = len(found)
        found.update(dict.fromkeys(part))
        if len(found) - before < IDS:
            break
    # Older ones, too, when an agent spoke of them.
    waiting = select(Proposal.turn_id).where(Proposal.settled_at.is_(None)).distinct()
    spoken = select(Turn.id).where(Turn.id.in_(waiting), Turn.state.in_(FINISHED))
    return list(found | dict.fromkeys(await db.scalars(spoken.order_by(Turn.id))))


def _turns(ids: Sequence[UUID]) -> Executable:
    # The turn's first message tells whether it was typed or a button.
    first = and_(Message.conversation_id == Turn.conversation_id, Message.seq == Turn.first_seq)
    helped = TurnStep.records[("verdict", "helped")].as_boolean()
    return (
        select(
            Turn.id,
            Turn.conversation_id,
            Turn.episode,
            Turn.first_seq,
            Turn.text,
            Turn.state,
            Turn.intent,
            Turn.confidence,
            # As text: JSON is read in a thread.
            cast(Turn.parse, Text).label("parse"),
            cast(Turn.decision, Text).label("decision"),
            cast(Message.payload, Text).label("payload"),
            Turn.started_at,
            _in_steps(case((helped.is_(True), 1), (helped.is_(False), 0))).label("helped"),
            _in_steps(TurnStep.records[("verdict", "article_id")].as_string()).label("judged"),
            _in_steps(TurnStep.records[("handoff", "reason")].as_string()).label("handoff"),
        )
        .outerjoin(Message, first)
        .where(Turn.id.in_(ids))
    )


def _in_steps(value: ColumnElement[Any]) -> Any:
    """The value in the steps of the turn; a turn that was repeated has each step twice."""
    return (
        select(func.max(value))
        .where(TurnStep.turn_id == Turn.id, TurnStep.failed.is_(None))
        .correlate(Turn)
        .scalar_subquery()
    )


async def _low_rated(db: AsyncSession) -> frozenset[tuple[UUID, int]]:
    rows = await db.execute(
        select(Episode.conversation_id, Episode.number).where(Episode.rating <= LOW_RATING)
    )
    return frozenset((conversation_id, number) for conversation_id, number in rows)


_NEWEST_THUMBS = (
    select(Thumb.turn_id, Thumb.up, Thumb.at)
    .where(Thumb.turn_id.is_not(None))
    .order_by(Thumb.at.desc())
    .limit(HORIZON)
)


async def _mark_of_thumbs(db: AsyncSession) -> tuple[Any, ...]:
    """What differs when a thumb was given, changed or is gone, among those that are looked at; one row."""
    of = _NEWEST_THUMBS.subquery().c
    up = func.sum(case((of.up, 1), else_=0))
    row = await db.execute(select(func.count(), func.min(of.at), func.max(of.at), up))
    return tuple(row.one())


async def _thumbs(db: AsyncSession) -> dict[UUID, bool]:
    rows = await db.execute(_NEWEST_THUMBS)
    # Of a turn with two answers the one that did not help counts.
    found: dict[UUID, bool] = {}
    for turn_id, up, _ in rows:
        if turn_id is not None:
            found[turn_id] = up and found.get(turn_id, True)
    return found


def by_episode(turns: Iterable[Said]) -> Mapping[tuple[UUID, int], list[Said]]:
    """The turns of each episode, in the order in which they were said."""
    found: dict[tuple[UUID, int], list[Said]] = {}
    for one in turns:
        found.setdefault((one.conversation_id, one.episode), []).append(one)
    for episode in found.values():
        episode.sort(key=lambda one: one.seq)
    return found
