"""A reranker is judged on other articles than it learned from, and kept only when it pays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from encoder.reranker import read_manifest
from knowledge_base.search.adapt import TooFewQuestions
from knowledge_base.search.calibration import Calibration, load_calibration
from knowledge_base.search.evaluation import Example
from knowledge_base.search.held_out import held_out
from knowledge_base.search.records import Record, Vector
from knowledge_base.search.rerank import reranker_in
from knowledge_base.search.rerank_train import Workplace, bring, train
from server.cli import cli
from server.errors import AdaptingTooLong
from tests.knowledge_base.reranking import FakeReader, FakeTuning, by_nothing, by_shared_words
from tests.knowledge_base.support import FakeEncoder, record
from training.files import Claim

#: One that sees little difference, so that a reader that sees it has something to bring.
BLUNT: Calibration = replace(load_calibration(), fusion=(0.5, *[0.0] * 8))


class Confused(FakeEncoder):
    """Reads only how long a text is."""

    def encode(self, text: str) -> Vector:
        return super().encode(f"length{len(text)}")


class Silent:
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def progress(self, what: str, done: int, steps: int) -> None:
        self.said.append(f"{what} {done} of {steps}")


@pytest.fixture
def records() -> list[Record]:
    """Forty articles whose questions share a rare word with their own article alone."""
    found = []
    for number in range(40):
        word = f"amber{number}x"
        questions = [f"{word} {word}b {at}" for at in range(12)]
        said = f"{word} is this."
        title = f"Article {number}"
        found.append(record(number, title, *questions, context=said, action=said, outcome=said))
    return found


@pytest.fixture
def place(tmp_path: Path) -> Callable[[FakeTuning], Workplace]:
    return lambda tuning: Workplace(
        encoder=Confused(),
        target=tmp_path / "all-reranker",
        tuning=tuning,
        voice=Silent(),
        calibration=BLUNT,
        today=lambda: datetime(2026, 3, 2, tzinfo=UTC),
    )


def test_one_that_pays_is_kept_serves_and_had_not_learned_what_it_was_asked(
    records: list[Record], place: Callable[[FakeTuning], Workplace]
) -> None:
    tuning = FakeTuning(FakeReader(by_shared_words))
    here = place(tuning)
    labelled = [Example("amber3x please", frozenset(["article-3"])), Example("hi", frozenset())]
    outcome = train(records, labelled, here)
    assert outcome.kept
    assert outcome.verdict.after > outcome.verdict.before
    held = held_out(records)
    trial, everything = tuning.learned
    names = {f"amber{slug.removeprefix('article-')}x" for slug in held}
    assert names.isdisjoint(word for lesson in trial for word in lesson.question.split())
    assert names & {word for lesson in everything for word in lesson.question.split()}
    for lesson in everything:
        assert by_shared_words(lesson.question, lesson.right) > 0
        assert all(by_shared_words(lesson.question, wrong) < 0 for wrong in lesson.wrong)
    figures = read_manifest(here.target).about["figures"]
    assert figures["after"] == pytest.approx(outcome.verdict.after, abs=0.01)
    served = reranker_in(str(here.target), "fake")
    assert served is not None
    assert served.calibration.fusion[-1] == pytest.approx(figures["weight"], abs=1e-3)
    assert served.calibration.fusion[-1] > 0
    assert [path.name for path in here.target.parent.iterdir()] == [here.target.name]


def test_one_that_brings_nothing_is_not_kept_and_what_was_kept_stays(
    records: list[Record], place: Callable[[FakeTuning], Workplace]
) -> None:
    here = place(FakeTuning(FakeReader(by_nothing)))
    assert not train(records, [], here).kept
    assert not here.target.exists()
    assert train(records, [], place(FakeTuning(FakeReader(by_shared_words)))).kept
    before = read_manifest(here.target)
    assert not train(records, [], here).kept
    assert not bring(Path("elsewhere"), records, [], here).kept
    assert read_manifest(here.target) == before


def test_one_from_elsewhere_is_asked_for_all_articles(
    records: list[Record], place: Callable[[FakeTuning], Workplace]
) -> None:
    tuning = FakeTuning(FakeReader(by_shared_words))
    here = place(tuning)
    outcome = bring(Path("elsewhere"), records, [], here)
    assert outcome.kept
    assert (outcome.verdict.asked, tuning.learned) == (40 * 12, [])
    assert reranker_in(str(here.target), "fake") is not None


def test_too_little_to_judge_by_and_too_little_time_are_said(
    records: list[Record], place: Callable[[FakeTuning], Workplace]
) -> None:
    tuning = FakeTuning(FakeReader(by_shared_words), seconds=600.0)
    with pytest.raises(TooFewQuestions, match="a quarter of them; there are 10"):
        train(records[:10], [], place(tuning))
    with pytest.raises(TooFewQuestions, match="about them; there are 10"):
        bring(Path("elsewhere"), records[:10], [], place(tuning))
    with pytest.raises(AdaptingTooLong, match="--minutes"):
        train(records, [], place(tuning))


@pytest.mark.parametrize(
    "command", [["kb", "adapt"], ["kb", "rerank", "train"], ["kb", "rerank", "off"]]
)
def test_one_tuning_at_a_time(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_VAR", str(tmp_path))
    running = Claim(tmp_path / "adapt.lock")
    assert running.take()
    result = CliRunner().invoke(cli, command)
    running.release()
    assert (result.exit_code, "adapting_already" in result.output) == (2, True)


def test_off_removes_it_and_says_what_is_still_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_VAR", str(tmp_path))
    folder = tmp_path / "encoders" / "all-MiniLM-L6-v2-reranker"
    folder.mkdir(parents=True)
    assert CliRunner().invoke(cli, ["kb", "rerank", "off"]).output.startswith("Removed")
    assert not folder.exists()
    monkeypatch.setenv("HANDRAIL_RERANKER", str(folder))
    said = CliRunner().invoke(cli, ["kb", "rerank", "off"]).output
    assert said == "There is none.\nHANDRAIL_RERANKER still names a folder: empty it.\n"
