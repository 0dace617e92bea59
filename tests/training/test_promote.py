"""A model goes into service only when it passed, or when somebody says so; and the one before comes back."""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from server.database import Database
from server.errors import Conflict, NotFound
from tests.support import FakeClock
from tests.training.conftest import RIGHT
from tests.training.test_train import serve
from training.files import read_json, write_json
from training.models import Choice, Promotion, PromotionState, TrainingRun
from training.paths import Paths, Tools
from training.promote import AlreadyPromoting, NoEarlierModel, NotBetter, Promotions
from training.promoting.steps import name_of
from training.room import TrainingRoom
from training.serving import prune, serving_model


@asynccontextmanager
async def supervisor(paths: Paths, *, reason: str = "", busy: float = 0.02) -> AsyncIterator[None]:
    """Does what server/supervise does with the files."""

    async def work() -> None:
        while True:
            await asyncio.sleep(0.01)
            request = read_json(paths.var / "promote.json")
            if request is None:
                continue
            (paths.var / "promote.json").unlink()
            write_json(paths.var / "promotion.json", {"state": "running", **request, "reason": ""})
            await asyncio.sleep(busy)
            if not reason:
                write_json(paths.var / "rasa.json", {"url": "u", "pid": 2, **request})
            state = "failed" if reason else "done"
            answer = {"state": state, **request, "reason": reason}
            write_json(paths.var / "promotion.json", answer)

    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def room(database: Database, clock: FakeClock, paths: Paths, tools: Tools) -> TrainingRoom:
    room = TrainingRoom(database, clock, paths, tools)
    room.promotions = Promotions(database, clock, paths, look=0.01, pick_up_limit=0.5, limit=3)
    return room


async def trained(room: TrainingRoom) -> TrainingRun:
    await room.train(None)
    await room.job.wait()
    run = await room.job.newest()
    assert run is not None
    return run


async def ended(room: TrainingRoom) -> Promotion:
    await room.promotions.wait()
    promotion = await room.promotions.newest()
    assert promotion is not None
    return promotion


async def test_promote_and_roll_back(room: TrainingRoom, paths: Paths, clock: FakeClock) -> None:
    old = serve(paths, RIGHT)
    run = await trained(room)
    assert run.figures["verdict"] == "equal"
    async with supervisor(paths):
        await room.promotions.promote(run.id, None)
        done = await ended(room)
        assert (done.state, done.error, done.previous) == (PromotionState.DONE, None, str(old))
        assert serving_model(paths.var) == Path(run.model or "")
        status = await room.status()
        assert status.run is not None and status.run.choice is Choice.PROMOTED
        assert status.earlier == old
        clock.advance(60)
        await room.promotions.roll_back(None, reason="wrong about returns")
        back = await ended(room)
        assert (back.state, back.rollback, back.reason) == (
            PromotionState.DONE, True, "wrong about returns",
        )  # fmt: skip
        assert serving_model(paths.var) == old
        assert await room.promotions.earlier() == Path(run.model or "")
    told = [(step.what.value, step.model) for step in await room.promotions.steps()]
    new = name_of(run.model)
    assert told[::-1] == [
        ("trained", new), ("compared", new), ("promoted", new), ("rolled_back", "old"),
    ]  # fmt: skip


async def test_a_worse_model_needs_somebody_to_say_so(
    room: TrainingRoom, paths: Paths, tools: Tools, database: Database, clock: FakeClock
) -> None:
    serve(paths, RIGHT)
    bad = replace(tools, environment={**tools.environment, "FAKE_MODEL": "{}"})
    room = TrainingRoom(database, clock, paths, bad)
    room.promotions = Promotions(database, clock, paths, look=0.01)
    async with supervisor(paths):
        await room.train(None, promote=True)
        await room.job.wait()
        run = (await room.status()).run
        assert run is not None and run.figures["verdict"] == "worse"
        assert await room.promotions.newest() is None
        name = name_of(run.model)
        for reason, said, confirm in (
            ("an emergency", False, name),
            ("emergency", True, name),
            ("an emergency", True, ""),
            ("an emergency", True, "another-model"),
        ):
            with pytest.raises(NotBetter):
                await room.promotions.promote(
                    run.id, None, reason=reason, even_if_worse=said, confirm=confirm
                )
        assert serving_model(paths.var) == paths.var / "models" / "old.tar.gz"
        await room.promotions.promote(
            run.id, None, reason="an emergency", even_if_worse=True, confirm=f" {name}.tar.gz"
        )
        assert (await ended(room)).state is PromotionState.DONE


async def test_an_uncompared_model_is_not_promoted_by_itself(
    room: TrainingRoom, paths: Paths
) -> None:
    paths.golden.unlink()
    run = await trained(room)
    with pytest.raises(NotBetter):
        await room.promotions.promote(run.id, None)


async def test_a_good_model_goes_into_service_by_itself_when_asked(
    room: TrainingRoom, paths: Paths
) -> None:
    serve(paths, {})
    async with supervisor(paths):
        await room.train(None, promote=True)
        await room.job.wait()
        assert (await ended(room)).state is PromotionState.DONE


async def test_a_failed_start_leaves_the_old_model(room: TrainingRoom, paths: Paths) -> None:
    old = serve(paths, {})
    run = await trained(room)
    write_json(paths.var / "promotion.json", {"state": "done", "model": run.model, "reason": ""})
    async with supervisor(paths, reason="the new Rasa exited with status 1"):
        await room.promotions.promote(run.id, None)
        failed = await ended(room)
    assert (failed.state, failed.error) == (
        PromotionState.FAILED, "the new Rasa exited with status 1",
    )  # fmt: skip
    assert serving_model(paths.var) == old
    with pytest.raises(NoEarlierModel):
        await room.promotions.roll_back(None)


async def test_without_a_supervisor_the_request_is_taken_back(
    room: TrainingRoom, paths: Paths
) -> None:
    run = await trained(room)
    await room.promotions.promote(run.id, None)
    with pytest.raises(AlreadyPromoting):
        await room.promotions.promote(run.id, None)
    failed = await ended(room)
    assert "supervisor" in (failed.error or "")
    assert not (paths.var / "promote.json").exists()


async def test_a_stopped_app_finds_out_what_became_of_it(
    room: TrainingRoom, paths: Paths, database: Database, clock: FakeClock
) -> None:
    for model, state in (
        ("other.tar.gz", PromotionState.FAILED),
        ("new.tar.gz", PromotionState.DONE),
    ):
        write_json(paths.var / "rasa.json", {"model": "new.tar.gz"})
        clock.advance(1)
        async with database.write() as db:
            db.add(Promotion(model=model, state=PromotionState.RUNNING, started_at=clock.now()))
        await room.start()
        newest = await room.promotions.newest()
        assert newest is not None and newest.state is state


async def test_what_cannot_be_promoted(room: TrainingRoom, paths: Paths) -> None:
    run = await trained(room)
    with pytest.raises(NotFound):
        await room.promotions.promote(uuid.uuid4(), None)
    await room.promotions.keep_old(run.id, None)
    kept = await room.job.newest()
    assert kept is not None and kept.choice is Choice.KEPT_OLD
    prune(paths.candidates, [], kept=0)
    with pytest.raises(NotFound):
        await room.promotions.promote(run.id, None)
    await room.train(None)
    await room.job.cancel()
    cancelled = await room.job.newest()
    assert cancelled is not None
    with pytest.raises(Conflict):
        await room.promotions.promote(cancelled.id, None)


def test_old_candidates_go_but_none_that_is_needed(tmp_path: Path) -> None:
    models = [tmp_path / f"{number:02}.tar.gz" for number in range(12)]
    draft = tmp_path / "training-12.tar.gz"
    for number, model in enumerate([*models, draft]):
        model.write_text(json.dumps({}))
        os.utime(model, (number, number))
    os.utime(draft, (0, 0))
    assert sorted(prune(tmp_path, [models[0], None])) == models[1:4]
    assert sorted(tmp_path.iterdir()) == [models[0], *models[4:], draft]
