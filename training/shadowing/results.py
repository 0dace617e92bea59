"""What came of a shadow: how often both models agree, where they differ, how long each took."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Turn
from server.database import Database
from training.promoting.steps import name_of
from training.shadowing.models import ShadowResult, ShadowTrial
from training.texts import prepare

LISTED = 100


@dataclass(frozen=True)
class Speed:
    """Milliseconds."""

    p50: float
    p95: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Speed | None:
        if not values:
            return None
        if len(values) == 1:
            return cls(values[0], values[0])
        return cls(statistics.median(values), statistics.quantiles(values, n=20)[18])


@dataclass(frozen=True)
class Difference:
    turn_id: UUID
    text: str
    """Masked."""
    serving: str | None
    shadow: str | None
    confidence: float | None
    """The shadow's."""
    at: datetime


@dataclass(frozen=True)
class Results:
    trial: ShadowTrial
    model: str
    read: int
    """Messages that the shadow understood something of."""
    agreed: int
    errors: int
    dropped: int
    serving_speed: Speed | None
    """The step `parse` of the serving model's turns."""
    shadow_speed: Speed | None
    """From question to answer, which waits for whatever customers need first."""
    differing: tuple[Difference, ...]
    """Newest first, at most 100."""

    @property
    def share(self) -> float | None:
        """How many of the messages both understand alike, 0 to 1."""
        return self.agreed / self.read if self.read else None


@dataclass(frozen=True)
class Second:
    """Another model's opinion on a message, where it is not the serving model's."""

    turn_id: UUID
    intent: str
    confidence: float | None
    model: str
    at: datetime


async def results(database: Database, trial_id: UUID) -> Results | None:
    """Return what is known of a trial by now; None when there is no such trial."""
    async with database.read() as db:
        trial = await db.get(ShadowTrial, trial_id)
        if trial is None:
            return None
        rows = (
            await db.execute(
                select(ShadowResult, Turn.text, Turn.parse, Turn.intent, Turn.timings)
                .join(Turn, Turn.id == ShadowResult.turn_id)
                .where(ShadowResult.trial_id == trial_id)
                .order_by(ShadowResult.at.desc())
            )
        ).all()
    return await asyncio.to_thread(_count, trial, rows)


async def counts(db: AsyncSession, trial_id: UUID) -> tuple[int, int]:
    """Return how many messages a trial has read, and how many of them both models understand alike."""
    same = func.count().filter(ShadowResult.intent == Turn.intent)
    row = await db.execute(
        select(func.count(), same)
        .select_from(ShadowResult)
        .join(Turn, Turn.id == ShadowResult.turn_id)
        .where(ShadowResult.trial_id == trial_id, ShadowResult.error.is_(None))
    )
    read, agreed = row.one()
    return int(read), int(agreed)


async def disagreements(
    db: AsyncSession, *, turn_ids: Collection[UUID] | None = None, limit: int = 1000
) -> dict[UUID, Second]:
    """Return messages that a shadow understood otherwise than the model that answered, by turn.

    For the review queue: among the latest `limit` messages that were read, or among these turns. Where two
    shadows read a message, the later one counts.
    """
    query = (
        select(
            ShadowResult.turn_id, ShadowResult.intent, ShadowResult.confidence, ShadowResult.at,
            ShadowTrial.model, Turn.intent.label("answered"),
        )
        .join(Turn, Turn.id == ShadowResult.turn_id)
        .join(ShadowTrial, ShadowTrial.id == ShadowResult.trial_id)
        .where(ShadowResult.intent.is_not(None))
        .order_by(ShadowResult.at.desc())
        .limit(limit)
    )  # fmt: skip
    if turn_ids is not None:
        query = query.where(ShadowResult.turn_id.in_(turn_ids))
    found: dict[UUID, Second | None] = {}
    for one in await db.execute(query):
        second = Second(one.turn_id, one.intent, one.confidence, name_of(one.model), one.at)
        found.setdefault(one.turn_id, second if one.intent != one.answered else None)
    return {turn_id: second for turn_id, second in found.items() if second is not None}


def _count(trial: ShadowTrial, rows: Sequence[Any]) -> Results:
    good = [row for row in rows if row[0].error is None]
    serving = [ms for row in good if (ms := _parse_ms(row[4])) is not None]
    shadow = [row[0].milliseconds for row in good if row[0].milliseconds is not None]
    differing = [row for row in good if row[0].intent != row[3]]
    return Results(
        trial=trial,
        model=name_of(trial.model),
        read=len(good),
        agreed=len(good) - len(differing),
        errors=len(rows) - len(good),
        dropped=trial.dropped,
        serving_speed=Speed.of(serving),
        shadow_speed=Speed.of(shadow),
        differing=tuple(
            Difference(
                turn_id=one.turn_id,
                text=prepare(text, parse or {}),
                serving=intent,
                shadow=one.intent,
                confidence=one.confidence,
                at=one.at,
            )
            for one, text, parse, intent, _ in differing[:LISTED]
        ),
    )


def _parse_ms(timings: Mapping[str, Any] | None) -> float | None:
    value = (timings or {}).get("parse")
    return float(value) if isinstance(value, int | float) else None
