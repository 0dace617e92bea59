"""What is larger than noise: exact tests, corrected for many intents, and intervals by resampling."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.comparing.noise import chance_of, intervals, marked


@given(st.integers(0, 30), st.integers(0, 30))
def test_the_exact_test_is_that_of_a_fair_coin(won: int, lost: int) -> None:
    flips = won + lost
    as_uneven = [k for k in range(flips + 1) if abs(2 * k - flips) >= abs(won - lost)]
    expected = sum(comb(flips, k) for k in as_uneven) / 2**flips
    assert chance_of(won, lost) == pytest.approx(expected)
    assert chance_of(won, lost) == chance_of(lost, won)


def test_few_flips_are_never_marked_and_cost_the_others_nothing() -> None:
    assert marked({"a": (5, 0)}) == frozenset()
    assert marked({"a": (6, 0)}) == {"a"}
    quiet = {f"quiet {n}": (1, 0) for n in range(50)}
    assert marked({"a": (0, 7), **quiet}) == {"a"}
    assert marked({}) == frozenset()


def test_of_many_that_could_be_marked_each_must_be_surer() -> None:
    noisy = {f"noisy {n}": (4, 4) for n in range(20)}
    assert marked({"a": (7, 1), **noisy}) == frozenset()
    assert marked({"a": (12, 0), "b": (0, 13), "c": (6, 4), **noisy}) == {"a", "b"}


def test_where_nothing_changed_something_is_marked_one_time_in_twenty_at_most() -> None:
    random = np.random.default_rng(5)
    wrong = 0
    for _ in range(400):
        flips = random.integers(0, 20, size=30)
        won = random.binomial(flips, 0.5)
        wrong += bool(
            marked(
                {
                    str(n): (int(w), int(f - w))
                    for n, (w, f) in enumerate(zip(won, flips, strict=True))
                }
            )
        )
    assert wrong / 400 <= 0.05


def test_intervals_hold_the_change_and_are_the_same_each_time() -> None:
    random = np.random.default_rng(1)
    truth = random.integers(0, 3, size=400)
    before, after = truth.copy(), truth.copy()
    before[:80] = 3  # none of them
    low, high = intervals(truth, before, after, 3)[0]
    hits = int((truth[80:] == 0).sum())
    real = 1.0 - 2 * hits / (hits + int((truth == 0).sum()))
    assert low < real < high
    assert low > 0 and high - low < 0.2
    assert np.array_equal(intervals(truth, before, after, 3), intervals(truth, before, after, 3))
    assert np.allclose(intervals(truth, before, before, 3), 0)
