"""An encoder that searches is tuned on other articles than it is judged by, and kept only when it helps."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from encoder.adapted import read_adapted, remove
from encoder.tune_pairs import Pairs
from knowledge_base.search import adapt as adapting
from knowledge_base.search.adapt import TooFewQuestions, Workplace, adapt, pairs_of
from knowledge_base.search.calibration import TOP_FEATURES, Calibration
from knowledge_base.search.evaluation import Example
from knowledge_base.search.find import FEATURES
from knowledge_base.search.fitting import Logistic
from knowledge_base.search.held_out import verdict_of
from knowledge_base.search.records import Record, Vector
from server.errors import AdaptingTooLong
from tests.knowledge_base.support import FakeEncoder, record

FLAT = Logistic(0.0, (0.0,) * len(TOP_FEATURES))
BY_MEANING = Calibration("test", (10.0, *[0.0] * (len(FEATURES) - 1)), FLAT, FLAT, (), {})


class Confused(FakeEncoder):
    """Reads only how long a text is: next to nothing is found by it."""

    def encode(self, text: str) -> Vector:
        return super().encode(f"length{len(text)}")


class Tunes:
    """Gives the encoder it was made with, and remembers what it was to learn from."""

    def __init__(self, made: FakeEncoder, seconds: float = 0.01) -> None:
        self.made, self.seconds = made, seconds
        self.learned: list[Pairs] = []

    def pace(self, pairs: Pairs) -> float:
        return self.seconds

    def make(
        self, folder: Path, pairs: Pairs, steps: int, progress: Callable[[int, int], None]
    ) -> FakeEncoder:
        self.learned.append(pairs)
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text(json.dumps(manifest("tuned")))
        progress(steps, steps)
        return self.made


class Silent:
    def say(self, text: str) -> None:
        pass

    def progress(self, what: str, done: int, steps: int) -> None:
        pass


def manifest(sha: str) -> dict[str, object]:
    return {"source_sha256": sha}


@pytest.fixture
def records() -> list[Record]:
    """Forty articles whose questions share a rare word with their own article alone."""
    found = []
    for number in range(40):
        word = f"amber{number}x"
        questions = [f"{word} {word}b {word}c {at}" for at in range(12)]
        found.append(record(number, f"Article {number}", *questions, context=f"{word} is this."))
    return found


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Workplace]:
    def read(folder: Path) -> object:
        data = json.loads((folder / "manifest.json").read_text())
        return type("Manifest", (), data)

    monkeypatch.setattr(adapting, "read_manifest", read)
    base = tmp_path / "base"
    base.mkdir()
    (base / "manifest.json").write_text(json.dumps(manifest("base")))

    def make(base_encoder: FakeEncoder, tuning: Tunes) -> Workplace:
        return Workplace(
            base=base_encoder,
            base_folder=base,
            target=tmp_path / "retrieval",
            tuning=tuning,
            voice=Silent(),
            calibration=BY_MEANING,
            today=lambda: datetime(2026, 3, 2, tzinfo=UTC),
        )

    return make


def test_a_better_encoder_is_kept_and_had_not_seen_what_it_was_asked(
    records: list[Record], place: Callable[..., Workplace]
) -> None:
    tuning = Tunes(FakeEncoder())
    here = place(Confused(), tuning)
    labelled = [Example("tell me of it", frozenset(["article-3"])), Example("hi", frozenset())]
    outcome = adapt(records, labelled, here)
    assert outcome.verdict.after > outcome.verdict.before
    assert outcome.kept is not None
    assert read_adapted(here.target) == outcome.kept
    assert (outcome.kept.base, outcome.kept.encoder) == ("base", "tuned")
    trial, everything = tuning.learned
    assert len(set(trial.asked_of.tolist())) == 30
    assert len(set(everything.asked_of.tolist())) == 40
    assert "tell me of it" in everything.questions
    assert not [path for path in here.target.parent.iterdir() if path.name.startswith(".")]
    assert remove(here.target)
    assert not remove(here.target)


def test_an_encoder_that_finds_no_more_is_not_kept(
    records: list[Record], place: Callable[..., Workplace]
) -> None:
    here = place(FakeEncoder(), Tunes(Confused()))
    outcome = adapt(records, [], here)
    assert outcome.kept is None
    assert not here.target.exists()


def test_too_little_to_judge_by_and_too_little_time_are_said(
    records: list[Record], place: Callable[..., Workplace]
) -> None:
    with pytest.raises(TooFewQuestions, match="20 published articles"):
        adapt(records[:10], [], place(FakeEncoder(), Tunes(FakeEncoder())))
    with pytest.raises(AdaptingTooLong, match="--minutes"):
        adapt(records, [], place(FakeEncoder(), Tunes(FakeEncoder(), 600.0)))


def test_a_pair_is_a_question_and_the_texts_of_its_article(records: list[Record]) -> None:
    pairs = pairs_of(records[:2], [Example("mine", frozenset(["article-1", "gone"]))])
    assert pairs.questions[-1] == "mine"
    assert pairs.asked_of[-1] == 1
    assert len(pairs.questions) == 2 * 13 + 1
    assert set(pairs.article_of.tolist()) == {0, 1}
    assert len(pairs.texts) > len(pairs.questions)


def test_luck_is_told_from_a_gain() -> None:
    before = np.array([True] * 50 + [False] * 50)
    assert verdict_of(before, before).chance == 1.0
    one_more = before.copy()
    one_more[60] = True
    assert not verdict_of(before, one_more).helps
    many_more = before.copy()
    many_more[50:70] = True
    assert verdict_of(before, many_more).helps
    assert not verdict_of(many_more, before).helps
