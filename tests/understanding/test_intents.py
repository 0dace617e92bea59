"""The classifier: right, calibrated, the same every time, and stored as plain arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.understanding.synthetic import WORDS, examples, vector_near
from understanding import intents, storage
from understanding.errors import UnderstandingError
from understanding.features import COLUMNS, build, hash_words
from understanding.logistic import fit_softmax, minimise, softmax


@pytest.fixture(scope="module")
def trained() -> intents.Trained:
    return intents.train(*examples())


def test_unseen_messages_get_their_intent(trained: intents.Trained) -> None:
    random = np.random.default_rng(99)
    for intent, words in WORDS.items():
        probabilities = trained.model.probabilities(words, vector_near(intent, random))
        assert trained.model.ranking(probabilities, 1)[0][0] == intent


def test_cross_validation_tells_accuracy_and_mistakes(trained: intents.Trained) -> None:
    assert trained.accuracy > 0.95
    assert trained.unseen.shape == (len(trained.labels), len(WORDS))
    assert all(true != predicted for true, predicted, _ in trained.confused(15))


def test_ranking_is_ordered_and_cut(trained: intents.Trained) -> None:
    ranking = trained.model.ranking(np.array([0.1, 0.6, 0.2, 0.1]), 3)
    assert [confidence for _, confidence in ranking] == [0.6, 0.2, 0.1]


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=300))
def test_probabilities_are_a_distribution_for_any_text(trained: intents.Trained, text: str) -> None:
    vector = vector_near("order_status", np.random.default_rng(1))
    probabilities = trained.model.probabilities(text, vector)
    assert probabilities.min() >= 0.0
    assert probabilities.sum() == pytest.approx(1.0)


def test_same_examples_give_the_same_model(trained: intents.Trained) -> None:
    again = intents.train(*examples())
    assert np.array_equal(again.model.weights, trained.model.weights)
    assert again.model.sharpness == trained.model.sharpness


def test_another_encoder_is_refused(trained: intents.Trained) -> None:
    with pytest.raises(UnderstandingError, match="another encoder"):
        trained.model.probabilities("hello", np.ones(7, dtype=np.float32))


@pytest.mark.parametrize("names", [["a", "a"], ["a", "b", "c"]])
def test_unusable_examples_are_refused(names: list[str]) -> None:
    with pytest.raises(UnderstandingError):
        intents.train(["x", "y"], np.ones((2, 4), dtype=np.float32), names)


def test_model_survives_storage(trained: intents.Trained, tmp_path: Path) -> None:
    storage.save_intents(trained.model, tmp_path)
    loaded = storage.load_intents(tmp_path)
    vector = vector_near("frustrated", np.random.default_rng(5))
    assert np.array_equal(
        loaded.probabilities("useless", vector), trained.model.probabilities("useless", vector)
    )


def test_damaged_models_are_refused(trained: intents.Trained, tmp_path: Path) -> None:
    storage.save_intents(trained.model, tmp_path)
    facts = tmp_path / storage.INTENT_FACTS
    good = facts.read_text()
    facts.write_text(good.replace('"order_status",', ""))
    with pytest.raises(UnderstandingError, match="does not fit"):
        storage.load_intents(tmp_path)
    facts.write_text(good.replace('"format": 2', '"format": 9'))
    with pytest.raises(UnderstandingError, match="format"):
        storage.load_intents(tmp_path)
    facts.write_text(good)
    (tmp_path / storage.INTENT_ARRAYS).write_bytes(b"PK broken")
    with pytest.raises(UnderstandingError, match="cannot be read"):
        storage.load_intents(tmp_path)


def test_arrays_that_hold_code_are_refused(trained: intents.Trained, tmp_path: Path) -> None:
    storage.save_intents(trained.model, tmp_path)
    np.savez(tmp_path / storage.INTENT_ARRAYS, weights=np.array([{}], object), biases=np.ones(1))
    with pytest.raises(UnderstandingError, match="cannot be read"):
        storage.load_intents(tmp_path)


def test_minimise_finds_the_bottom_of_a_bowl() -> None:
    scale = np.array([1.0, 30.0, 0.2])
    bottom = np.array([3.0, -2.0, 7.0])
    found = minimise(
        lambda point: (
            float(np.sum(scale * (point - bottom) ** 2)),
            2 * scale * (point - bottom),
        ),
        np.zeros(3),
    )
    assert found == pytest.approx(bottom, abs=1e-4)


def test_shares_weigh_examples() -> None:
    features = np.zeros((3, 1))
    labels = np.array([0, 1, 1])
    _, biases = fit_softmax(features, labels, 2, penalty=1.0, shares=np.array([2.0, 1.0, 1.0]))
    assert softmax(biases[None, :])[0] == pytest.approx([0.5, 0.5], abs=1e-3)


def test_folds_hold_every_example_once() -> None:
    labels = np.array([0] * 7 + [1] * 2)
    parts = list(intents.folds(labels, 5, seed=0))
    assert sorted(np.concatenate(parts)) == list(range(9))


def test_digits_look_alike_and_length_is_one() -> None:
    assert np.array_equal(hash_words("order FW-204411"), hash_words("order FW-310982"))
    assert np.linalg.norm(hash_words("hello")) == pytest.approx(1.0)
    assert not hash_words("").any() or np.linalg.norm(hash_words("")) == pytest.approx(1.0)
    assert build(["a"], np.ones((1, 3), np.float32)).shape == (1, 3 + COLUMNS)
