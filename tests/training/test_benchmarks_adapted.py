"""A tuned encoder's second opinion is measured beside what serves without one."""

from __future__ import annotations

from pathlib import Path

from encoder.kept import Vectors
from tests.training import bench_folder, tuned
from training.benchmarks import adapted, runner
from training.benchmarks.bench import Bench


def test_both_are_measured_on_the_same_draws(tmp_path: Path) -> None:
    folder = bench_folder.make(tmp_path / "bench")
    said: list[str] = []
    vectors = Vectors(bench_folder.WordEncoder(), tmp_path / "vectors", said.append)
    tuning = tuned.Tuning(knows=False)
    result = adapted.run(folder, Bench(vectors, said.append, quick=True), 10, tuning)
    assert [row.measure for row in result.comparisons] == [
        "accuracy",
        "macro-F1",
        "calibration error",
    ]
    assert [count for count, _ in tuning.made] == [50, 50]
    assert "draw 2 of 2 done" in said[-1]


def test_it_runs_only_when_named(tmp_path: Path) -> None:
    assert not set(runner.check(tmp_path, [])) & set(runner.LONG)
    assert runner.check(tmp_path, ["banking77-10shot-adapted"]) == ["banking77-10shot-adapted"]
