"""A whole run on made-up sets, its page, and the command's refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from encoder.kept import Vectors
from server.cli import cli
from server.errors import Invalid
from tests.training import bench_folder
from training.benchmarks import compare, metrics, report, runner
from training.benchmarks.bench import Bench
from training.benchmarks.heads import Cost

FACTS = report.Facts("2030-01-01, commit abc", "words in fp32", 2.5, (), quick=False)


def interval(value: float) -> metrics.Interval:
    return metrics.Interval(value, value - 0.01, value + 0.01)


def row(measure: str) -> compare.Comparison:
    return compare.Comparison(
        "a set", measure, interval(0.9), interval(0.925), interval(0.025), "BERT 93"
    )


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(metrics, "RESAMPLES", 20)
    vectors = Vectors(bench_folder.WordEncoder(), tmp_path / "vectors", lambda _: None)
    return Bench(vectors, lambda _: None, quick=True)


def test_shares_are_in_per_cent_and_correlations_are_not() -> None:
    table = report.comparisons([row("accuracy"), row("MCC")]).splitlines()
    assert table[2] == (
        "| a set | accuracy | 90.0 (89.0 to 91.0) | 92.5 (91.5 to 93.5) | +2.5 (+1.5 to +3.5) "
        "| BERT 93 |"
    )
    assert "| MCC | 0.900 (0.890 to 0.910) |" in table[3]


def test_costs_stand_side_by_side() -> None:
    costs = compare.Costs("a set", 1200, Cost(1, 0.1, 2000), Cost(20, 0.55, 3_000_000))
    assert report.costs([costs]).splitlines()[2] == (
        "| a set | 1,200 | 1.0 / 20.0 | 0.10 / 0.55 | 2 / 3,000 |"
    )


def test_the_page_says_what_it_was_measured_on_and_what_is_left_out() -> None:
    result = compare.Result((row("accuracy"),), (), ("seeds 1 to 10",))
    facts = report.Facts("2030-01-01, commit abc", "words in fp32", 2.5, ("clinc150",), quick=True)
    page = report.page([result], facts)
    for part in ("2030-01-01, commit abc", "words in fp32", "2.5 ms", "seeds 1 to 10"):
        assert part in page
    assert "Not run this time: clinc150" in page
    assert "not for reporting" in page
    assert "not for reporting" not in report.page([result], FACTS)


@pytest.mark.parametrize("name", sorted(set(runner.SETS) - {"chats", "own", "requests"}))
def test_every_set_runs_and_learns_something(tmp_path: Path, bench: Bench, name: str) -> None:
    folder = bench_folder.make(tmp_path / "sets")
    strange = [text for text, _ in bench_folder.strange(8)]
    result = runner.SETS[name](folder, bench, strange)
    first = result.comparisons[0]
    assert first.plain.value > 0.5
    assert first.ours.value > 0.5
    assert first.difference.value == pytest.approx(first.ours.value - first.plain.value)
    for found in result.comparisons:
        assert found.ours.low <= found.ours.value <= found.ours.high
    assert report.page([result], FACTS).count("| ") > 10


def test_the_bots_process_and_stock_rasa_have_their_place() -> None:
    page = report.page([], replace(FACTS, parse="p50 7.0 ms", stock="## Beside stock Rasa"))
    assert page.index("## Cost") < page.index("p50 7.0 ms") < page.index("## Beside stock Rasa")


def test_chats_are_not_measured_with_heads_of_another_encoder(tmp_path: Path, bench: Bench) -> None:
    with pytest.raises(Invalid, match=r"training\.mood"):
        runner.SETS["chats"](tmp_path, bench, ())


def test_clinc_thresholds_come_from_validation_alone(tmp_path: Path, bench: Bench) -> None:
    folder = bench_folder.make(tmp_path / "sets")
    before = runner.SETS["clinc150"](folder, bench, ()).notes
    path = folder / "clinc150/data_full.json"
    path.write_text(path.read_text("utf-8").replace("thing 15", "pizza"), "utf-8")
    assert runner.SETS["clinc150"](folder, bench, ()).notes == before


def test_the_background_is_the_starter_data_of_that_intent(tmp_path: Path) -> None:
    text = (
        'version: "3.1"\nnlu:\n- intent: out_of_scope\n  examples: |\n    - a poem\n    - pizza\n'
    )
    (tmp_path / "out_of_scope.yml").write_text(text)
    assert runner.background(tmp_path) == ["a poem", "pizza"]


def test_without_the_folder_the_command_says_so_and_ends_with_2(tmp_path: Path) -> None:
    absent = str(tmp_path / "absent")
    result = CliRunner().invoke(cli, ["nlu", "evaluate"], env={"HANDRAIL_BENCH": absent})
    assert result.exit_code == 2
    assert absent in result.output
    assert "HANDRAIL_BENCH" in result.output


def test_an_unknown_set_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    arguments = ["nlu", "evaluate", "--only", "atis"]
    result = CliRunner().invoke(cli, arguments, env={"HANDRAIL_BENCH": str(tmp_path)})
    assert result.exit_code == 2
    assert "atis" in result.output
    assert "clinc150" in result.output
