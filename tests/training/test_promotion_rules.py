"""A worse candidate can't be promoted by accident, nor on the strength of a comparison that is out of date."""

from __future__ import annotations

from typing import Any

import pytest

from server.database import Database
from tests.support import FakeClock
from tests.training.house_of_models import House
from tests.training.test_promote import supervisor
from training.files import write_json
from training.paths import Paths
from training.promote import AlreadyServing, NotBetter, StaleComparison
from training.promoting.rules import speaks_against
from training.serving import serving_model


@pytest.fixture
def house(database: Database, clock: FakeClock, paths: Paths) -> House:
    house = House(database, clock, paths)
    house.serve(house.model("first", "models"))
    return house


@pytest.mark.parametrize(
    ("figures", "against"),
    [
        ({"verdict": "better"}, None),
        ({"verdict": "equal", "blocks": []}, None),
        ({"verdict": "first"}, None),
        ({"verdict": "worse"}, "worse"),
        ({"verdict": "unknown"}, "Nobody knows"),
        ({"verdict": "splendid"}, "Nobody knows"),
        ({}, "was not compared"),
        ({"problem": "The golden set has no messages."}, "golden set has no messages"),
        ({"verdict": "better", "blocks": ["A moment of truth is missed."]}, "moment of truth"),
    ],
)
def test_only_what_is_known_to_be_as_good_serves_without_a_word(
    figures: dict[str, Any], against: str | None
) -> None:
    found = speaks_against(figures)
    assert found is None if against is None else against in (found or "")


@pytest.mark.parametrize("verdict", ["worse", "unknown", None])
async def test_flag_reason_and_name_are_all_needed(
    house: House, paths: Paths, verdict: str | None
) -> None:
    run = await house.candidate("candidate", verdict)
    before = serving_model(paths.var)
    right = {"even_if_worse": True, "reason": "the old one is rude", "confirm": "candidate"}
    for missing in ({"even_if_worse": False}, {"reason": "  because    "}, {"confirm": "candidat"}):
        with pytest.raises(NotBetter) as refusal:
            await house.promotions.promote(run.id, None, **{**right, **missing})  # type: ignore[arg-type]
        assert refusal.value.code == "not_better"
    assert serving_model(paths.var) == before
    assert await house.promotions.newest() is None
    async with supervisor(paths):
        await house.promotions.promote(run.id, None, **right)  # type: ignore[arg-type]
        await house.promotions.wait()
    await house.ended_well()
    assert await house.told() == [("refused", "candidate")] * 3 + [("promoted", "candidate")]


async def test_a_comparison_with_a_model_that_no_longer_serves_does_not_count(
    house: House, paths: Paths
) -> None:
    late, other = await house.candidate("late"), await house.candidate("other")
    await house.put_into_service(other)
    with pytest.raises(StaleComparison) as refusal:
        await house.promotions.promote(
            late.id, None, even_if_worse=True, reason="in a great hurry", confirm="late"
        )
    assert refusal.value.code == "stale_comparison"
    assert (await house.told())[-1] == ("refused", "late")
    # Compared again, as training.comparing keeps it, it may serve.
    again = {"serving": "other.tar.gz", "at": house.clock.now().isoformat()}
    write_json(paths.var / "comparisons" / f"{late.id}.json", again)
    await house.put_into_service(late)


async def test_older_data_and_an_older_comparison_are_compared_again(
    house: House, paths: Paths
) -> None:
    """The same model serves as at the comparison, but it left and came back meanwhile."""
    newer = await house.candidate("newer")
    await house.put_into_service(newer)
    older = await house.candidate("older", old=7200)
    async with supervisor(paths):
        for to in ("first", "newer"):
            await house.promotions.roll_back(None, to=to)
            await house.promotions.wait()
            await house.ended_well()
    with pytest.raises(StaleComparison, match="older data"):
        await house.promotions.promote(older.id, None)
    again = {"serving": "newer.tar.gz", "at": house.clock.now().isoformat()}
    write_json(paths.var / "comparisons" / f"{older.id}.json", again)
    await house.put_into_service(older)


async def test_the_first_comparison_is_out_of_date_once_a_model_serves(
    database: Database, clock: FakeClock, paths: Paths
) -> None:
    house = House(database, clock, paths)
    run = await house.candidate("candidate", "first")
    house.serve(house.model("first", "models"))
    with pytest.raises(StaleComparison):
        await house.promotions.promote(run.id, None)


async def test_what_serves_is_not_promoted_again(house: House) -> None:
    run = await house.candidate("candidate")
    await house.put_into_service(run)
    with pytest.raises(AlreadyServing):
        await house.promotions.promote(run.id, None)
