"""Scope: keeps its promise about false alarms and catches what is far away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.understanding.synthetic import WORDS, examples, vector_near
from understanding import intents, scope, storage
from understanding.errors import UnderstandingError


@pytest.fixture(scope="module")
def trained() -> intents.Trained:
    return intents.train(*examples(each=60))


@pytest.fixture(scope="module")
def model(trained: intents.Trained) -> scope.ScopeModel:
    return scope.train(trained, examples(each=60)[1], false_alarms=0.03)[0]


@pytest.mark.parametrize("share", [0.01, 0.03, 0.10])
def test_false_alarms_stay_below_the_target(trained: intents.Trained, share: float) -> None:
    _, quality = scope.train(trained, examples(each=60)[1], false_alarms=share)
    assert quality.false_alarms <= share
    assert quality.caught > 0.9


def test_near_is_in_and_far_is_out(trained: intents.Trained, model: scope.ScopeModel) -> None:
    random = np.random.default_rng(7)
    for intent, expected in (("order_status", True), ("out_of_scope", False)):
        vector = vector_near(intent, random)
        verdict = model.judge(vector, trained.model.probabilities(WORDS[intent], vector))
        assert verdict.in_scope is expected
        assert 0.0 <= verdict.probability <= 1.0
        assert -1.0 <= verdict.similarity <= 1.0 + 1e-6


def test_what_is_strange_is_known_without_an_example_of_it() -> None:
    texts, vectors, names = examples(each=30)
    kept = [place for place, name in enumerate(names) if name != scope.OUT_OF_SCOPE]
    trained = intents.train(
        [texts[place] for place in kept], vectors[kept], [names[place] for place in kept]
    )
    model, quality = scope.train(trained, vectors[kept], false_alarms=0.05)
    assert model.outside == scope.NO_INTENT
    assert quality.caught > 0.7, "examples whose intent was taken away"
    random = np.random.default_rng(5)
    for intent, expected in (("refund_status", True), ("out_of_scope", False)):
        near = [vector_near(intent, random) for _ in range(40)]
        seen = [
            model.judge(one, trained.model.probabilities(WORDS[intent], one)).in_scope
            for one in near
        ]
        assert np.mean(np.array(seen) == expected) > 0.8


def test_one_intent_is_no_scope() -> None:
    texts, vectors, names = examples(each=10)
    kept = [place for place, name in enumerate(names) if name in ("frustrated", scope.OUT_OF_SCOPE)]
    trained = intents.train(
        [texts[place] for place in kept], vectors[kept], [names[place] for place in kept]
    )
    with pytest.raises(UnderstandingError, match="two intents"):
        scope.train(trained, vectors[kept], false_alarms=0.03)


def test_model_survives_storage(
    trained: intents.Trained, model: scope.ScopeModel, tmp_path: Path
) -> None:
    storage.save_scope(model, tmp_path)
    loaded = storage.load_scope(tmp_path)
    vector = vector_near("refund_status", np.random.default_rng(3))
    probabilities = trained.model.probabilities("money", vector)
    assert loaded.judge(vector, probabilities) == model.judge(vector, probabilities)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnderstandingError, match=storage.SCOPE_FACTS):
        storage.load_scope(tmp_path)
