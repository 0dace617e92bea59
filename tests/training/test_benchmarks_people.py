"""Requests for a person on made-up sets: what counts, and what no test message may change."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from encoder.kept import Vectors
from tests.training import bench_folder
from training.benchmarks import metrics, people, sets
from training.benchmarks.bench import Bench, Pair
from training.benchmarks.heads import Answer


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(metrics, "RESAMPLES", 20)
    vectors = Vectors(bench_folder.WordEncoder(), tmp_path / "vectors", lambda _: None)
    return Bench(vectors, lambda _: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = bench_folder.make(tmp_path / "sets")
    asks = [("please connect me to a person 9", people.LABEL), ("an agent now", people.LABEL)]
    calls = [("what is your phone number", people.NUMBER)]
    with (made / "hint3/powerplay11_test.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*asks, *calls])
    return made


def test_requests_are_found_and_turns_of_others_are_left_alone(
    tmp_path: Path, folder: Path, bench: Bench
) -> None:
    result = people.run(folder, bench, bench_folder.starter(tmp_path / "nlu"))
    recall, precision, _, with_numbers, *_, turns, _ = result.comparisons
    assert (recall.measure, precision.measure) == ("recall", "precision")
    assert recall.ours.value == precision.ours.value == 1.0
    assert turns.ours.value == 0.0
    # The request for a number counts where numbers count.
    assert with_numbers.ours.value == pytest.approx(2 / 3)
    assert "2 of 33" in result.notes[0]


def test_false_alarms_among_the_turns_cost_precision(
    tmp_path: Path, folder: Path, bench: Bench
) -> None:
    bench_folder.turns(folder / "multidogo/finance/dev.tsv", [("get me a human", "other")] * 2)
    result = people.run(folder, bench, bench_folder.starter(tmp_path / "nlu"))
    turns, precision = result.comparisons[-2:]
    assert turns.ours.value == pytest.approx(2 / 42)
    assert precision.ours.value == pytest.approx(2 / 4)


def test_by_its_own_label_the_threshold_and_the_phrases_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metrics, "RESAMPLES", 20)
    test = sets.Part(
        ("not there", "missing again", "talk to an agent", "hello"),
        (people.LABEL, people.LABEL, people.LABEL, "greet"),
    )
    sure = np.array([[0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.7, 0.3]])
    answer = Answer(sure, np.array([0.9, 0.2, 0.1, 0.3]))
    rows, note = people.by_own_label(test, (people.LABEL, "greet"), Pair(answer, answer), 0.5)
    recall, precision, _ = rows
    # Plain: three first guesses, two of them right. Ours: one above the threshold, one phrase.
    assert (recall.plain.value, precision.plain.value) == pytest.approx((2 / 3, 2 / 3))
    assert (recall.ours.value, precision.ours.value) == pytest.approx((2 / 3, 1.0))
    assert "0.5000" in note
