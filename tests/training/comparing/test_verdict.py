"""Better, equal, worse: each rule by itself."""

from __future__ import annotations

from typing import Any

import pytest

from training.comparing.verdict import Verdict, judge, may_promote_itself


def golden(points: float | None, moments: tuple[int, int] = (5, 5)) -> dict[str, Any]:
    return {
        "candidate": {"right": 1, "share": 1.0},
        "points": points,
        "moments": {"messages": 6, "serving": moments[0], "candidate": moments[1]},
    }


def story(
    before: bool | None, after: bool | None, title: str = "A parcel is late"
) -> dict[str, Any]:
    return {
        "title": title,
        "before": before,
        "after": after,
        "failures": ["message 1: broke", "more"],
    }


def row(before: float, after: float, marked: str | None) -> dict[str, Any]:
    return {
        "rows": [{"intent": "return_policy", "before": before, "after": after, "marked": marked}]
    }


@pytest.mark.parametrize(
    ("found", "intents", "replay", "verdict", "against"),
    [
        (golden(2.0), {}, {}, Verdict.BETTER, None),
        (golden(0.0), {}, {}, Verdict.EQUAL, None),
        (golden(-1.0), {}, {}, Verdict.EQUAL, None),
        (golden(None), row(0.9, 0.2, "worse"), {}, Verdict.FIRST, None),
        (golden(-1.1), {}, {}, Verdict.WORSE, "Golden set: 1.1 points fewer"),
        (golden(2.0), row(0.8, 0.69, "worse"), {}, Verdict.WORSE,
         "Return policy: F1 falls from 80% to 69%"),
        (golden(2.0), row(0.8, 0.71, "worse"), {}, Verdict.BETTER, None),
        (golden(2.0), row(0.8, 0.2, None), {}, Verdict.BETTER, None),
        (golden(2.0), row(0.2, 0.8, "better"), {}, Verdict.BETTER, None),
        (golden(2.0, (5, 4)), {}, {}, Verdict.WORSE,
         "Moments of truth of the golden set: 4 of 6 found, 5 before."),
        (golden(2.0, (4, 5)), {}, {}, Verdict.BETTER, None),
        (golden(2.0), {}, {"moments": {"messages": 3, "serving": 2, "candidate": 1}}, Verdict.WORSE,
         "labelled in past chats: 1 of 3 found, 2 before."),
        (golden(2.0), {"problem": "x"}, {"problem": "y"}, Verdict.BETTER, None),
        ({"problem": "The golden set can't be read."}, {}, {}, Verdict.UNKNOWN, "can't be read"),
        ({}, {}, {}, Verdict.UNKNOWN, "not compared"),
    ],
)  # fmt: skip
def test_rules(
    found: dict[str, Any],
    intents: dict[str, Any],
    replay: dict[str, Any],
    verdict: Verdict,
    against: str | None,
) -> None:
    judged, blocks = judge(found, intents, replay, {})
    assert judged is verdict
    assert bool(blocks) is (against is not None)
    if against is not None:
        assert against in " ".join(blocks)
    good = verdict in (Verdict.BETTER, Verdict.EQUAL, Verdict.FIRST)
    assert may_promote_itself({"verdict": verdict}) is good


def test_all_that_speaks_against_it_is_said() -> None:
    lost = {"rows": [story(True, False)]}
    _, blocks = judge(golden(-5.0, (5, 1)), row(0.9, 0.1, "worse"), {}, lost)
    assert len(blocks) == 4


def test_a_lost_story_test_makes_a_model_worse() -> None:
    verdict, blocks = judge(golden(2.0), {}, {}, {"rows": [story(True, False)]})
    assert verdict is Verdict.WORSE
    assert blocks == [
        "Story test “A parcel is late” passed before and fails now: message 1: broke."
    ]


@pytest.mark.parametrize(
    "pair", [(False, False), (None, False), (True, None), (False, True), (True, True)]
)
def test_any_other_story_test_does_not(pair: tuple[bool | None, bool | None]) -> None:
    assert judge(golden(2.0), {}, {}, {"rows": [story(*pair)]}) == (Verdict.BETTER, [])
    assert judge(golden(2.0), {}, {}, {"problem": "It can't be read."}) == (Verdict.BETTER, [])


def test_of_many_lost_story_tests_five_are_named() -> None:
    rows = [story(True, False, f"story {number}") for number in range(8)]
    _, blocks = judge(golden(2.0), {}, {}, {"rows": rows})
    assert len(blocks) == 6
    assert blocks[-1] == "So do 3 more story tests."
