"""A start with changed files puts a model into service that nobody compared: it is noted, compared, and said."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest

from server.database import Database
from tests.support import FakeClock
from tests.training.conftest import RIGHT
from tests.training.house_of_models import House
from tests.training.talk import Talk
from tests.training.test_promote import supervisor
from training.comparing.comparer import Comparer, NothingBeside
from training.comparing.sitting import Means
from training.labels import Labels
from training.models import TrainingRun
from training.paths import Paths, Tools
from training.promoting import words
from training.promoting.fitting import DoesNotFit
from training.promoting.models import What
from training.room import TrainingRoom
from training.train import TrainingJob


@pytest.fixture
async def house(database: Database, clock: FakeClock, paths: Paths) -> House:
    """One model has served since a start; now another one does."""
    house = House(database, clock, paths)
    house.serve(model(house, "first", RIGHT))
    await house.promotions.recover()
    clock.advance(3600)
    return house


def model(house: House, name: str, answers: Mapping[str, object]) -> Path:
    path = house.model(name, "models")
    path.write_text(json.dumps(answers), "utf-8")
    made = house.clock.now().timestamp()
    os.utime(path, (made, made))
    return path


async def start_with(house: House, name: str, answers: Mapping[str, object]) -> Path:
    """Stop, change the files, start."""
    path = house.serve(model(house, name, answers))
    await house.another_process().recover()
    return path


async def test_the_first_model_of_a_house_is_no_finding(house: House) -> None:
    assert await house.promotions.found() is None
    (step,) = await house.promotions.steps()
    assert (step.what, step.why, step.run_id) == (What.FOUND, "", None)


async def test_it_is_noted_as_a_training_that_nobody_compared(
    house: House, database: Database, clock: FakeClock, paths: Paths, tools: Tools, talk: Talk
) -> None:
    labels = Labels(database, clock, paths)
    await labels.label([await talk.says("is it in stock")], "greet", None)
    clock.advance(60)
    await start_with(house, "second", RIGHT)
    clock.advance(60)
    await labels.label([await talk.says("after the start")], "greet", None)
    found = await house.promotions.found()
    assert found is not None
    assert (found.before.name, found.compared, found.can_be_compared) == (
        "first.tar.gz", False, True,
    )  # fmt: skip
    assert found.run.labels == 1
    step, _ = await house.promotions.steps()
    assert (step.what, step.model, step.run_id) == (What.FOUND, "second", found.run.id)
    assert step.why.endswith("Nobody had compared it.")
    # How long a training takes is told by trainings.
    assert await TrainingJob(database, clock, paths, tools).seconds_last_time() is None
    # The same start, looked at by a second process, is one.
    await house.another_process().recover()
    assert len(await house.promotions.steps()) == 2


@pytest.mark.parametrize(
    ("answers", "verdict", "said"),
    [
        (RIGHT, "equal", "It is as good as the one before, first."),
        (dict.fromkeys(RIGHT, "deny"), "worse", "It is worse than the one before, first. Golden"),
    ],
)
async def test_the_app_compares_it_with_the_one_before(
    house: House, database: Database, clock: FakeClock, paths: Paths, tools: Tools,
    answers: Mapping[str, object], verdict: str, said: str,
) -> None:  # fmt: skip
    await start_with(house, "second", answers)
    before = await house.promotions.found()
    assert before is not None
    assert words.found(before, comparing=False)[1].startswith("It has not been compared with")
    assert "some minutes" in words.found(before, comparing=True)[1]
    room = TrainingRoom(database, clock, paths, tools)
    try:
        await room.start()
        await room.comparer.wait()
        found = await room.promotions.found()
        assert found is not None and found.compared
        assert found.run.figures["verdict"] == verdict
        assert words.found(found, comparing=False)[1].startswith(said)
        comparison = await room.comparer.read(found.run.id)
        assert (comparison.candidate, comparison.serving) == ("second.tar.gz", "first.tar.gz")
        serving, *_ = await room.promotions.kept()
        assert (serving.name, serving.verdict, serving.serving) == ("second", verdict, True)
    finally:
        await room.close()
    # Once is enough: the next start compares nothing.
    again = TrainingRoom(database, clock, paths, tools)
    await again.start()
    assert again.comparer.at_work is None
    await again.close()


async def test_the_way_back_stays_open(house: House, paths: Paths) -> None:
    await start_with(house, "second", RIGHT)
    async with supervisor(paths):
        await house.promotions.roll_back(None, reason="worse about returns")
        await house.promotions.wait()
    await house.ended_well()
    assert await house.promotions.found() is None


def packed(path: Path, *actions: str) -> None:
    content = json.dumps({"domain": {"actions": list(actions)}}).encode()
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("metadata.json")
        member.size = len(content)
        archive.addfile(member, BytesIO(content))


async def test_a_model_that_calls_actions_that_are_gone_does_not_come_back(
    house: House, paths: Paths
) -> None:
    first = paths.var / "models" / "first.tar.gz"
    await start_with(house, "second", RIGHT)
    paths.domain.write_text("intents: [greet]\nactions: [action_answer, {action_mail: {}}]\n")
    packed(first, "action_answer", "action_fax")
    with pytest.raises(DoesNotFit, match="actions that are gone: action_fax"):
        await house.promotions.roll_back(None)
    assert await house.promotions.newest() is None
    packed(first, "action_answer", "action_mail")
    async with supervisor(paths):
        await house.promotions.roll_back(None)
        await house.promotions.wait()
    await house.ended_well()


async def test_a_serving_model_is_never_compared_with_itself(
    house: House, database: Database, clock: FakeClock, paths: Paths, tools: Tools
) -> None:
    comparer = Comparer(clock, Means(database, paths, tools))
    await start_with(house, "second", RIGHT)
    found = await house.promotions.found()
    assert found is not None
    found.before.unlink()
    gone = await house.promotions.found()
    assert gone is not None and not gone.can_be_compared
    assert words.found(gone, comparing=False)[0] == "warn"
    for compare in (comparer.compare_run, comparer.start):
        with pytest.raises(NothingBeside):
            await compare(found.run.id)
    async with database.read() as db:
        assert (await db.get_one(TrainingRun, found.run.id)).figures == {}
