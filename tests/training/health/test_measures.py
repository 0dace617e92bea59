"""Shares, confusions, doubles, numbers and drift, on small made-up data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from training.health import drift, examples, traffic, words
from training.health.findings import Finding, Kind
from training.health.report import Report
from training.health.sets import Examples, Messages, nearest
from training.health.shares import Share, difference

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
SIZE = 12


def near(axis: int, count: int, spread: float, seed: int) -> NDArray[np.float32]:
    """Vectors of length 1 around one axis."""
    random = np.random.default_rng(seed)
    rows = random.normal(0, spread, (count, SIZE))
    rows[:, axis] += 1.0
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def taught(*groups: tuple[str, NDArray[np.float32]]) -> Examples:
    intents = [name for name, rows in groups for _ in rows]
    # Words that say nothing: here the vectors alone tell the intents apart.
    texts = [f"sentence {number}" for number in range(len(intents))]
    return Examples(tuple(texts), tuple(intents), np.vstack([rows for _, rows in groups]))


def said(
    *groups: tuple[str, NDArray[np.float32], float],
) -> Messages:
    """(intent, vectors, days ago)"""
    intents = [name for name, rows, _ in groups for _ in rows]
    at = [NOW - timedelta(days=ago) for _, rows, ago in groups for _ in rows]
    texts = [f"{name} message {number}" for number, name in enumerate(intents)]
    return Messages(
        tuple(texts), tuple(intents), tuple(at), np.vstack([rows for _, rows, _ in groups])
    )


def kinds(found: Sequence[Finding]) -> dict[Kind, list[tuple[str, ...]]]:
    result: dict[Kind, list[tuple[str, ...]]] = {}
    for one in found:
        result.setdefault(one.kind, []).append(one.intents)
    return result


def test_wilsons_interval_is_the_published_one() -> None:
    # Newcombe 1998, Statistics in Medicine 17:857-872, table I: 81 of 263, and 0 of 20.
    share = Share(81, 263)
    assert (round(share.low, 4), round(share.high, 4)) == (0.2553, 0.3662)
    none = Share(0, 20)
    assert (round(none.low, 4), round(none.high, 4)) == (0.0, 0.1611)


def test_newcombes_difference_is_the_published_one() -> None:
    # Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10: 56 of 70 against 48 of 80.
    low, high = difference(Share(56, 70), Share(48, 80))
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share(count: int, more: int) -> None:
    share = Share(count, count + more)
    assert 0.0 <= share.low <= share.value <= share.high + 1e-12 <= 1.0 + 1e-9


def test_the_nearest_other_is_never_oneself() -> None:
    rows = np.vstack([near(0, 3, 0.01, 0), near(1, 1, 0.01, 1)])
    cosines, which = nearest(rows, rows, themselves=True)
    assert set(which[:3]) <= {0, 1, 2}
    assert all(place != at for at, place in enumerate(which))
    assert cosines[3] < 0.2
    alone, _ = nearest(rows[:1], rows[:1], themselves=True)
    assert alone[0] == -1.0


def test_intents_in_the_same_place_are_confused_and_others_not() -> None:
    data = taught(
        ("refund", near(0, 20, 0.15, 1)),
        ("return", near(0, 20, 0.15, 2)),
        ("greet", near(1, 20, 0.1, 3)),
    )
    found = examples.confused(data, examples.cross_validated(data))
    assert [one.intents for one in found] == [("refund", "return")]
    (one,) = found
    assert one.figures["of"] == 40
    assert one.figures["times"] >= 5
    mine, other = one.lines[0]
    assert {mine.intent, other.intent} == {"refund", "return"}
    assert words.title(one).startswith("“refund” and “return”: ")


def test_doubles_are_found_across_intents_only() -> None:
    rows = near(0, 4, 0.5, 5)
    rows[2], rows[3] = rows[0], rows[1]
    data = Examples(
        ("Where is it?", "a thing", "where is it", "another"),
        ("order_status", "greet", "delivery", "greet"),
        rows,
    )
    (found,) = examples.doubles(data)
    assert (found.figures["exact"], found.intents) == (1.0, ("delivery", "order_status"))
    assert words.title(found) == "Word for word under “delivery” and “order status”."


def test_numbers_are_held_against_traffic() -> None:
    data = taught(
        ("busy", near(0, 12, 0.1, 1)),
        ("full", near(1, 80, 0.1, 2)),
        ("scarce", near(2, 4, 0.1, 3)),
        ("idle", near(3, 15, 0.1, 4)),
        ("self_harm", near(4, 60, 0.1, 5)),
    )
    messages = said(
        ("busy", near(0, 300, 0.1, 6), 1),
        ("full", near(1, 20, 0.1, 7), 1),
        ("scarce", near(2, 9, 0.1, 8), 1),
    )
    found = kinds(traffic.numbers(data, messages))
    assert found == {
        Kind.FEW: [("scarce",), ("busy",)],
        Kind.MANY: [("full",)],
        Kind.UNUSED: [("idle",)],
    }


def test_without_traffic_only_the_number_of_examples_is_judged() -> None:
    data = taught(("scarce", near(2, 4, 0.1, 3)), ("idle", near(3, 90, 0.1, 4)))
    messages = said(("idle", near(3, 5, 0.1, 1), 1))
    assert kinds(traffic.numbers(data, messages)) == {Kind.FEW: [("scarce",)]}
    assert traffic.unlike(data, messages, 0.4) == []


def test_examples_that_no_message_comes_near_are_found() -> None:
    data = taught(("order", near(0, 30, 0.05, 1)), ("order", near(5, 1, 0.01, 2)),
                  ("idle", near(7, 3, 0.01, 3)))  # fmt: skip
    messages = said(("order", near(0, 320, 0.05, 4), 3))
    (found,) = traffic.unlike(data, messages, 0.4)
    assert found.about == ("order", "sentence 30")
    assert found.lines[0][1].message


def drifting(strange: int, usual: int = 200) -> drift.Drift:
    data = taught(("order", near(0, 120, 0.2, 1)), ("return", near(1, 120, 0.2, 2)))
    messages = said(
        ("order", near(0, usual, 0.2, 3), 1),
        ("order", near(6, strange, 0.1, 4), 1),
        *((("order", near(0, 100, 0.2, 5 + week), 7 * week + 1)) for week in range(1, 6)),
    )
    return drift.look(data, messages, NOW)


def test_usual_messages_are_no_drift() -> None:
    found = drifting(strange=0)
    assert found.findings == ()
    week = found.weeks[-1]
    assert (week.messages, week.end) == (200, NOW)
    assert week.low <= 0.05 <= week.high + 0.05
    assert [one.messages for one in found.weeks] == 7 * [0] + 5 * [100] + [200]


def test_a_wave_of_strange_messages_is_drift() -> None:
    found = drifting(strange=60)
    (one,) = found.findings
    assert one.kind is Kind.DRIFT
    assert one.figures["rises"] == 1.0
    assert one.figures["low"] < one.figures["share"] < one.figures["high"]
    assert 0.2 < one.figures["share"] < 0.35
    assert len(one.lines[0]) == drift.SHOWN
    assert "of this week’s 260 messages are unlike every example" in words.title(one)
    assert words.where(one) == [("Open the newest in the queue", "/staff/training?order=newest")]


@pytest.mark.parametrize(("this", "moves"), [(40, True), (24, False)])
def test_an_intent_moves_when_its_share_changes_by_more_than_noise(this: int, moves: bool) -> None:
    messages = said(
        ("outage", near(0, this, 0.1, 1), 1),
        ("order", near(1, 200 - this, 0.1, 2), 1),
        ("outage", near(0, 80, 0.1, 3), 12),
        ("order", near(1, 720, 0.1, 4), 12),
    )
    found = drift.moved(messages, messages.weeks_ago(NOW), NOW)
    assert {one.intents for one in found} == ({("outage",), ("order",)} if moves else set())
    if moves:
        outage = next(one for one in found if one.intents == ("outage",))
        assert words.title(outage) == (
            "“outage”: 20 % of this week’s 200 messages, 10 % in the four weeks before."
        )


def test_the_same_finding_has_the_same_key_whatever_its_figures() -> None:
    one = Finding(Kind.UNUSED, ("idle",), ("idle",), 3.0, {"examples": 3, "total": 400})
    other = Finding(Kind.UNUSED, ("idle",), ("idle",), 9.0, {"examples": 9, "total": 900})
    assert one.key == other.key != Finding(Kind.FEW, ("idle",), ("idle",), 3.0).key
    assert Finding.of(one.as_dict()) == one


def test_an_example_that_stands_twice_is_told_once() -> None:
    rows = near(0, 3, 0.5, 5)
    rows[1] = rows[2] = rows[0]
    data = Examples(("where is it",) * 3, ("greet", "order_status", "order_status"), rows)
    assert len(examples.doubles(data)) == 1


def test_what_can_not_be_told_is_not_called_well() -> None:
    report = Report(NOW, 0.1, examples=50, intents=3, messages=20, right=0.8)
    assert words.calm({Kind.FEW}, report) == [
        "No two intents are confused often.",
        "No example stands under two intents.",
        "Every intent has golden messages to judge models by.",
    ]
    weeks = 5 * [{"messages": 400}]
    well = Report(NOW, 0.1, 50, 3, messages=2000, right=0.8, drift={"weeks": weeks})
    assert len(words.calm(set(), well)) == len(Kind)
