"""The trainer's work as plain functions, for the command line and nightly jobs: the same services as the pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Invalid, NotFound
from training.comparing.comparison import Comparison
from training.models import Promotion, RunState, TrainingRun
from training.promoting import words
from training.promoting.steps import SUFFIX, name_of
from training.review.items import PAGE, Filter, Item
from training.room import TrainingRoom

LOOK = 0.5
#: So many trainings are looked through for a model's name.
SEARCHED = 200
#: Fewer characters of an id could name another training tomorrow.
SHORTEST = 4

Say = Callable[[dict[str, Any]], None]
"""Gets each finished step as it comes: ``{"step": str, "seconds": float}``."""


async def list_inbox(
    room: TrainingRoom, wanted: Filter | None = None, *, limit: int = PAGE
) -> list[Item]:
    """Return the messages whose labels promise most, best first."""
    return list((await room.inbox.page(wanted or Filter(doubtful=True), 1, limit)).items)


async def train_now(room: TrainingRoom, say: Say, *, promote: bool = False) -> TrainingRun:
    """Train, compare and, with `promote`, put the model into service unless it is worse; return the run.

    Raises:
        AlreadyTraining: one is running, here or in the app.
    """
    begun = await room.train(None, promote=promote)
    told = 0
    while True:
        run = await room.job.newest()
        if run is None or run.id != begun.id:
            return begun
        for line in run.lines[told:]:
            say(line)
        told = len(run.lines)
        if run.state not in (RunState.TRAINING, RunState.COMPARING):
            await room.job.wait()
            await room.promotions.wait()
            # What was decided about its model came after its end.
            last = await room.job.newest()
            return last if last is not None and last.id == run.id else run
        await asyncio.sleep(LOOK)


async def find_run(db: AsyncSession, word: str) -> TrainingRun:
    """Return a training by its id, the beginning of it, or its model's name; without a word the latest that ended
    with a model.

    Raises:
        NotFound: there is none. Invalid: several fit.
    """
    query = select(TrainingRun).order_by(TrainingRun.started_at.desc()).limit(SEARCHED)
    rows = list(await db.scalars(query))
    if not word:
        done = [row for row in rows if row.state is RunState.DONE and row.model]
        if not done:
            raise NotFound("No training has ended with a model yet.")
        return done[0]
    bare = word.strip().lower().removesuffix(SUFFIX)
    found = [row for row in rows if bare in (str(row.id), name_of(row.model).lower())]
    if not found and len(bare) >= SHORTEST:
        found = [row for row in rows if str(row.id).startswith(bare)]
    if not found:
        raise NotFound(
            f"There is no training or model “{word[:80]}”. `handrail models` lists them."
        )
    if len(found) > 1:
        raise Invalid(f"Several trainings fit “{word[:80]}”: give more of the id.")
    return found[0]


async def compare_now(room: TrainingRoom, run_id: UUID, say: Say) -> Comparison:
    """Compare a training's model with the serving one, and keep what came of it.

    Raises:
        NotFound: there is no such training, or its model is gone. AlreadyComparing: another comparison runs.
    """

    async def note(step: str, seconds: float) -> None:
        say({"step": step, "seconds": seconds})

    return await room.comparer.compare_run(run_id, note)


async def promote_now(
    room: TrainingRoom, run_id: UUID, *, reason: str, even_if_worse: bool = False, confirm: str = ""
) -> Promotion:
    """Put a training's model into service and wait for the end; raises as `Promotions.promote`.

    A model that passed needs no reason: the evidence for it is noted, as the page proposes it.
    """
    if not reason.strip() and not even_if_worse:
        reason = words.evidence(await room.comparer.run_of(run_id))
    begun = await room.promotions.promote(
        run_id, None, reason=reason, even_if_worse=even_if_worse, confirm=confirm
    )
    return await _ended(room, begun)


async def roll_back_now(room: TrainingRoom, *, reason: str, to: str | None = None) -> Promotion:
    """Put a model that served before back and wait for the end; raises as `Promotions.roll_back`."""
    return await _ended(room, await room.promotions.roll_back(None, reason=reason, to=to))


async def _ended(room: TrainingRoom, begun: Promotion) -> Promotion:
    await room.promotions.wait()
    last = await room.promotions.newest()
    return last if last is not None and last.id == begun.id else begun
