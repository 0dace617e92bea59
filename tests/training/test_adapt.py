"""A tuned encoder is kept when it helps on examples it had not seen, and only then."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from encoder.adapted import ADAPTED, adapted_for, remove
from encoder.tune import steps_for
from server.cli import cli
from server.errors import AdaptingTooLong
from tests.training import tuned
from tests.training.conftest import nlu_text
from training.adapt import (
    Outcome,
    TooFewExamples,
    Workplace,
    adapt,
    read_examples,
)
from training.files import Claim
from training.nlu_files import NluFolder
from training.second_opinion import WEIGHTS, Held, judge


class Silent:
    def say(self, text: str) -> None: ...

    def progress(self, what: str, done: int, steps: int) -> None: ...


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.setattr("training.adapt.LEAST", 40)
    base = tmp_path / "base"
    base.mkdir()
    tuned.manifest("published").write(base)
    return Workplace(
        tuned.Encoder(knows=False),
        base,
        tmp_path / "base-intent",
        tuned.Tuning(knows=True),
        Silent(),
        lambda: datetime(2026, 5, 4, tzinfo=UTC),
    )


@pytest.fixture
def kept(workplace: Workplace) -> Outcome:
    return adapt(tuned.examples(), workplace)


def test_what_helps_is_tuned_on_all_examples_and_kept(workplace: Workplace, kept: Outcome) -> None:
    assert kept.kept is not None
    assert kept.kept == adapted_for(workplace.base_folder, workplace.target)
    assert kept.verdict.held_out == 16  # two fifths
    assert kept.verdict.points > 30
    assert kept.kept.date == "2026-05-04"
    assert kept.kept.weight in WEIGHTS
    assert kept.kept.figures["after"] == round(kept.verdict.after, 2)
    assert isinstance(workplace.tuning, tuned.Tuning)
    assert workplace.tuning.made == [(32, steps_for(32))] * 2 + [(40, steps_for(40))]


@pytest.mark.usefixtures("kept")
def test_it_serves_beside_its_own_base_only(workplace: Workplace) -> None:
    tuned.manifest("another").write(workplace.base_folder)
    assert adapted_for(workplace.base_folder, workplace.target) is None


def test_what_does_not_help_changes_nothing(workplace: Workplace, kept: Outcome) -> None:
    before = (workplace.target / ADAPTED).read_text()
    useless = replace(workplace, tuning=tuned.Tuning(knows=False))
    outcome = adapt(tuned.examples(), useless)
    assert outcome.kept is None
    assert not outcome.verdict.helps
    assert (workplace.target / ADAPTED).read_text() == before
    assert remove(workplace.target)
    assert not remove(workplace.target)
    assert adapted_for(workplace.base_folder, workplace.target) is None


@pytest.mark.parametrize(("pace", "rounds"), [(5.0, 2), (200.0, 1)])
def test_less_is_held_out_where_time_is_short(
    workplace: Workplace, pace: float, rounds: int
) -> None:
    tuning = tuned.Tuning(knows=True, pace=pace)
    adapt(tuned.examples(), replace(workplace, tuning=tuning))
    assert len(tuning.made) == rounds + 1


def test_it_says_so_when_no_time_is_enough(workplace: Workplace) -> None:
    slow = replace(workplace, tuning=tuned.Tuning(knows=True, pace=1000.0))
    with pytest.raises(AdaptingTooLong, match="--minutes") as refused:
        adapt(tuned.examples(), slow)
    assert refused.value.code == "adapting_too_long"
    assert not workplace.target.exists()


def test_a_machine_that_becomes_slow_stops_it(workplace: Workplace) -> None:
    asked = itertools.count()

    def hurried() -> float:
        return 300.0 * max(0, next(asked) - 6)

    with pytest.raises(AdaptingTooLong, match="Stopped"):
        adapt(tuned.examples(), replace(workplace, now=hurried), minutes=8)
    assert not workplace.target.exists()


def test_too_few_examples_are_refused(workplace: Workplace) -> None:
    with pytest.raises(TooFewExamples, match="there are 36"):
        adapt(tuned.examples(9), workplace)


def test_the_examples_are_those_the_classifier_learns(tmp_path: Path) -> None:
    for intent, texts in {
        "greet": ["hi", "hello", "hi"],
        "deny": ["no"],
        "foreign_language": ["wo ist mein Paket"],
    }.items():
        (tmp_path / f"{intent}.yml").write_text(nlu_text(intent, texts))
    found = read_examples(NluFolder(tmp_path, tmp_path / "lock"))
    assert found.texts == ("no", "hello", "hi")
    assert found.intents == ("deny", "greet", "greet")


def test_a_second_opinion_that_says_the_same_brings_nothing() -> None:
    random = np.random.default_rng(1)
    first = random.dirichlet(np.ones(4), size=100)
    verdict = judge(Held(np.arange(100) % 4, first, np.log(first)))
    assert verdict.before == verdict.after
    assert verdict.chance == 1.0
    assert not verdict.helps


def test_undo_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_VAR", str(tmp_path))
    (tmp_path / "encoders" / "all-MiniLM-L6-v2-intent").mkdir(parents=True)
    said = [CliRunner().invoke(cli, ["nlu", "adapt", "--undo"]).output for _ in range(2)]
    assert said == ["Removed; the next start trains without it.\n", "There is none.\n"]


def test_one_adaptation_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_VAR", str(tmp_path))
    running = Claim(tmp_path / "adapt.lock")
    assert running.take()
    result = CliRunner().invoke(cli, ["nlu", "adapt"])
    running.release()
    assert (result.exit_code, "adapting_already" in result.output) == (2, True)


def test_without_an_encoder_the_command_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_VAR", str(tmp_path))
    result = CliRunner().invoke(cli, ["nlu", "adapt"])
    assert result.exit_code == 1
    assert "./handrail prepare" in result.output
