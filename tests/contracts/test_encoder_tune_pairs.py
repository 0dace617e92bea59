"""Tuning on pairs brings questions nearer to the texts of their article, on the real weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from encoder import Encoder
from encoder.making import make
from encoder.source import find_source
from encoder.tune_pairs import Pairs, pace, steps_for, tune
from server.settings import load_settings

QUESTIONS = (
    "the blorp is dead",
    "blorp gives no light",
    "my zint is late",
    "where did the zint go",
)
TEXTS = ("Replace the fuse of the lamp.", "Ask the courier for the parcel.")


def pairs() -> Pairs:
    return Pairs(QUESTIONS, np.array([0, 0, 1, 1]), TEXTS, np.array([0, 1]))


def test_questions_come_nearer_to_their_texts(tmp_path: Path) -> None:
    source = find_source(load_settings().encoder_source).folder
    seen: list[tuple[int, int]] = []

    def write(target: Path) -> None:
        tune(source, target, pairs(), steps=12, progress=lambda *at: seen.append(at))

    tuned = make(tmp_path / "tuned", write)

    settings = load_settings()
    base = Encoder.load(settings.encoder_path, precision=settings.precision)
    assert seen[-1] == (12, 12)

    def margin(encoder: Encoder) -> float:
        asked = np.stack([encoder.encode(text) for text in QUESTIONS])
        cosines = asked @ np.stack([encoder.encode(text) for text in TEXTS]).T
        return float(np.mean([cosines[at, at // 2] - cosines[at, 1 - at // 2] for at in range(4)]))

    assert margin(tuned) > margin(base) + 0.05


def test_steps_pace_and_what_cannot_be_learned() -> None:
    assert steps_for(33, 2) == 4
    source = find_source(load_settings().encoder_source).folder
    assert pace(source, pairs()) > 0
    with pytest.raises(ValueError, match="two articles"):
        tune(source, Path("nowhere"), Pairs(("a",), np.array([0]), ("b",), np.array([0])), steps=1)
