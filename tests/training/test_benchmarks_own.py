"""The starter data by cross-validation: nothing leaks, and the pages say what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from encoder.kept import Vectors
from tests.training import bench_folder
from training.benchmarks import bars, confusions, metrics, own, starter
from training.benchmarks.bench import Bench, Pair
from training.benchmarks.heads import Answer, Examples, Fitted


@pytest.fixture
def nlu(tmp_path: Path) -> Path:
    return bench_folder.starter(tmp_path / "nlu")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(metrics, "RESAMPLES", 20)
    vectors = Vectors(bench_folder.WordEncoder(), tmp_path / "vectors", lambda _: None)
    return Bench(vectors, lambda _: None)


@dataclass
class Memory:
    """A head that remembers what it learned, and refuses to be asked it."""

    name: str = "memory"
    asked: list[str] = field(default_factory=list)

    def fit(self, examples: Examples, names: Sequence[str], outside: Examples | None) -> Fitted:
        return Remembers(tuple(sorted(set(names))), frozenset(examples.texts), self.asked)


@dataclass(frozen=True)
class Remembers:
    intents: tuple[str, ...]
    learned: frozenset[str]
    asked: list[str]
    size: int = 0

    def answer(self, messages: Examples) -> Answer:
        if len(messages) > 1:
            assert not self.learned & set(messages.texts)
            self.asked.extend(messages.texts)
        table = np.zeros((len(messages), len(self.intents)))
        table[:, 0] = 1.0
        return Answer(table, table.max(axis=1))


def test_the_starter_data_comes_once_ordered_and_without_what_is_decided_elsewhere(
    nlu: Path,
) -> None:
    with (nlu / "refund.yml").open("a", encoding="utf-8") as file:
        file.write(f"    - {bench_folder.rows(1)[1][0]}\n")
    data = starter.read(nlu)
    assert "foreign_language" not in data.intents
    assert {"out_of_scope", "request_human"} <= set(data.intents)
    pairs = list(zip(data.intents, data.texts, strict=True))
    assert pairs == sorted(set(pairs))


def test_every_example_is_asked_once_of_heads_that_did_not_learn_it(
    nlu: Path, bench: Bench
) -> None:
    plain, ours = Memory(), Memory()
    own.run(replace(bench, chosen=Pair(plain, ours)), nlu)
    texts = sorted(starter.read(nlu).texts)
    assert sorted(plain.asked) == sorted(ours.asked) == texts


def test_the_run_gives_figures_a_page_and_a_picture(nlu: Path, bench: Bench) -> None:
    result = own.run(bench, nlu)
    assert [row.measure for row in result.comparisons] == [
        "accuracy",
        "macro-F1",
        "calibration error",
    ]
    assert result.comparisons[0].ours.value > 0.5
    assert set(result.files) == {own.PAGE, own.PICTURE}
    page = result.files[own.PAGE]
    for intent in (*bench_folder.WORDS, "request_human", "out_of_scope"):
        assert f"| {intent} |" in page
    assert f"]({own.PICTURE})" in page


CALLED = confusions.Called(
    ("bill", "card", "rate"),
    truth=np.array([0, 0, 0, 0, 1, 1, 2, 2]),
    plain=np.array([1, 0, 0, 0, 1, 1, 2, 0]),
    ours=np.array([1, 1, 2, 0, 1, 1, 2, 2]),
)


def test_the_table_has_the_worst_intent_first_with_what_it_is_taken_for() -> None:
    rows = confusions.table(CALLED).splitlines()[2:]
    # bill: 1 of 4 found, 1 of 1 called right; the plain head: 3 of 4, and 3 of 4.
    assert rows[0] == "| bill | 4 | 100.0 | 25.0 | 40.0 | 75.0 | card (2) |"
    assert rows[1].startswith("| card | 2 | 50.0 | 100.0 | 66.7 | 80.0 | – |")


def test_pairs_come_by_frequency_with_the_plain_heads_count_beside() -> None:
    assert confusions.pairs(CALLED) == [
        confusions.Confused("bill", "card", 1, 2),
        confusions.Confused("bill", "rate", 0, 1),
    ]


def test_the_picture_is_svg_that_can_be_read_aloud_and_on_a_dark_page() -> None:
    root = ElementTree.fromstring(confusions.picture(CALLED))  # noqa: S314 - our own picture
    space = "{http://www.w3.org/2000/svg}"
    described = root.findtext(f"{space}desc") or ""
    assert "bill → card: 2 and 1" in described
    assert root.findtext(f"{space}title")
    assert root.get("role") == "img"
    assert "prefers-color-scheme:dark" in (root.findtext(f"{space}style") or "")
    # One card, two keys of the legend, two bars for each of two pairs.
    assert len(root.findall(f"{space}rect")) == 1 + 2 + 4


def test_a_picture_of_nothing_and_of_odd_names_is_whole() -> None:
    ElementTree.fromstring(bars.chart("a", "b", ("x", "y"), []))  # noqa: S314 - our own picture
    odd = bars.chart("a < b", '"&"', ("x", "y"), [bars.Bar("<b> → &", 1, 0)])
    ElementTree.fromstring(odd)  # noqa: S314 - our own picture
