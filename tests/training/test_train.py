"""Training runs in the background, one at a time, and is compared with what serves."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from server.clock import SystemClock
from server.database import Database
from server.errors import NotFound
from tests.support import FakeClock
from tests.training.conftest import GOLDEN, RIGHT
from tests.training.talk import Talk
from training.commands import list_inbox, train_now
from training.files import Claim, write_json
from training.models import RunState, TrainingRun
from training.paths import Paths, Tools
from training.room import TrainingRoom
from training.runs import STOPPED
from training.serving import is_kept
from training.train import AlreadyTraining, TrainingJob


def how(tools: Tools, way: str) -> Tools:
    return replace(tools, environment={**tools.environment, "FAKE_TRAIN": way})


def serve(paths: Paths, model: object) -> Path:
    path = paths.var / "models" / "old.tar.gz"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(model), "utf-8")
    write_json(paths.var / "rasa.json", {"url": "http://127.0.0.1:1", "model": str(path), "pid": 1})
    return path


async def result(job: TrainingJob) -> TrainingRun:
    await job.wait()
    run = await job.newest()
    assert run is not None
    return run


async def test_a_training_tells_its_steps_and_is_compared(
    room: TrainingRoom, talk: Talk, paths: Paths
) -> None:
    old = serve(paths, {**RIGHT, "not at all": "greet"})
    await room.labels.label([await talk.says("certainly not")], "deny", None)
    begun = await room.train(None)
    assert begun.state is RunState.TRAINING
    run = await result(room.job)
    assert (run.state, run.error, run.labels) == (RunState.DONE, None, 1)
    assert [line["step"] for line in run.lines][:3] == ["load", "package", "compare_load_models"]
    assert run.model is not None and is_kept(Path(run.model))
    assert Path(run.model).parent == paths.candidates
    assert run.serving == str(old)
    assert run.figures["verdict"] == "better"
    assert (run.figures["serving"]["right"], run.figures["candidate"]["right"]) == (4, 5)
    assert run.figures["changed"] == [
        {"text": "not at all", "expected": "deny", "serving": "greet", "candidate": "deny"}
    ]
    deny = next(row for row in run.figures["intents"] if row["intent"] == "deny")
    assert deny == {"intent": "deny", "messages": 1, "serving": 0, "candidate": 1}
    assert await room.labels.waiting() == 0
    assert "a library greets" in room.job.log_tail(run.id)
    assert list(paths.candidates.glob("training-*")) == []


async def test_the_first_model_has_nothing_to_be_compared_with(room: TrainingRoom) -> None:
    await room.train(None)
    run = await result(room.job)
    assert (run.figures["verdict"], run.figures["serving"]) == ("first", None)


async def test_labelled_golden_messages_test_nothing_any_more(
    room: TrainingRoom, talk: Talk, paths: Paths
) -> None:
    await room.labels.label([await talk.says("Not at all!")], "deny", None)
    await room.train(None)
    run = await result(room.job)
    assert (run.figures["messages"], run.figures["left_out"]) == (
        sum(map(len, GOLDEN.values())) - 1,
        1,
    )


@pytest.mark.parametrize(
    ("way", "error"),
    [("fail", "It ended with status 1."), ("no_model", "It ended without writing a model.")],
)
async def test_a_failed_training_says_why_and_keeps_the_log(
    database: Database, clock: FakeClock, paths: Paths, tools: Tools, way: str, error: str
) -> None:
    job = TrainingJob(database, clock, paths, how(tools, way))
    await job.start(None)
    run = await result(job)
    assert (run.state, run.error, run.model) == (RunState.FAILED, error, None)
    if way == "fail":
        assert "bot.train: InvalidDomain: domain.yml, line 3" in job.log_tail(run.id)


async def test_a_missing_program_is_a_failure_not_a_crash(
    database: Database, clock: FakeClock, paths: Paths, tools: Tools
) -> None:
    job = TrainingJob(database, clock, paths, replace(tools, train=("/nowhere/python",)))
    await job.start(None)
    assert (await result(job)).error == "python could not be started."


async def test_a_training_that_hangs_is_stopped_with_all_it_started(
    database: Database, clock: FakeClock, paths: Paths, tools: Tools
) -> None:
    job = TrainingJob(database, clock, paths, how(tools, "hang"), train_limit=1.5)
    await job.start(None)
    run = await result(job)
    assert run.state is RunState.FAILED
    assert run.error == "It took longer than 2 seconds and was stopped."
    assert not _lives(int((paths.candidates / "child.pid").read_text()))
    await job.start(None)
    await job.cancel()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


async def test_only_one_training_at_a_time_across_processes(
    database: Database, clock: FakeClock, paths: Paths, tools: Tools
) -> None:
    job = TrainingJob(database, clock, paths, how(tools, "hang"))
    other = TrainingJob(database, clock, paths, tools)
    run = await job.start(None)
    for second in (job, other):
        with pytest.raises(AlreadyTraining):
            await second.start(None)
    await other.recover()
    seen = await other.newest()
    assert seen is not None and (seen.id, seen.state) == (run.id, RunState.TRAINING)
    await job.cancel()
    assert (await result(job)).state is RunState.CANCELLED
    with pytest.raises(NotFound):
        await job.cancel()
    await other.start(None)
    assert (await result(other)).state is RunState.DONE


async def test_a_training_whose_process_died_is_ended(
    database: Database, clock: FakeClock, paths: Paths, tools: Tools
) -> None:
    job = TrainingJob(database, clock, paths, tools)
    async with database.write() as db:
        db.add(TrainingRun(state=RunState.TRAINING, started_at=clock.now()))
    # Its trainer lives on and holds the claim that it inherited: nothing is ended yet.
    child = Claim(paths.var / "training.lock")
    assert child.take()
    run = await job.newest()
    assert run is not None and run.state is RunState.TRAINING
    child.release()
    run = await job.newest()
    assert run is not None and (run.state, run.error) == (RunState.FAILED, STOPPED)


async def test_a_cancel_in_the_first_moment_lets_go_of_the_claim(room: TrainingRoom) -> None:
    await room.train(None)
    await room.job.cancel()
    assert (await result(room.job)).state is RunState.CANCELLED
    await room.train(None)
    assert (await result(room.job)).state is RunState.DONE


@pytest.mark.parametrize("golden", ["golden: {}", "nothing"])
async def test_a_model_that_could_not_be_compared_is_kept_and_says_so(
    room: TrainingRoom, paths: Paths, golden: str
) -> None:
    paths.golden.write_text(golden)
    await room.train(None)
    run = await result(room.job)
    assert run.state is RunState.DONE
    assert "golden set" in run.figures["problem"]


async def test_a_broken_model_is_not_compared(room: TrainingRoom, paths: Paths) -> None:
    serve(paths, "broken")
    await room.train(None)
    run = await result(room.job)
    assert (run.state, run.figures) == (RunState.DONE, {"problem": "It ended with status 1."})


async def test_training_gives_way_to_those_who_answer_customers(
    database: Database, clock: FakeClock, paths: Paths, tools: Tools
) -> None:
    script = paths.var / "nice.py"
    script.write_text(
        "import os, sys, json, time\ntime.sleep(0.3)\n"
        "print(json.dumps({'step': f'nice {os.nice(0)}', 'seconds': 0}))\nsys.exit(1)\n"
    )
    polite = replace(tools, train=(*tools.train[:1], str(script)))
    job = TrainingJob(database, clock, paths, polite)
    await job.start(None)
    assert (await result(job)).lines == [{"step": f"nice {os.nice(0) + 10}", "seconds": 0}]


async def test_the_commands_list_and_train(
    database: Database, paths: Paths, tools: Tools, talk: Talk
) -> None:
    room = TrainingRoom(database, SystemClock(), paths, tools)
    await talk.says("sure")
    await talk.says("hm", confidence=0.2)
    assert [item.text for item in await list_inbox(room)] == ["hm"]
    told: list[dict[str, object]] = []
    run = await asyncio.wait_for(train_now(room, told.append), 20)
    assert run.state is RunState.DONE
    assert [line["step"] for line in told][:2] == ["load", "package"]
