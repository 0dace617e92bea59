"""The classifier mixes in what a tuned encoder says, where there is one, and loads where there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import ahead
from bot.components import shared
from bot.components.intent_classifier import IntentClassifier
from bot.components.sentence_encoder import SentenceEncoder
from encoder.adapted import Adapted
from encoder.manifest import read_manifest
from tests.bot.test_components import parsed, said, training_data

Make = Callable[..., Any]
TEXT = "can you track my parcel please"


@pytest.fixture
def tuned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The house's own encoder once more, as if it were a tuned one."""
    folder = tmp_path / "tuned"
    folder.mkdir()
    for file in shared.encoder_folder().iterdir():
        (folder / file.name).symlink_to(file)
    weights = read_manifest(folder).source_sha256
    Adapted(weights, weights, 0.5, 0.2, 54, 1.0, "2026-05-04").write(folder)
    monkeypatch.setenv(shared.INTENT_ENCODER_PATH, str(folder))
    return folder


@pytest.fixture
def trained(component: Make, tuned: Path) -> SentenceEncoder:
    encoder: SentenceEncoder = component(SentenceEncoder)
    component(IntentClassifier).train(encoder.process_training_data(training_data()))
    return encoder


def test_the_second_opinion_is_in_the_intent_and_nowhere_else(
    component: Make, trained: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = said(TEXT)
    component(IntentClassifier, "load").process(trained.process([message]))
    mixed, first = message.get("intent"), message.get(shared.PROBABILITIES)
    assert mixed["name"] == "order_status"
    # Its logits count less, so it is less sure of the same.
    assert mixed["confidence"] < first["order_status"] - 0.05
    assert sum(first.values()) == pytest.approx(1.0)
    monkeypatch.delenv(shared.INTENT_ENCODER_PATH)
    alone = parsed([trained, component(IntentClassifier, "load")], TEXT)["intent"]
    assert alone["confidence"] == round(first["order_status"], 4)


@pytest.mark.usefixtures("tuned")
def test_another_tuned_encoder_is_not_asked(
    component: Make, trained: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = component(IntentClassifier, "load")._model
    assert both.second is not None
    second = replace(both.second, encoder="another")
    monkeypatch.setattr(
        "understanding.second_opinion.load", lambda _folder: replace(both, second=second)
    )
    assert component(IntentClassifier, "load")._model.second is None


@pytest.mark.usefixtures("clean_environment")
def test_without_a_tuned_encoder_there_is_one_opinion(component: Make) -> None:
    encoder = component(SentenceEncoder)
    component(IntentClassifier).train(encoder.process_training_data(training_data()))
    classifier = component(IntentClassifier, "load")
    assert classifier._model.second is None
    assert parsed([encoder, classifier], TEXT)["intent"]["name"] == "order_status"


def test_only_the_classifier_is_trained_anew_for_it(tuned: Path) -> None:
    def fingerprints() -> list[str | None]:
        return [kind.fingerprint_addon({}) for kind in (IntentClassifier, SentenceEncoder)]

    before = fingerprints()
    weights = read_manifest(tuned).source_sha256
    Adapted(weights, weights, 0.7, 0.2, 54, 1.0, "2026-05-04").write(tuned)
    after = fingerprints()
    assert before[0] != after[0]
    assert before[1] == after[1]


@pytest.mark.usefixtures("tuned")
def test_its_vector_is_made_ahead_of_the_turn() -> None:
    encoder = shared.load_intent_encoder()
    assert encoder is not None
    ahead.read("wheres the lamp i ordered")
    assert encoder.remembered("wheres the lamp i ordered") is not None
