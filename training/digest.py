"""Intents that were misread in a week: what trainers and agents said a message was really about."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Message, Turn
from server.database import Database
from server.week import Week
from training.models import IGNORED, Label, Proposal
from training.texts import key, prepare

#: Lines of each list: what can be mended in a week.
MOST = 8


@dataclass(frozen=True)
class Looks:
    """Messages that somebody looked at, each counted once: those that read the same are one."""

    misread: int = 0
    looked_at: int = 0

    @property
    def rate(self) -> float:
        """Of those looked at, how many were misread; 0 when nobody looked."""
        return self.misread / self.looked_at if self.looked_at else 0.0


@dataclass(frozen=True)
class Misread:
    """One intent that messages were taken for."""

    intent: str
    now: Looks
    before: Looks
    read: int
    """How many typed messages of the week were taken for it."""
    really: tuple[tuple[str, int], ...]
    """What the misread ones were about, the commonest first."""


@dataclass(frozen=True)
class Pair:
    """Messages that were taken for one intent and meant another."""

    taken_for: str
    meant: str
    now: int
    before: int


@dataclass(frozen=True)
class MisreadWeek:
    now: Looks
    before: Looks
    intents: tuple[Misread, ...]
    """The most misread first; those without a misread message are left out."""
    pairs: tuple[Pair, ...]
    """Those that were met twice or more, the commonest first."""


@dataclass(frozen=True)
class _Said:
    """What one person said about one message."""

    key: str
    at: datetime
    taken_for: str
    meant: str
    by_trainer: bool


async def misread(database: Database, week: Week) -> MisreadWeek:
    """What was said in the week about messages, beside the week before.

    A message counts in the week in which it was first said what it meant: by an agent on the handoff card, or by
    a trainer, whose word goes before the agent's. What is set aside for ever says nothing of an intent.
    """
    last = week.later(-1)
    async with database.read() as db:
        labelled = await _labelled(db, last.begins, week.ends)
        proposed = await _proposed(db, last.begins, week.ends)
    said = await asyncio.to_thread(lambda: _first([*labelled, *map(_of_proposal, proposed)]))
    these = [one for one in said if one.at >= week.begins]
    those = [one for one in said if one.at < week.begins]
    intents = _intents(these, those)
    async with database.read() as db:
        read = await _read(db, week, [name for name, _, _, _ in intents])
    return MisreadWeek(
        now=_looks(these),
        before=_looks(those),
        intents=tuple(
            Misread(name, now, before, read.get(name, 0), really)
            for name, now, before, really in intents
        ),
        pairs=_pairs(these, those),
    )


async def _labelled(db: AsyncSession, since: datetime, until: datetime) -> list[_Said]:
    rows = await db.execute(
        select(Label.key, Label.at, Label.predicted, Label.intent).where(
            Label.at >= since,
            Label.at < until,
            Label.turn_id.is_not(None),
            Label.predicted.is_not(None),
            Label.intent != IGNORED,
        )
    )
    return [_Said(name, at, taken or "", meant, True) for name, at, taken, meant in rows]


async def _proposed(db: AsyncSession, since: datetime, until: datetime) -> Sequence[Any]:
    rows = await db.execute(
        select(Proposal.at, Proposal.intent, Turn.intent.label("taken"), Turn.text, Turn.parse)
        .join(Turn, Turn.id == Proposal.turn_id)
        .where(Proposal.at >= since, Proposal.at < until, Turn.intent.is_not(None))
    )
    return rows.all()


def _of_proposal(row: Any) -> _Said:
    name = key(prepare(row.text, row.parse or {}))
    return _Said(name, row.at, row.taken, row.intent, by_trainer=False)


def _first(said: Iterable[_Said]) -> list[_Said]:
    """One for each message: the last word on it, at the time of the first."""
    by_key: dict[str, list[_Said]] = defaultdict(list)
    for one in said:
        by_key[one.key].append(one)
    found = []
    for several in by_key.values():
        word = max(several, key=lambda one: (one.by_trainer, one.at))
        first = min(one.at for one in several)
        found.append(_Said(word.key, first, word.taken_for, word.meant, word.by_trainer))
    return found


def _looks(said: Sequence[_Said]) -> Looks:
    return Looks(sum(one.meant != one.taken_for for one in said), len(said))


def _intents(
    these: Sequence[_Said], those: Sequence[_Said]
) -> list[tuple[str, Looks, Looks, tuple[tuple[str, int], ...]]]:
    found = []
    for name in {one.taken_for for one in these}:
        mine = [one for one in these if one.taken_for == name]
        now = _looks(mine)
        if not now.misread:
            continue
        before = _looks([one for one in those if one.taken_for == name])
        really = Counter(one.meant for one in mine if one.meant != name)
        found.append((name, now, before, tuple(sorted(really.items(), key=_commonest))))
    found.sort(key=lambda line: (-line[1].misread, -line[1].rate, line[0]))
    return found[:MOST]


def _pairs(these: Sequence[_Said], those: Sequence[_Said]) -> tuple[Pair, ...]:
    def counted(said: Sequence[_Said]) -> Counter[tuple[str, str]]:
        return Counter((one.taken_for, one.meant) for one in said if one.meant != one.taken_for)

    now, before = counted(these), counted(those)
    often = sorted(((pair, times) for pair, times in now.items() if times > 1), key=_commonest)
    return tuple(
        Pair(taken, meant, times, before[(taken, meant)]) for (taken, meant), times in often[:MOST]
    )


def _commonest(line: tuple[Any, int]) -> tuple[int, Any]:
    return -line[1], line[0]


async def _read(db: AsyncSession, week: Week, intents: Sequence[str]) -> Mapping[str, int]:
    """How often each was read into what customers typed; a button's title says nothing of how they speak."""
    first = and_(Message.conversation_id == Turn.conversation_id, Message.seq == Turn.first_seq)
    rows = await db.execute(
        select(Turn.intent, func.count(Turn.id))
        .outerjoin(Message, first)
        .where(
            Turn.intent.in_(intents),
            Turn.started_at >= week.begins,
            Turn.started_at < week.ends,
            Message.payload["button"].as_string().is_(None),
        )
        .group_by(Turn.intent)
    )
    return {name: count for name, count in rows if name is not None}
