"""The log of the model: every step of it, with who and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth import Staff
from server.clock import Clock
from training.models import RunState, TrainingRun
from training.promoting.models import ModelStep, What

LIMIT = 100
WHY_LIMIT = 500
WHO_LIMIT = 120
SUFFIX = ".tar.gz"


@dataclass(frozen=True)
class Step:
    at: datetime
    what: What
    model: str | None
    """Name of the model."""
    by: str | None
    """Who did it, a member of staff or somebody at the command line; None: the system itself."""
    why: str
    run_id: UUID | None


def name_of(model: Path | str | None) -> str:
    """Return the name that people read and type: of ``…/20260302-090000-1f3a.tar.gz`` all before the first dot."""
    return Path(model).name.removesuffix(SUFFIX) if model else ""


def add(
    db: AsyncSession,
    clock: Clock,
    what: What,
    *,
    model: Path | str | None = None,
    run_id: UUID | None = None,
    by: UUID | None = None,
    who: str = "",
    why: str = "",
) -> None:
    """Note a step, in the transaction that makes it true; `who` tells of a person at no page (`ModelStep.who`)."""
    kept = str(model) if model else None
    db.add(
        ModelStep(
            at=clock.now(),
            what=what,
            model=kept,
            run_id=run_id,
            by=by,
            who="" if by else who[:WHO_LIMIT],
            why=why[:WHY_LIMIT].strip(),
        )
    )


def add_run(
    db: AsyncSession,
    clock: Clock,
    run: TrainingRun,
    *,
    who: str = "",
    stopped_by: UUID | None = None,
) -> None:
    """Note how a training ended, and what its comparison said; `who` ran it where no member of staff did."""
    by = run.requested_by
    if run.state is RunState.DONE:
        why = f"{run.labels} new labels" if run.labels != 1 else "1 new label"
        add(db, clock, What.TRAINED, model=run.model, run_id=run.id, by=by, who=who, why=why)
        add_compared(db, clock, run, name_of(run.serving), by, who=who)
    elif run.state is RunState.CANCELLED:
        why = "" if stopped_by or who else "The process that ran it ended."
        add(
            db, clock, What.STOPPED, model=run.model, run_id=run.id, by=stopped_by, who=who, why=why
        )
    elif run.state is RunState.FAILED:
        why = f"Training: {run.error or 'no reason is known'}"
        add(db, clock, What.FAILED, model=run.model, run_id=run.id, by=by, who=who, why=why)


def add_compared(
    db: AsyncSession,
    clock: Clock,
    run: TrainingRun,
    against: str | None,
    by: UUID | None = None,
    *,
    who: str = "",
) -> None:
    """Note what a comparison said, of a run whose figures are there; `against` names the serving model."""
    add(
        db, clock, What.COMPARED, model=run.model, run_id=run.id, by=by, who=who,
        why=_compared(run.figures, against),
    )  # fmt: skip


async def steps(db: AsyncSession, limit: int = LIMIT) -> list[Step]:
    """Return the latest steps, newest first."""
    rows = await db.execute(
        select(ModelStep, Staff.name)
        .outerjoin(Staff, Staff.id == ModelStep.by)
        .order_by(ModelStep.at.desc(), ModelStep.id.desc())
        .limit(limit)
    )
    return [
        Step(
            step.at,
            step.what,
            name_of(step.model) or None,
            name or step.who or None,
            step.why,
            step.run_id,
        )
        for step, name in rows.all()
    ]


def _compared(figures: Mapping[str, Any], against: str | None) -> str:
    if "verdict" not in figures:
        return str(figures.get("problem") or "The models were not compared.")
    said = f"{figures['verdict']}"
    if figures.get("points") is not None:
        said += f", {float(figures['points']):+.1f} points"
    return f"{said}, against {name_of(against)}" if against else said
