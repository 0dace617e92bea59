"""Training runs as rows: begun, told forward, ended; and what was decided about their models."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth import Staff
from server.clock import Clock
from server.errors import Conflict, NotFound
from training.models import Choice, Label, RunState, TrainingRun
from training.promoting import steps

ACTIVE = (RunState.TRAINING, RunState.COMPARING)
STOPPED = "The app stopped in the middle of this training."


async def begin(db: AsyncSession, clock: Clock, by: Staff | None) -> TrainingRun:
    """Note a new training; any other that seems to run is over, because the caller holds the claim."""
    await end_forgotten(db, clock)
    fresh = select(func.count()).where(Label.written, Label.run_id.is_(None))
    run = TrainingRun(
        state=RunState.TRAINING,
        lines=[],
        figures={},
        labels=int(await db.scalar(fresh) or 0),
        started_at=clock.now(),
        requested_by=by.id if by else None,
    )
    db.add(run)
    await db.flush()
    return run


async def end_forgotten(db: AsyncSession, clock: Clock) -> None:
    """End runs whose process is gone; only for who holds the claim."""
    await db.execute(
        update(TrainingRun)
        .where(TrainingRun.state.in_(ACTIVE))
        .values(state=RunState.FAILED, error=STOPPED, finished_at=clock.now())
    )


async def add_line(db: AsyncSession, run_id: UUID, line: dict[str, Any]) -> None:
    run = await db.get_one(TrainingRun, run_id)
    run.lines = [*run.lines, line]


async def trained(db: AsyncSession, run_id: UUID, model: Path, serving: Path | None) -> None:
    """Note that the model is there; the labels of before its start are in it."""
    run = await db.get_one(TrainingRun, run_id)
    run.state, run.model = RunState.COMPARING, str(model)
    run.serving = str(serving) if serving else None
    await db.execute(
        update(Label)
        .where(Label.written, Label.run_id.is_(None), Label.at <= run.started_at)
        .values(run_id=run_id)
    )


async def end(
    db: AsyncSession,
    clock: Clock,
    run_id: UUID,
    state: RunState,
    *,
    error: str | None = None,
    figures: dict[str, Any] | None = None,
    who: str = "",
    stopped_by: UUID | None = None,
) -> TrainingRun:
    """Note how a training ended; `who` and `stopped_by` as `steps.add_run`."""
    run = await db.get_one(TrainingRun, run_id)
    run.state, run.finished_at = state, clock.now()
    run.error = error[:500] if error else None
    run.figures = figures or {}
    steps.add_run(db, clock, run, who=who, stopped_by=stopped_by)
    return run


async def choose(db: AsyncSession, run_id: UUID, choice: Choice, by: UUID | None) -> TrainingRun:
    """Note what was decided about a run's model.

    Raises:
        NotFound: there is no such run. Conflict: it has no finished model.
    """
    run = await finished(db, run_id)
    run.choice, run.chosen_by = choice, by
    return run


async def finished(db: AsyncSession, run_id: UUID) -> TrainingRun:
    """Return a run that ended with a model.

    Raises:
        NotFound: there is no such run. Conflict: it has no finished model.
    """
    run = await db.get(TrainingRun, run_id)
    if run is None:
        raise NotFound("There is no such training.")
    if run.state is not RunState.DONE or run.model is None:
        raise Conflict("This training has no finished model.")
    return run


async def newest(
    db: AsyncSession, *states: RunState, trained_here: bool = False
) -> TrainingRun | None:
    """Return the latest training; with `trained_here` none whose model a start made."""
    query = select(TrainingRun).order_by(TrainingRun.started_at.desc()).limit(1)
    if states:
        query = query.where(TrainingRun.state.in_(states))
    if trained_here:
        query = query.where(TrainingRun.at_a_start.is_(False))
    found: TrainingRun | None = await db.scalar(query)
    return found
