"""A whole comparison with stand-ins: stored, summed up, and in parts where a part fails."""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conversations.models import Turn
from server.database import Database
from server.errors import NotFound
from tests.support import FakeClock
from tests.training.comparing.conftest import MakeRun
from tests.training.comparing.test_replay import Search
from tests.training.conftest import RIGHT
from tests.training.talk import Talk
from tests.training.test_train import serve
from training.comparing import data_of
from training.comparing.comparer import AlreadyComparing, Comparer
from training.comparing.sitting import Means
from training.comparing.verdict import Verdict
from training.files import Claim
from training.models import TrainingRun
from training.paths import Paths
from training.room import TrainingRoom
from training.train import TrainingJob


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another task does, 10 s at most."""
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to pass")


async def test_every_section_is_filled_and_kept(
    clock: FakeClock, means: Means, make_run: MakeRun, paths: Paths, talk: Talk, database: Database
) -> None:
    serve(paths, {**RIGHT, "not at all": "greet", "is it in stock": "product_question"})
    await talk.says("is it in stock", "product_question")
    await talk.says("hello you", "greet")
    run = await make_run({"is it in stock": "request_human", "milliseconds": 6.5})
    told: list[str] = []

    async def say(step: str, seconds: float) -> None:
        assert seconds >= 0
        told.append(step)

    comparer = Comparer(clock, replace(means, search=Search()))
    found = await comparer.compare_run(run.id, say)
    assert (found.verdict, found.blocks) == (Verdict.BETTER, [])
    assert (found.candidate, found.serving) == (f"{run.id}.tar.gz", "old.tar.gz")
    assert found.golden["points"] == 20.0
    assert found.crossval["examples"] == 6 and found.crossval["serving"]["right"] == 6
    assert found.replay["counts"]["handoffs"] == 1
    assert found.replay["changes"][0]["text"] == "is it in stock"
    assert {row["intent"] for row in found.intents["rows"]} == {"greet", "deny", "order_status"}
    assert found.confusions["pairs"] == [["deny", "greet", 1, 0]]
    assert found.cost["messages"] == 7
    assert found.cost["candidate"]["p50_ms"] == 6.5 and found.cost["serving"]["p50_ms"] == 5.0
    assert found.cost["candidate"]["memory_mb"] == 100.0
    assert told == [
        "compare_load_models", "compare_golden_set", "compare_past_chats_50_percent",
        "compare_past_chats_100_percent", "compare_cross_validation",
    ]  # fmt: skip
    assert await comparer.read(run.id) == found
    async with database.read() as db:
        row = await db.get_one(TrainingRun, run.id)
    assert row.figures == found.figures
    assert (row.figures["verdict"], row.figures["blocks"]) == ("better", [])
    assert row.figures["changes"]["handoffs"] == 1


async def test_the_first_model_is_measured_alone(comparer: Comparer, make_run: MakeRun) -> None:
    found = await comparer.compare_run((await make_run({})).id)
    assert found.verdict is Verdict.FIRST
    assert "No model is in service" in found.replay["skipped"]
    assert found.cost["serving"] is None
    assert found.intents["rows"][0]["before"] is None


@pytest.mark.parametrize("broken", ["crossval", "rules", "golden", "serving", "nlu"])
async def test_a_section_that_fails_leaves_the_others(
    clock: FakeClock, means: Means, make_run: MakeRun, paths: Paths, talk: Talk, broken: str
) -> None:
    serve(paths, "broken" if broken == "serving" else RIGHT)
    await talk.says("hello you", "greet")
    tools = replace(means.tools, environment={**means.tools.environment, "FAKE_CROSSVAL": "fail"})
    if broken == "crossval":
        means = replace(means, tools=tools)
    if broken == "rules":
        (paths.nlu.parent / "rules" / "kinds.yml").write_text("rules: 3")
    if broken == "golden":
        paths.golden.unlink()
    if broken == "nlu":
        (paths.nlu / "deny.yml").write_text("nlu:\n- intent: deny\n  examples: [no]\n")
    found = await Comparer(clock, means).compare_run((await make_run({})).id)
    failed = {
        name
        for name in ("golden", "crossval", "replay", "intents", "confusions", "cost")
        if "problem" in getattr(found, name)
    }
    assert failed == {
        "crossval": {"crossval"}, "rules": {"replay"}, "golden": {"golden"},
        "serving": {"golden", "replay", "cost"}, "nlu": {"crossval"},
    }[broken]  # fmt: skip
    unknown = broken in ("golden", "serving")
    assert found.verdict is (Verdict.UNKNOWN if unknown else Verdict.EQUAL)
    assert ("verdict" in found.figures) is not unknown
    assert ("problem" in found.figures) is unknown


async def test_the_threshold_that_a_trainer_set_counts_for_both_models(
    clock: FakeClock, room: TrainingRoom, means: Means, make_run: MakeRun, paths: Paths, talk: Talk
) -> None:
    serve(paths, {**RIGHT, "useless": {"worn_at": 0.7}})
    await talk.says("useless", "greet")
    run = await make_run({"useless": {"worn_at": 0.9}})

    async def levels() -> dict[str, float]:
        return {"acknowledge": 0.3, "offer": 0.5, "handoff": 0.8}

    found = await Comparer(clock, replace(means, levels=levels)).compare_run(run.id)
    assert found.replay["counts"]["handoffs"] == 1
    assert found.replay["changes"][0]["after"]["what"] == "frustration"
    found = await Comparer(clock, means).compare_run(run.id)
    assert found.replay["counts"]["handoffs"] == 0
    # The room hands on what the test console is told.
    room.trying.levels = levels
    assert await room._levels() == await levels()


async def test_time_that_runs_out_is_told(
    clock: FakeClock, means: Means, make_run: MakeRun, paths: Paths, talk: Talk
) -> None:
    serve(paths, RIGHT)
    for number in range(3):
        await talk.says(f"hello {number}", "greet")
    comparer = Comparer(clock, replace(means, replay_limit=-1.0))
    found = await comparer.compare_run((await make_run({})).id)
    assert (found.replay["messages"], found.replay["left_out"]) == (0, 3)


async def test_the_serving_models_own_data_are_remembered(
    comparer: Comparer, make_run: MakeRun, paths: Paths, room: TrainingRoom, talk: Talk,
    clock: FakeClock,
) -> None:  # fmt: skip
    first = await make_run({})
    await comparer.compare_run(first.id)
    model = Path(first.model or "")
    (paths.var / "rasa.json").write_text(f'{{"model": "{model}"}}')
    clock.advance(60)
    await room.labels.label([await talk.says("certainly not")], "deny", None)
    clock.advance(60)
    second = await make_run({})
    found = await comparer.compare_run(second.id)
    assert found.crossval["examples"] == 6
    assert found.crossval["fresh"] == {"messages": 1, "before": 1, "after": 1}
    # A label that came while it was trained is not in its data.
    kept = data_of.kept(comparer.store.folder, first)
    assert kept is not None and "certainly not" not in {one.text for one in kept}


def rewrite(paths: Paths, *texts: str) -> None:
    """Edit the examples of an intent by hand."""
    lines = "".join(f"    - {text}\n" for text in texts)
    (paths.nlu / "deny.yml").write_text(f"nlu:\n- intent: deny\n  examples: |\n{lines}")


async def test_the_data_of_a_model_that_a_start_made_are_noted_before_anybody_edits_them(
    comparer: Comparer, make_run: MakeRun, paths: Paths
) -> None:
    serving = paths.var / "models" / "first.tar.gz"
    serving.parent.mkdir()
    serving.write_text(json.dumps(RIGHT))
    (paths.var / "rasa.json").write_text(json.dumps({"model": str(serving)}))
    await comparer.remember_data()
    rewrite(paths, "no", "certainly not", "never")
    # A second start of the same model does not take today's files for its data.
    await comparer.remember_data()
    found = await comparer.compare_run((await make_run({})).id)
    assert (found.crossval["examples"], found.crossval["guessed"]) == (5, False)
    assert found.crossval["fresh"]["messages"] == 2
    serving.unlink()
    await comparer.prune()
    assert list(comparer.store.folder.glob("start-*")) == []


async def test_data_that_were_edited_before_anybody_noted_them_are_a_guess(
    comparer: Comparer, make_run: MakeRun, paths: Paths
) -> None:
    serving = paths.var / "models" / "first.tar.gz"
    serving.parent.mkdir()
    serving.write_text(json.dumps(RIGHT))
    os.utime(serving, (1, 1))
    (paths.var / "rasa.json").write_text(json.dumps({"model": str(serving)}))
    await comparer.remember_data()
    found = await comparer.compare_run((await make_run({})).id)
    assert (found.crossval["examples"], found.crossval["guessed"]) == (6, True)


async def test_a_model_compared_again_keeps_the_data_of_its_training(
    comparer: Comparer, make_run: MakeRun, paths: Paths
) -> None:
    serve(paths, RIGHT)
    run = await make_run({})
    await comparer.compare_run(run.id)
    rewrite(paths, "no", "certainly not", "never")
    await comparer.compare_run(run.id)
    kept = data_of.kept(comparer.store.folder, run)
    assert kept is not None and "certainly not" not in {one.text for one in kept}


async def test_comparisons_go_with_their_models(comparer: Comparer, make_run: MakeRun) -> None:
    gone, kept = await make_run({}), await make_run({})
    for run in (gone, kept):
        await comparer.compare_run(run.id)
    await asyncio.to_thread(Path(gone.model or "").unlink)
    (comparer.store.folder / f"{uuid.uuid4()}.json").write_text("{}")
    await comparer.prune()
    assert comparer.store.run_ids() == {kept.id}
    assert not (comparer.store.folder / f"{gone.id}{data_of.ENDING}").exists()
    with pytest.raises(NotFound):
        await comparer.read(gone.id)
    with pytest.raises(NotFound, match="gone"):
        await comparer.compare_run(gone.id)
    with pytest.raises(NotFound):
        await comparer.compare_run(uuid.uuid4())


async def test_a_damaged_file_is_no_comparison(comparer: Comparer, make_run: MakeRun) -> None:
    run = await make_run({})
    await comparer.compare_run(run.id)
    (comparer.store.folder / f"{run.id}.json").write_text('{"verdict": "splendid"}')
    with pytest.raises(NotFound):
        await comparer.read(run.id)


async def test_one_comparison_at_a_time_and_it_can_be_stopped(
    comparer: Comparer, make_run: MakeRun, paths: Paths
) -> None:
    serve(paths, {"hello you": "hang"})
    run = await make_run({})
    await comparer.start(run.id)
    await until(lambda: bool(comparer.steps))
    with pytest.raises(AlreadyComparing):
        await comparer.start(run.id)
    with pytest.raises(AlreadyComparing):
        await comparer.compare_run(run.id)
    await comparer.cancel()
    assert not comparer.running
    with pytest.raises(NotFound):
        await comparer.cancel()
    serve(paths, RIGHT)
    await comparer.start(run.id)
    await comparer.wait()
    assert (comparer.problem, (await comparer.read(run.id)).verdict) == (None, Verdict.EQUAL)


async def test_another_process_at_it_is_seen(
    comparer: Comparer, make_run: MakeRun, paths: Paths
) -> None:
    run = await make_run({})
    other = Claim(paths.var / "comparing.lock")
    assert other.take()
    with pytest.raises(AlreadyComparing):
        await comparer.start(run.id)
    other.release()


async def test_a_training_tells_the_steps_of_its_comparison_and_stops_with_it(
    database: Database, clock: FakeClock, paths: Paths, means: Means, talk: Talk
) -> None:
    serve(paths, {**RIGHT, "wait for me": "hang"})
    waiting = await talk.says("wait for me", "greet")
    job = TrainingJob(database, clock, paths, means.tools, comparer=Comparer(clock, means))
    await job.start(None)
    for _ in range(200):
        run = await job.newest()
        if run is not None and "golden" in str(run.lines):
            break
        await asyncio.sleep(0.05)
    await job.cancel()
    stopped = await job.newest()
    assert stopped is not None and stopped.state.value == "cancelled"
    async with database.write() as db:
        (await db.get_one(Turn, waiting)).text = "hello you"
    await job.start(None)
    await job.wait()
    done = await job.newest()
    assert done is not None
    steps = [line["step"] for line in done.lines]
    assert steps[:2] == ["load", "package"]
    assert steps[-1] == "compare_cross_validation"
    assert done.figures["changes"] == {
        "answers": 0, "handoffs": 0, "read_otherwise": 0, "right": 0, "wrong": 0, "neither": 0,
    }  # fmt: skip
