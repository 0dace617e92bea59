"""Measures give the values that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from training.benchmarks import metrics


def labels(*values: int) -> metrics.Labels:
    return np.array(values, dtype=np.int64)


def test_accuracy_and_macro_f1_of_a_small_table() -> None:
    truth, guess = labels(0, 0, 0, 1, 1, 2), labels(0, 0, 1, 1, 2, 2)
    assert metrics.accuracy(truth, guess) == pytest.approx(4 / 6)
    # F1: 4/5, 2/4, 2/3; class 3 occurs nowhere and does not count.
    assert metrics.macro_f1(truth, guess, 4) == pytest.approx((0.8 + 0.5 + 2 / 3) / 3)


def test_mcc_of_two_classes_is_the_known_formula() -> None:
    truth, guess = labels(1, 1, 1, 1, 0, 0, 0), labels(1, 1, 1, 0, 0, 0, 1)
    # TP 3, TN 2, FP 1, FN 1.
    assert metrics.mcc(truth, guess, 2) == pytest.approx((3 * 2 - 1) / np.sqrt(4 * 4 * 3 * 3))


def test_mcc_of_several_classes() -> None:
    truth, guess = labels(0, 0, 0, 1, 1, 2), labels(0, 0, 1, 1, 2, 2)
    # 4 right of 6; true counts 3 2 1, called 2 2 2: (24 - 12) / sqrt(36 - 14) / sqrt(36 - 12).
    assert metrics.mcc(truth, guess, 3) == pytest.approx(12 / np.sqrt(22 * 24))
    assert metrics.mcc(truth, truth, 3) == pytest.approx(1)


def test_mcc_without_any_contrast_is_zero() -> None:
    assert metrics.mcc(labels(0, 0), labels(0, 0), 2) == 0


def test_auroc_counts_ties_as_half() -> None:
    inside, outside = np.array([0.9, 0.5, 0.2]), np.array([0.5, 0.1])
    # Of 6 pairs: 4 above, 1 equal, 1 below.
    assert metrics.auroc(inside, outside) == pytest.approx(4.5 / 6)


def test_calibration_error_is_the_weighted_gap_of_the_bins() -> None:
    confidence = np.array([0.95, 0.95, 0.55, 0.55, 1.0])
    right = np.array([True, True, True, False, True])
    # Bin of .95 and 1.0: 0.1 too low in sum; bin of .55: 0.1 too high in sum.
    assert metrics.calibration_error(confidence, right) == pytest.approx(0.2 / 5)


def test_the_bootstrap_of_a_share_is_near_its_known_interval() -> None:
    hits = np.array([1.0] * 80 + [0.0] * 20)
    (found,) = metrics.bootstrap(lambda rows: np.array([hits[rows].mean()]), 100)
    assert found.value == pytest.approx(0.8)
    assert found.low == pytest.approx(0.72, abs=0.015)
    assert found.high == pytest.approx(0.88, abs=0.015)


def test_the_bootstrap_is_repeatable_and_resamples_each_size() -> None:
    table = np.random.default_rng(1).random((4, 30))

    def figures(runs: metrics.Labels, messages: metrics.Labels) -> metrics.Floats:
        assert (len(runs), len(messages)) == (4, 30)
        return np.array([table[np.ix_(runs, messages)].mean()])

    assert metrics.bootstrap(figures, 4, 30) == metrics.bootstrap(figures, 4, 30)


def test_two_equal_classifiers_differ_by_nothing() -> None:
    values = np.random.default_rng(1).random(50)
    (found,) = metrics.bootstrap(lambda rows: np.array([(values - values)[rows].mean()]), 50)
    assert found == metrics.Interval(0, 0, 0)


def test_an_interval_holds_its_figure_even_where_resampling_shifts_it() -> None:
    random = np.random.default_rng(3)
    confidence = random.random(60)
    right = random.random(60) < confidence
    (found,) = metrics.bootstrap(
        lambda rows: np.array([metrics.calibration_error(confidence[rows], right[rows])]), 60
    )
    assert found.low < found.value < found.high
