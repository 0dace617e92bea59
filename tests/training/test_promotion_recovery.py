"""Whoever dies in the middle, one model serves and the log says which, and how it came to that."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from server.database import Database
from tests.support import FakeClock
from tests.training.house_of_models import House
from tests.training.test_promote import supervisor
from training.files import read_json, write_json
from training.models import Promotion, PromotionState
from training.paths import Paths
from training.promote import AlreadyPromoting
from training.serving import serving_model


@pytest.fixture
def house(database: Database, clock: FakeClock, paths: Paths) -> House:
    house = House(database, clock, paths)
    house.serve(house.model("first", "models"))
    return house


async def left_running(house: House) -> Promotion:
    """A promotion that the supervisor has taken up, whose app then died."""
    run = await house.candidate("candidate")
    await house.promotions.promote(run.id, None)
    request = house.paths.var / "promote.json"
    async with asyncio.timeout(5):
        while not request.exists():  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.001)
    await house.promotions.close()
    request.unlink()
    async with house.database.read() as db:
        return (await db.scalars(select(Promotion))).one()


def answer(house: House, row: Promotion, state: str, reason: str = "") -> None:
    record = {"id": str(row.id), "state": state, "model": row.model, "reason": reason}
    write_json(house.paths.var / "promotion.json", record)


async def test_an_app_that_comes_back_goes_on_following(house: House, paths: Paths) -> None:
    row = await left_running(house)
    answer(house, row, "running")
    after = house.another_process()
    await after.recover()
    still = await after.newest()
    assert still is not None and still.state is PromotionState.RUNNING
    with pytest.raises(AlreadyPromoting):
        await after.promote(row.run_id or row.id, None)
    write_json(paths.var / "rasa.json", {"url": "u", "model": row.model, "pid": 2})
    answer(house, row, "done")
    await after.wait()
    house.promotions = after
    await house.ended_well()
    assert await house.told() == [("promoted", "candidate")]


@pytest.mark.parametrize(
    ("state", "serves", "end"),
    [
        ("done", "candidate", PromotionState.DONE),
        ("failed", "first", PromotionState.FAILED),
        (None, "candidate", PromotionState.DONE),
        (None, "first", PromotionState.FAILED),
    ],
)
async def test_what_happened_meanwhile_is_found_out(
    house: House, paths: Paths, state: str | None, serves: str, end: PromotionState
) -> None:
    row = await left_running(house)
    if state is not None:
        answer(house, row, state, "the supervisor ended before the new model was in service")
    if serves == "candidate":
        write_json(paths.var / "rasa.json", {"url": "u", "model": row.model, "pid": 2})
    after = house.another_process()
    await after.recover()
    found = await after.newest()
    assert found is not None and found.state is end
    promoted = [model for what, model in await house.told() if what == "promoted"]
    assert promoted == (["candidate"] if end is PromotionState.DONE else [])
    told = dict(await house.told())
    assert ("failed" in told) is (end is PromotionState.FAILED)


async def test_a_process_that_starts_does_not_end_what_another_one_follows(house: House) -> None:
    run = await house.candidate("candidate")
    await house.promotions.promote(run.id, None)
    other = house.another_process()
    await other.recover()
    seen = await other.newest()
    assert seen is not None and seen.state is PromotionState.RUNNING
    with pytest.raises(AlreadyPromoting):
        await other.promote(run.id, None)
    async with supervisor(house.paths):
        await house.promotions.wait()
    await house.ended_well()


async def test_a_command_that_was_broken_off_does_not_block_the_next(
    house: House, paths: Paths
) -> None:
    await left_running(house)
    other = await house.candidate("other")
    house.promotions = house.another_process()
    await house.put_into_service(other)
    assert serving_model(paths.var) == paths.candidates / "other.tar.gz"
    assert await house.told() == [
        ("failed", "candidate"),
        ("found", "first"),
        ("promoted", "other"),
    ]


async def test_an_answer_to_another_request_does_not_count(house: House, paths: Paths) -> None:
    run = await house.candidate("candidate")
    record = {"id": "another", "state": "done", "model": run.model, "reason": ""}
    write_json(paths.var / "promotion.json", record)
    await house.promotions.promote(run.id, None)
    await house.promotions.wait()
    failed = await house.promotions.newest()
    assert failed is not None and failed.state is PromotionState.FAILED
    assert read_json(paths.var / "promote.json") is None


async def test_a_request_that_was_taken_up_at_the_last_moment_is_waited_for(
    house: House, paths: Paths
) -> None:
    """It can't be withdrawn any more, so giving up would be the wrong end."""
    run = await house.candidate("candidate")
    async with supervisor(paths, busy=0.4):
        await house.promotions.promote(run.id, None)
        await house.promotions.wait()
    await house.ended_well()
