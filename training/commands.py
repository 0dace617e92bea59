"""The trainer's work as plain functions, for the command line and nightly jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from training.inbox import PAGE, Filter, Item
from training.models import RunState, TrainingRun
from training.room import TrainingRoom

LOOK = 0.5


async def list_inbox(
    room: TrainingRoom, wanted: Filter | None = None, *, limit: int = PAGE
) -> list[Item]:
    """Return the messages that most deserve a look, the most doubtful first."""
    return list((await room.inbox.page(wanted or Filter(doubtful=True), 1, limit)).items)


async def train_now(
    room: TrainingRoom, say: Callable[[dict[str, Any]], None], *, promote: bool = False
) -> TrainingRun:
    """Train, compare and, with `promote`, put the model into service unless it is worse; return the run.

    `say` gets each finished step, ``{"step": str, "seconds": float}``, as it comes.

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
            return run
        await asyncio.sleep(LOOK)
