"""Each component alone, as Rasa creates, trains, stores and loads it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import GraphComponent
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import learning, shared
from bot.components.frustration_detector import FrustrationDetector
from bot.components.intent_classifier import IntentClassifier
from bot.components.pattern_entities import PatternEntities
from bot.components.scope_detector import ScopeDetector
from bot.components.sentence_encoder import SentenceEncoder
from bot.components.spacy_entities import SpacyEntities
from encoder import Encoder
from tests.bot.assistant import EXAMPLES
from understanding.errors import UnderstandingError

Make = Callable[..., Any]
ALL = (
    PatternEntities,
    SpacyEntities,
    SentenceEncoder,
    IntentClassifier,
    ScopeDetector,
    FrustrationDetector,
)


def said(text: str) -> Message:
    return Message({"text": text}, output_properties=set())


def training_data() -> TrainingData:
    return TrainingData(
        [Message.build(text, intent=intent) for intent, texts in EXAMPLES.items() for text in texts]
    )


@pytest.fixture
def trained(component: Make) -> list[Any]:
    """Encoder, classifier and scope, loaded from what training stored."""
    encoder = component(SentenceEncoder)
    data = encoder.process_training_data(training_data())
    for kind in (IntentClassifier, ScopeDetector):
        component(kind).train(data)
    return [encoder, component(IntentClassifier, "load"), component(ScopeDetector, "load")]


def test_a_training_finds_the_vectors_that_the_one_before_has_read(
    component: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vectors() -> Any:
        data = component(SentenceEncoder).process_training_data(training_data())
        return np.stack([shared.vector_of(one) for one in data.training_examples])

    encoded: list[str] = []
    read = Encoder.encode_many
    monkeypatch.setattr(
        Encoder, "encode_many", lambda self, texts: encoded.extend(texts) or read(self, texts)
    )
    wanted = vectors()
    assert encoded == []
    monkeypatch.setenv(shared.VECTORS, str(tmp_path / "vectors"))
    for _ in range(2):
        assert np.array_equal(vectors(), wanted)
    assert len(encoded) == len(wanted)


def parsed(components: list[Any], text: str) -> dict[str, Any]:
    messages = [said(text)]
    for component in components:
        messages = component.process(messages)
    output: dict[str, Any] = messages[0].as_dict(only_output_properties=True)
    return output


@pytest.mark.parametrize("kind", ALL)
def test_a_button_passes_through_untouched(kind: type[GraphComponent], component: Make) -> None:
    message = said('/choose{"a": "x"}')
    arguments = {"tracker": None} if kind is FrustrationDetector else {}
    component(kind).process([message], **arguments)
    assert message.as_dict(only_output_properties=True) == {"text": '/choose{"a": "x"}'}
    assert message.features == []


@pytest.mark.parametrize("kind", ALL)
def test_fingerprint_is_stable_text(kind: type[GraphComponent]) -> None:
    first = kind.fingerprint_addon({})
    assert isinstance(first, str)
    assert first == kind.fingerprint_addon({})


def test_fingerprint_follows_encoder_and_helpers(monkeypatch: pytest.MonkeyPatch) -> None:
    class Another:
        checksum = "another"

    before = shared.fingerprint(shared)
    assert shared.fingerprint(shared, learning) != before
    monkeypatch.setattr(shared, "load_encoder", Another)
    assert shared.fingerprint(shared) != before


def test_patterns_outrank_spacy(component: Make) -> None:
    text = "I am Marta Kowalska from Belgium, order 204411, since last Tuesday"
    output = parsed([component(PatternEntities), component(SpacyEntities)], text)
    found = {(entity["entity"], entity["value"]) for entity in output["entities"]}
    assert ("order_number", "FW-204411") in found
    assert ("PERSON", "Marta Kowalska") in found
    assert ("GPE", "Belgium") in found
    assert [entity for entity, _ in found].count("date") == 1
    spans = sorted((entity["start"], entity["end"]) for entity in output["entities"])
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


def test_personal_entities_say_so(component: Make) -> None:
    output = parsed([component(PatternEntities)], "ann@example.com about FW-204411")
    assert {entity["entity"]: entity["masked"] for entity in output["entities"]} == {
        "email": True,
        "order_number": False,
    }


def test_the_vector_stays_inside(component: Make) -> None:
    message = said("where is my parcel")
    component(SentenceEncoder).process([message])
    vector = shared.vector_of(message)
    assert vector is not None
    assert vector.shape == (shared.load_encoder().dimension,)
    assert message.as_dict(only_output_properties=True) == {"text": "where is my parcel"}


def test_intent_and_ranking_and_scope(trained: list[Any]) -> None:
    output = parsed(trained, "can you track my parcel please")
    assert output["intent"]["name"] == "order_status"
    assert output["intent"] == output["intent_ranking"][0]
    assert len(output["intent_ranking"]) == min(10, len(EXAMPLES))
    assert output["scope"]["in_scope"] is True
    assert set(output) == {"text", "intent", "intent_ranking", "scope"}


def test_out_of_scope_keeps_the_ranking(trained: list[Any]) -> None:
    output = parsed(trained, "which team won the world cup final")
    assert output["intent"]["name"] == "out_of_scope"
    assert output["scope"]["in_scope"] is False
    assert output["intent_ranking"]


def test_an_unsure_intent_becomes_out_of_scope_and_is_remembered(
    trained: list[Any], component: Make
) -> None:
    strict = component(ScopeDetector, "load", min_confidence=1.01)
    output = parsed([*trained[:2], strict], "where is my parcel")
    assert output["intent"]["name"] == "out_of_scope"
    assert output["scope"]["instead_of"] == "order_status"
    doubt = 1 - output["scope"]["probability"]
    assert output["intent"]["confidence"] >= doubt - 1e-4
    assert output["intent_ranking"][0]["name"] == "order_status"


@pytest.mark.parametrize("text", ["?", "...", "?!", "- -"])
def test_marks_without_words_mean_nothing_we_know(trained: list[Any], text: str) -> None:
    assert parsed(trained, text)["intent"]["name"] == "out_of_scope"


def test_the_order_of_examples_changes_nothing(component: Make) -> None:
    encoder = component(SentenceEncoder)
    forward = encoder.process_training_data(training_data())
    backward = TrainingData(list(reversed(forward.training_examples)))
    assert learning.examples_of(forward) == learning.examples_of(backward)


def test_training_without_vectors_names_what_is_missing(component: Make) -> None:
    with pytest.raises(UnderstandingError, match="SentenceEncoder"):
        component(IntentClassifier).train(training_data())


def test_training_without_examples_is_refused(component: Make) -> None:
    with pytest.raises(UnderstandingError, match="no examples"):
        component(IntentClassifier).train(TrainingData([]))
