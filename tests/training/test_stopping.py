"""A training is stopped from a page, a terminal or another app process, wherever it runs; the log says by whom."""

from __future__ import annotations

import pytest

from server.auth import Role, Staff, create_staff
from server.database import Database
from server.errors import NotFound, Unavailable
from tests.support import FakeClock
from tests.training.test_train import how, result
from training import train
from training.files import Claim
from training.models import RunState, TrainingRun
from training.paths import Paths, Tools
from training.promoting import steps, words
from training.train import TrainingJob

TERMINAL = "command line, root"


@pytest.fixture
async def tess(database: Database, clock: FakeClock) -> Staff:
    async with database.write() as db:
        return await create_staff(
            db, clock, login="tess", name="Tess", password="a long password", roles=[Role.TRAINER]
        )


async def said(database: Database) -> list[tuple[str, str]]:
    async with database.read() as db:
        return [(words.STEPS[one.what], words.step(one)) for one in await steps.steps(db)]


async def test_another_process_stops_a_training(
    database: Database, clock: FakeClock, paths: Paths, tools: Tools, tess: Staff
) -> None:
    terminal = TrainingJob(database, clock, paths, how(tools, "hang"), who=TERMINAL)
    app = TrainingJob(database, clock, paths, tools)
    await terminal.start(None)
    await app.cancel(tess)
    assert (await result(terminal)).state is RunState.CANCELLED
    assert await said(database) == [("Training stopped", "by Tess")]
    with pytest.raises(NotFound):
        await app.cancel(tess)
    # The wish went with the training: the next one goes on to its end.
    await app.start(tess)
    assert (await result(app)).state is RunState.DONE


async def test_the_log_says_who_was_at_the_terminal(
    database: Database, clock: FakeClock, paths: Paths, tools: Tools, tess: Staff
) -> None:
    app = TrainingJob(database, clock, paths, how(tools, "hang"))
    terminal = TrainingJob(database, clock, paths, tools, who=TERMINAL)
    await app.start(tess)
    await terminal.cancel()
    await app.wait()
    await terminal.start(None)
    await terminal.wait()
    assert [(what, who.partition(":")[0]) for what, who in await said(database)] == [
        ("Compared", f"by {TERMINAL}"), ("Trained", f"by {TERMINAL}"),
        ("Training stopped", f"by {TERMINAL}"),
    ]  # fmt: skip


async def test_the_end_of_the_app_is_told_apart_from_somebodys_wish(
    database: Database, clock: FakeClock, paths: Paths, tools: Tools
) -> None:
    job = TrainingJob(database, clock, paths, how(tools, "hang"))
    await job.start(None)
    await job.close()
    assert await said(database) == [("Training stopped", "The process that ran it ended.")]


async def test_a_process_that_does_not_answer_is_said(
    database: Database,
    clock: FakeClock,
    paths: Paths,
    tools: Tools,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(train, "STOP_LIMIT", 0.05)
    async with database.write() as db:
        db.add(TrainingRun(state=RunState.TRAINING, started_at=clock.now()))
    # Its trainer lives on and holds the claim, but nobody listens any more.
    child = Claim(paths.var / "training.lock")
    assert child.take()
    with pytest.raises(Unavailable):
        await TrainingJob(database, clock, paths, tools).cancel()
    child.release()
