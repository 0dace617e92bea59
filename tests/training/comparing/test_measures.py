"""Precision, recall and F1 as the books define them, and which intents are said to have changed."""

from __future__ import annotations

import pytest

from training.comparing.measures import Read, Score, by_intent, confusions


def test_precision_recall_and_f1() -> None:
    pairs = [("a", "a"), ("a", "a"), ("a", "b"), ("b", "a"), ("b", "b"), ("c", None)]
    assert Score.of("a", pairs) == Score(2 / 3, 2 / 3, 2 / 3)
    assert Score.of("b", pairs) == Score(1 / 2, 1 / 2, 1 / 2)
    assert Score.of("c", pairs) == Score(None, 0.0, 0.0)
    assert Score.of("d", pairs) == Score(None, None, None)


def worse_at(intent: str, times: int) -> list[Read]:
    """Ten messages of two intents each; the new model takes some of one for the other."""
    return [
        Read(name, name, "b" if name == intent and number < times else name)
        for name in ("a", "b")
        for number in range(10)
    ]


def test_an_intent_that_lost_more_than_noise_is_marked_and_comes_first() -> None:
    found = by_intent(worse_at("a", 0), worse_at("a", 8), compared=True)
    first, second = found["rows"]
    assert (first["intent"], first["marked"], first["won"], first["lost"]) == ("a", "worse", 0, 8)
    assert (first["before"], first["after"]) == (1.0, pytest.approx(24 / 32))
    assert first["low"] < first["after"] - first["before"] < first["high"] < 0
    # What "a" lost "b" was given by mistake.
    assert (second["intent"], second["marked"]) == ("b", "worse")
    assert second["crossval"]["after"] == [
        pytest.approx(10 / 18, abs=1e-4),
        1.0,
        pytest.approx(20 / 28, abs=1e-4),
    ]
    assert first["golden"] == {"messages": 10, "before": [1.0, 1.0, 1.0], "after": [1.0, 1.0, 1.0]}
    assert "seed 20260" in found["tests"] and "Holm" in found["tests"]


def test_a_small_loss_is_not_marked() -> None:
    rows = by_intent(worse_at("a", 2), [], compared=True)["rows"]
    assert [row["marked"] for row in rows] == [None, None]
    assert rows[0]["chance"] == 0.5


def test_a_first_model_has_figures_and_no_changes() -> None:
    reads = [Read("a", None, "a"), Read("b", None, "a")]
    rows = by_intent(reads, [], compared=False)["rows"]
    assert [(row["before"], row["marked"], row["won"]) for row in rows] == [(None, None, 0)] * 2
    assert rows[0]["golden"]["before"] is None
    assert confusions(reads, [], compared=False)["pairs"] == [["b", "a", None, 1]]


def test_confusions_count_both_models() -> None:
    reads = [Read("a", "b", "a"), Read("a", "b", "b"), Read("b", "b", None)]
    assert confusions(reads, [], compared=True) == {
        "messages": 3,
        "pairs": [["a", "b", 2, 1], ["b", None, 0, 1]],
    }
