"""What the page says."""

from __future__ import annotations

import uuid
from datetime import datetime, timezone

import pytest

from training.mood_replay import words
from training.mood_replay.desk import Loaded, Shown
from training.mood_replay.job import Progress
from training.mood_replay.replay import Change, Counts, Replay
from training.mood_replay.threshold import Setting

NOW = Counts(handed=60, a_week=14.0, bad=12, caught=5, well=180, needless=1)
THEN = Counts(handed=94, a_week=22.0, bad=12, caught=9, well=180, needless=3)
NONE = Counts(0, 0.0, 0, 0, 0, 0)


def loaded(missing: int = 0, older: int = 0, days: int = 30) -> Loaded:
    at = datetime(2026, 3, 2, tzinfo=timezone.utc)
    return Loaded(Replay([], 0), Setting(0, 0.6), days, at, "v", missing, older)


def test_the_counts_are_sentences() -> None:
    assert words.headline(NOW, THEN, same=False) == "Now 14 a week → 22 a week."
    assert words.headline(NOW, NOW, same=True).startswith("14 a week go to a person")
    assert words.caught(THEN) == (
        "9 of the 12 chats later rated badly or abandoned would have been caught."
    )
    assert words.needless(THEN) == (
        "3 of 180 well-ended chats would have gone to a person for nothing."
    )
    assert words.rate(2.5) == "2.5"


def test_nothing_is_said_in_words_too() -> None:
    assert "none to catch" in words.caught(NONE)
    assert "nothing can be said" in words.needless(NONE)
    assert words.nothing(loaded(), same=True)[1] == "Look at the last 90 days instead."
    assert words.nothing(loaded(days=90), same=True)[0] == "No chats yet"


def test_a_threshold_that_one_message_reaches_is_warned_of() -> None:
    assert "single angry message" in words.warning(0.59)
    assert words.warning(0.60) == ""
    assert "hardly anybody" in words.warning(0.96)


def test_signals_say_what_they_rest_on_and_nothing_of_what_adds_nothing() -> None:
    found = [
        ("intent", 0.254, "complaining 98%"),
        ("waiting", 0.004, "waited 0 s"),
        ("denied", 0.1, ""),
    ]
    assert words.signals(found) == "what is said +0.25 (complaining 98%) · said no +0.10"


def test_old_scores_and_progress_are_told() -> None:
    idle = Progress()
    assert words.staleness(loaded(), idle) == ""
    assert words.staleness(loaded(missing=1, older=1200), idle) == (
        "1,200 scores are an older model’s and 1 message has none yet."
    )
    running = Progress(running=True, done=40, total=1200)
    assert words.staleness(loaded(), running).endswith("40 of 1,200.")


@pytest.mark.parametrize(("score", "said"), [(0.5996, "0.59"), (0.58, "0.58"), (0.6, "0.60")])
def test_a_score_is_not_rounded_up_to_a_threshold(score: float, said: str) -> None:
    at = datetime(2026, 3, 2, tzinfo=timezone.utc)
    shown = Shown(
        uuid.uuid4(), at, Change.NEW, "hm", score, (), 2, None, None, outcome=None, rating=None
    )
    assert words.would(shown) == f"It would go at message 2, score {said}:"
