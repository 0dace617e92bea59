"""The threshold room as one thing: what pages and routes ask."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Message, Turn
from encoder import Encoder
from server.clock import Clock
from server.database import Database
from server.settings import Settings
from training.mood_replay import chats
from training.mood_replay.job import ScoreAgain, stale
from training.mood_replay.models import MoodScore
from training.mood_replay.replay import Change, Changed, Handed, Replay, Said
from training.mood_replay.threshold import LEAST, MOST, STEP, Patience, Setting
from training.paths import Paths, Tools
from training.texts import prepare

PERIODS = (30, 90)
#: Every threshold that can be set.
THRESHOLDS = tuple(
    round(LEAST + STEP * place, 2) for place in range(round((MOST - LEAST) / STEP) + 1)
)
SHOWN = 20


@dataclass(frozen=True)
class Loaded:
    """Past chats as they are now."""

    replay: Replay
    setting: Setting
    days: int
    since: datetime
    version: str
    missing: int
    """Messages without any score yet."""
    older: int
    """Messages whose score an older model gave."""

    @property
    def stale(self) -> int:
        return self.missing + self.older


@dataclass(frozen=True)
class Shown:
    """A chat that would go otherwise, with the message at which it would."""

    conversation_id: uuid.UUID
    started_at: datetime
    change: Change
    text: str
    """Masked; empty when it would not go to a person at all."""
    score: float | None
    signals: tuple[tuple[str, float, str], ...]
    """(name, what it adds, evidence), the weightiest first."""
    number: int | None
    """Which of the customer's messages it is, from 1."""
    did_number: int | None
    """After which message it really went to a person; None: it did not."""
    did_reason: str | None
    outcome: str | None
    rating: int | None


class MoodReplay:
    """Tries thresholds on past chats and sets the one that holds."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        paths: Paths,
        tools: Tools,
        encoder: Encoder,
    ) -> None:
        self._database, self._clock, self._encoder = database, clock, encoder
        self.patience = Patience(database, clock, settings)
        self.scoring = ScoreAgain(database, clock, paths, tools, encoder)

    async def close(self) -> None:
        await self.scoring.close()

    def since(self, days: int) -> datetime:
        return self._clock.now() - timedelta(days=days)

    async def load(self, days: int) -> Loaded:
        """Read the chats of the last so many days."""
        since = self.since(days)
        setting = await self.patience.now()
        async with self._database.read() as db:
            version = await chats.present_version(db, self._encoder.checksum)
            found = await chats.read(db, since, version)
        return await asyncio.to_thread(self._loaded, found, setting, days, since, version)

    def _loaded(
        self,
        found: Sequence[Any],
        setting: Setting,
        days: int,
        since: datetime,
        version: str,
    ) -> Loaded:
        old = [said for chat in found for said in stale(chat, version)]
        begun = found[0].started_at if found else self._clock.now()
        replay = Replay(found, (self._clock.now() - begun).total_seconds() / 86400)
        replay.counts(
            setting.handoff
        )  # what is asked on every step of the slider is worked out once
        missing = sum(said.score is None for said in old)
        return Loaded(replay, setting, days, since, version, missing, len(old) - missing)

    async def refresh(self, days: int) -> None:
        """Begin to score again what the present model has not scored.

        Raises:
            AlreadyScoring, Unavailable: see `ScoreAgain.start`.
        """
        await self.scoring.start(self.since(days))

    async def show(self, changed: Sequence[Changed], version: str) -> list[Shown]:
        """Return these chats with their messages, masked, and the signals in them."""
        spoken = [
            (one.chat.conversation_id, one.chat.said[one.place])
            for one in changed
            if one.place is not None
        ]
        async with self._database.read() as db:
            turns = await _turns(db, [said.turn_id for _, said in spoken if said.turn_id])
            typed = await _typed(db, [(of, said.first_seq) for of, said in spoken])
            again = await _again(db, version, [of for of, _ in spoken])
        return [_shown(one, turns, typed, again) for one in changed]


def _shown(one: Changed, turns: Any, typed: Any, again: Any) -> Shown:
    chat, text, score = one.chat, "", None
    signals: tuple[tuple[str, float, str], ...] = ()
    if one.place is not None:
        said = chat.said[one.place]
        turn = turns.get(said.turn_id)
        parse = turn.parse if turn is not None else {}
        words = turn.text if turn is not None else typed.get((chat.conversation_id, said.first_seq))
        text, score = prepare(words or "", parse), said.score
        anew = again.get((chat.conversation_id, said.first_seq))
        own = (parse.get("frustration") or {}).get("signals") or []
        signals = _signals(own if anew is None or _kept(said, turn) else anew)
    did = chat.handed
    return Shown(
        conversation_id=chat.conversation_id,
        started_at=chat.started_at,
        change=one.change,
        text=text,
        score=score,
        signals=signals,
        number=None if one.place is None else _number(chat.said, one.place),
        did_number=_number(chat.said, did.place) if isinstance(did, Handed) else None,
        did_reason=did.reason if isinstance(did, Handed) else None,
        outcome=chat.outcome.value if chat.outcome else None,
        rating=chat.rating,
    )


def _kept(said: Said, turn: Any) -> bool:
    """Whether the score is the turn's own, and not one that was worked out again."""
    return turn is not None and turn.frustration == said.score


def _signals(stored: Sequence[Any]) -> tuple[tuple[str, float, str], ...]:
    found = [
        (str(one.get("name")), float(one.get("value") or 0.0), str(one.get("evidence") or ""))
        for one in stored
    ]
    return tuple(sorted(found, key=lambda one: -one[1]))


def _number(said: Sequence[Said], place: int) -> int:
    return max(0, min(place, len(said) - 1)) + 1


async def _turns(db: AsyncSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Any]:
    query = select(Turn.id, Turn.text, Turn.parse, Turn.frustration).where(Turn.id.in_(ids))
    return {row.id: row for row in await db.execute(query)}


async def _typed(
    db: AsyncSession, keys: Sequence[tuple[uuid.UUID, int]]
) -> dict[tuple[uuid.UUID, int], str]:
    if not keys:
        return {}
    query = select(Message.conversation_id, Message.seq, Message.text).where(
        tuple_(Message.conversation_id, Message.seq).in_(keys)
    )
    return {(row.conversation_id, row.seq): row.text for row in await db.execute(query)}


async def _again(
    db: AsyncSession, version: str, ids: Sequence[uuid.UUID]
) -> dict[tuple[uuid.UUID, int], list[Any]]:
    query = select(MoodScore.conversation_id, MoodScore.first_seq, MoodScore.signals).where(
        MoodScore.version == version, MoodScore.conversation_id.in_(ids)
    )
    return {(row.conversation_id, row.first_seq): row.signals for row in await db.execute(query)}
