"""How far an agent's scores are from the lead's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from handoff.practice.agreement import STANDARDS, Pair, of

DAY = datetime(2026, 3, 2, tzinfo=UTC)


def pair(day: int, agent: int, lead: int) -> Pair:
    return Pair(
        uuid4(), "x", DAY + timedelta(days=day),
        dict.fromkeys(STANDARDS, agent), dict.fromkeys(STANDARDS, lead),
    )  # fmt: skip


def test_above_and_below_do_not_cancel_out() -> None:
    found = of([pair(0, 1, 3), pair(1, 5, 4)])
    assert found.mean == dict.fromkeys(STANDARDS, 1.5)
    assert [one.differences()["resolve"] for one in found.pairs] == [1, -2]


def test_the_latest_five_are_told_apart_once_there_are_more() -> None:
    early, late = [pair(0, 1, 5)], [pair(day, 4, 4) for day in range(1, 6)]
    assert of(late).lately == {}
    assert of([*early, *late]).lately == dict.fromkeys(STANDARDS, 0.0)


def test_without_a_try_there_is_nothing_to_say() -> None:
    assert of([]).mean == {}
