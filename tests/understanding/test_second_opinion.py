"""Two opinions become one, and are kept together."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from understanding.errors import UnderstandingError
from understanding.features import COLUMNS
from understanding.intents import IntentModel
from understanding.second_opinion import FOLDER, Opinions, SecondOpinion, learn, load, mix, save
from understanding.storage import save_intents


def model(*intents: str, sharpness: float = 1.0) -> IntentModel:
    random = np.random.default_rng(len(intents))
    weights = random.normal(size=(4 + COLUMNS, len(intents))).astype(np.float32)
    return IntentModel(intents, weights, np.zeros(len(intents), np.float32), sharpness)


def test_a_mixture_is_a_weighted_mean() -> None:
    first, second = np.array([0.8, 0.2]), np.array([0.2, 0.8])
    assert mix(first, second, 0.5).tolist() == [0.5, 0.5]
    assert mix(first, second, 0.25).tolist() == pytest.approx([0.65, 0.35])


def test_opinions_are_read_as_they_were_written(tmp_path: Path) -> None:
    second = SecondOpinion(model("a", "b", sharpness=2.0), 0.7, "checksum")
    save(Opinions(model("a", "b"), second), tmp_path)
    found = load(tmp_path).second
    assert found is not None
    assert (found.weight, found.encoder, found.model.sharpness) == (0.7, "checksum", 2.0)
    first, vector = np.array([0.5, 0.5]), np.ones(4, np.float32)
    assert found.beside(first, "hi", vector) == pytest.approx(second.beside(first, "hi", vector))


def test_one_opinion_needs_no_other(tmp_path: Path) -> None:
    save(Opinions(model("a", "b")), tmp_path)
    assert load(tmp_path).second is None


def test_opinions_on_other_intents_are_refused(tmp_path: Path) -> None:
    save(Opinions(model("a", "b"), SecondOpinion(model("a", "b"), 0.5, "x")), tmp_path)
    save_intents(model("a", "c"), tmp_path / FOLDER)
    with pytest.raises(UnderstandingError, match="other intents"):
        load(tmp_path)
    shutil.rmtree(tmp_path / FOLDER)
    assert load(tmp_path).second is None


def test_it_learns_with_the_sharpness_it_is_given() -> None:
    def encode(texts: object) -> np.typing.NDArray[np.float32]:
        return np.array([[("o" in text), 1, 0, 0] for text in texts], np.float32)  # type: ignore[attr-defined]

    texts = ["no", "nope", "yes", "yep"]
    learned = learn(
        texts, encode(texts), ["deny", "deny", "agree", "agree"], encode=encode, sharpness=3.0
    )
    assert learned.sharpness == 3.0
    assert learned.ranking(learned.probabilities("nope no", encode(["o"])[0]), 1)[0][0] == "deny"
