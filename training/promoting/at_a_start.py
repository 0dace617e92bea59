"""A model that came into service with a start, because files or code had changed: noted, then compared."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import Clock
from training.models import Choice, Label, RunState, TrainingRun
from training.promoting import kept, steps
from training.promoting.models import What
from training.serving import is_kept

WHY = "Rules, domain, code or encoder had changed, so it was made anew at a start. Nobody had compared it."


@dataclass(frozen=True)
class Found:
    """The serving model, when it came with a start."""

    run: TrainingRun
    before: Path
    """The model that served until then."""

    @property
    def compared(self) -> bool:
        return bool(self.run.figures)

    @property
    def can_be_compared(self) -> bool:
        """Whether both models are still there."""
        return is_kept(self.before) and is_kept(Path(self.run.model or ""))


async def note(db: AsyncSession, clock: Clock, serving: Path | None) -> None:
    """Note a model that serves since a start, without having been promoted; for who holds the claim.

    Where another one served before, a training is noted with it: so it can be compared like any other.
    """
    if serving is None:
        return
    told = await kept.history(db)
    if told and told[-1].model == serving:
        return
    run = await _run(db, clock, serving, told[-1].model) if told else None
    steps.add(
        db,
        clock,
        What.FOUND,
        model=serving,
        run_id=run.id if run else None,
        why=WHY if told else "",
    )


async def newest(db: AsyncSession, serving: Path | None) -> Found | None:
    """Return the serving model as it was found at a start; None when it came another way."""
    if serving is None:
        return None
    told = await kept.history(db)
    if not told or told[-1].model != serving or told[-1].what is not What.FOUND:
        return None
    run: TrainingRun | None = await db.scalar(
        select(TrainingRun)
        .where(TrainingRun.at_a_start, TrainingRun.model == str(serving))
        .order_by(TrainingRun.finished_at.desc())
        .limit(1)
    )
    return Found(run, Path(run.serving)) if run is not None and run.serving else None


async def _run(db: AsyncSession, clock: Clock, serving: Path, before: Path) -> TrainingRun:
    made = await asyncio.to_thread(_made, serving) or clock.now()
    run = TrainingRun(
        state=RunState.DONE, at_a_start=True, model=str(serving), serving=str(before), lines=[],
        figures={}, started_at=made, finished_at=clock.now(), choice=Choice.PROMOTED,
    )  # fmt: skip
    db.add(run)
    await db.flush()
    # It learned from what stood in the files then.
    learned = await db.execute(
        update(Label)
        .where(Label.written, Label.run_id.is_(None), Label.at <= made)
        .values(run_id=run.id)
    )
    run.labels = learned.rowcount if isinstance(learned, CursorResult) else 0
    return run


def _made(model: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(model.stat().st_mtime, UTC)
    except OSError:
        return None
