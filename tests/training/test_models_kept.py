"""Kept models, and the way back to any of them."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta

import pytest

from server.database import Database
from tests.support import FakeClock
from tests.training.house_of_models import House
from tests.training.test_promote import supervisor
from training.paths import Paths
from training.promote import AlreadyServing, NeverServed, NoEarlierModel, NoSuchModel
from training.promoting import keeping, words
from training.serving import serving_model


@pytest.fixture
async def house(database: Database, clock: FakeClock, paths: Paths) -> House:
    """One model has served since a start."""
    house = House(database, clock, paths)
    house.serve(house.model("first", "models"))
    await house.promotions.recover()
    clock.advance(3600)
    return house


async def test_the_list_says_when_each_served_and_why_it_was_replaced(house: House) -> None:
    ada = await house.trainer()
    began = house.clock.now()
    second = await house.candidate("second", candidate={"right": 9, "share": 0.9})
    await house.put_into_service(second, ada)
    await house.candidate("third", "worse")
    kept, first, third = await house.promotions.kept()
    assert [kept.name, first.name, third.name] == ["second", "first", "third"]
    assert (kept.serving, kept.previous, kept.can_return) == (True, False, False)
    assert (kept.run_id, kept.verdict, kept.share) == (second.id, "better", 0.9)
    assert [(span.since, span.until) for span in kept.served] == [(began, None)]
    assert (first.serving, first.previous, first.can_return) == (False, True, True)
    assert [(span.since, span.until) for span in first.served] == [
        (began - timedelta(hours=1), began)
    ]
    assert (first.replaced_by, first.replaced_why) == ("second", "passed the comparison")
    assert (third.served, third.can_return, third.verdict) == ((), False, "worse")
    assert words.service(first) == (
        "In service from 02 Mar 2026, 09:00 UTC to 02 Mar 2026, 10:00 UTC. "
        "Then came second: passed the comparison."
    )
    assert words.origin(kept).endswith(
        "better when compared; understood 90.0 % of the golden messages."
    )
    assert words.service(third) == "Never in service."


async def test_the_way_back_leads_to_any_model_that_served(house: House, paths: Paths) -> None:
    for name in ("second", "third"):
        await house.put_into_service(await house.candidate(name))
    async with supervisor(paths):
        await house.promotions.roll_back(None, reason="wrong about returns", to="first.tar.gz")
        await house.promotions.wait()
    back = await house.ended_well()
    assert (back.rollback, back.reason) == (True, "wrong about returns")
    assert serving_model(paths.var) == paths.var / "models" / "first.tar.gz"
    # Without a name it leads to what served before this.
    async with supervisor(paths):
        await house.promotions.roll_back(None)
        await house.promotions.wait()
    await house.ended_well()
    assert serving_model(paths.var) == paths.candidates / "third.tar.gz"
    first = next(model for model in await house.promotions.kept() if model.name == "first")
    assert len(first.served) == 2


async def test_a_candidate_does_not_come_into_service_by_the_way_back(
    house: House, paths: Paths
) -> None:
    before = serving_model(paths.var)
    await house.candidate("bad", "worse")
    with pytest.raises(NoEarlierModel):
        await house.promotions.roll_back(None)
    with pytest.raises(NeverServed):
        await house.promotions.roll_back(None, to="bad")
    with pytest.raises(AlreadyServing):
        await house.promotions.roll_back(None, to="first")
    with pytest.raises(NoSuchModel):
        await house.promotions.roll_back(None, to="../first")
    assert serving_model(paths.var) == before
    assert (await house.told())[-1] == ("refused", "bad")


async def test_what_served_lately_is_kept_and_what_is_needed_always(
    house: House, paths: Paths, clock: FakeClock
) -> None:
    await house.put_into_service(await house.candidate("served"))
    await house.put_into_service(await house.candidate("previous"))
    await house.put_into_service(await house.candidate("serving"))
    for number in range(20):
        await house.candidate(f"never-{number:02}")
    for age, path in enumerate(sorted(paths.candidates.iterdir(), reverse=True)):
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    clock.advance(29 * 86400)
    await keeping.tidy(house.database, house.clock, paths)
    names = {model.name for model in await house.promotions.kept()}
    assert {"first", "served", "previous", "serving"} <= names
    assert len(names) == 9, (
        "three that served here, one from a start, and the rest of the newest eight"
    )
    clock.advance(2 * 86400)
    os.utime(paths.candidates / "served.tar.gz", (1, 1))
    os.utime(paths.candidates / "previous.tar.gz", (2, 2))
    os.utime(paths.candidates / "serving.tar.gz", (3, 3))
    for number in range(20, 28):
        await house.candidate(f"never-{number:02}")
    await keeping.tidy(house.database, house.clock, paths)
    names = {model.name for model in await house.promotions.kept()}
    assert "served" not in names, "its thirty days are over"
    assert {"previous", "serving"} <= names


async def test_a_start_with_another_model_is_noted_and_the_way_back_knows_it(
    house: House, paths: Paths
) -> None:
    await house.put_into_service(await house.candidate("second"))
    house.serve(house.model("fresh", "models"))
    for _ in range(2):
        await house.another_process().recover()
    assert await house.told() == [
        ("found", "first"),
        ("promoted", "second"),
        ("found", "fresh"),
    ]
    assert await house.promotions.earlier() == paths.candidates / "second.tar.gz"


async def test_two_processes_note_a_start_once(house: House) -> None:
    house.serve(house.model("fresh", "models"))
    others = [house.another_process() for _ in range(4)]
    await asyncio.gather(*(other.recover() for other in others))
    assert await house.told() == [("found", "first"), ("found", "fresh")]
