"""A room whose comparisons are made with stand-ins, and a run that has a model."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from server.database import Database
from server.settings import ROOT
from tests.support import FakeClock
from tests.training.conftest import RIGHT
from training.comparing.comparer import Comparer
from training.comparing.sitting import Means
from training.models import RunState, TrainingRun
from training.paths import Paths, Tools

CROSSVAL = (sys.executable, str(Path(__file__).parent / "fake_crossval.py"))

MakeRun = Callable[[dict[str, object]], Awaitable[TrainingRun]]


@pytest.fixture
def means(database: Database, paths: Paths, tools: Tools) -> Means:
    rules = paths.nlu.parent / "rules"
    rules.mkdir()
    for path in (ROOT / "data" / "rules").glob("*.yml"):
        (rules / path.name).write_bytes(path.read_bytes())
    return Means(database, paths, tools, crossval=CROSSVAL)


@pytest.fixture
def comparer(clock: FakeClock, means: Means) -> Comparer:
    return Comparer(clock, means)


@pytest.fixture
def make_run(database: Database, clock: FakeClock, paths: Paths) -> MakeRun:
    """Store a finished run with a model that answers so; messages of the golden set are read rightly."""

    async def make(answers: dict[str, object]) -> TrainingRun:
        run = TrainingRun(
            state=RunState.DONE, lines=[], figures={}, labels=0, started_at=clock.now(),
            finished_at=clock.now(),
        )  # fmt: skip
        async with database.write() as db:
            db.add(run)
            await db.flush()
            model = paths.candidates / f"{run.id}.tar.gz"
            model.parent.mkdir(exist_ok=True)
            model.write_text(json.dumps({**RIGHT, **answers}), "utf-8")
            run.model = str(model)
        return run

    return make
