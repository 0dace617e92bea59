"""Trials as rows: begun, asked to stop, told forward, ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import Clock
from training.promoting import steps
from training.promoting.models import What
from training.shadowing import results
from training.shadowing.models import ACTIVE, ShadowResult, ShadowTrial, TrialState
from training.shadowing.reader import Reading


@dataclass(frozen=True)
class Read:
    """A message and what the shadow made of it."""

    turn_id: UUID
    reading: Reading


async def active(db: AsyncSession) -> ShadowTrial | None:
    """Return the trial that is under way."""
    return await _newest(db, ACTIVE)


async def newest(db: AsyncSession) -> ShadowTrial | None:
    return await _newest(db, tuple(TrialState))


async def ask_to_stop(db: AsyncSession) -> bool:
    """Have the trial that is under way end; False when there is none."""
    stopped = await db.execute(
        update(ShadowTrial)
        .where(ShadowTrial.state.in_((TrialState.STARTING, TrialState.RUNNING)))
        .values(state=TrialState.STOPPING)
        .returning(ShadowTrial.id)
    )
    return stopped.first() is not None


async def state_of(db: AsyncSession, trial_id: UUID) -> TrialState | None:
    state: TrialState | None = await db.scalar(
        select(ShadowTrial.state).where(ShadowTrial.id == trial_id)
    )
    return state


async def running(db: AsyncSession, trial_id: UUID) -> None:
    """Note that the shadow reads along; one that was asked to stop meanwhile stays so."""
    await db.execute(
        update(ShadowTrial)
        .where(ShadowTrial.id == trial_id, ShadowTrial.state == TrialState.STARTING)
        .values(state=TrialState.RUNNING)
    )


async def keep(
    db: AsyncSession, clock: Clock, trial_id: UUID, read: Iterable[Read], dropped: int
) -> TrialState:
    """Store what was read since the last time, and how much was not; return the trial's state."""
    for one in read:
        reading = one.reading
        db.add(
            ShadowResult(
                trial_id=trial_id, turn_id=one.turn_id, intent=reading.intent,
                confidence=reading.confidence, milliseconds=reading.milliseconds,
                error=reading.error, at=clock.now(),
            )
        )  # fmt: skip
    trial = await db.get_one(ShadowTrial, trial_id)
    if dropped:
        trial.dropped += dropped
    return trial.state


async def end(
    db: AsyncSession, clock: Clock, trial_id: UUID, state: TrialState, why: str
) -> ShadowTrial | None:
    """End a trial and note it as a step; None when it is over already."""
    trial = await db.get_one(ShadowTrial, trial_id)
    if trial.state not in ACTIVE:
        return None
    read, agreed = await results.counts(db, trial_id)
    trial.state, trial.finished_at, trial.why = state, clock.now(), why[:500]
    share = f", {100 * agreed / read:.0f} % of them understood alike" if read else ""
    steps.add(
        db, clock, What.FAILED if state is TrialState.FAILED else What.SHADOWED,
        model=trial.model, run_id=trial.run_id, by=trial.by,
        why=f"Read {read} messages along{share}. {why}",
    )  # fmt: skip
    return trial


async def _newest(db: AsyncSession, states: tuple[TrialState, ...]) -> ShadowTrial | None:
    found: ShadowTrial | None = await db.scalar(
        select(ShadowTrial)
        .where(ShadowTrial.state.in_(states))
        .order_by(ShadowTrial.started_at.desc())
        .limit(1)
    )
    return found
