"""Heads are stored and read; damaged files are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from understanding.errors import UnderstandingError
from understanding.features import COLUMNS
from understanding.mood import ARRAYS, FACTS, MoodModel, load_mood, save_mood


def small(dimension: int = 4) -> MoodModel:
    random = np.random.default_rng(0)
    weights = random.normal(size=(dimension + COLUMNS, 2)).astype(np.float16).astype(np.float32)
    return MoodModel(weights, np.zeros(2, dtype=np.float32), (0.5, 1.0), -0.2, "abc")


def test_a_model_survives_storage(tmp_path: Path) -> None:
    save_mood(small(), tmp_path)
    loaded = load_mood(tmp_path)
    vector = np.array([1, 0, 0, 0], dtype=np.float32)
    assert loaded.upset("again?", vector) == pytest.approx(small().upset("again?", vector))
    assert (loaded.encoder, loaded.mix) == ("abc", (0.5, 1.0))


@pytest.mark.parametrize("name", [ARRAYS, FACTS])
def test_damaged_files_are_refused(tmp_path: Path, name: str) -> None:
    save_mood(small(), tmp_path)
    (tmp_path / name).write_bytes(b"{")
    with pytest.raises(UnderstandingError):
        load_mood(tmp_path)


@pytest.mark.parametrize("text", ["", "!!!", "x" * 5000, "\ud800", "no"])
def test_any_text_has_a_probability(text: str) -> None:
    vector = np.array([0, 1, 0, 0], dtype=np.float32)
    assert 0.0 <= small().upset(text, vector) <= 1.0
