"""Moments and languages as components: what the parse carries and which intent follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from actions import intents
from bot.components import learning, shared
from bot.components.frustration_detector import KEPT
from bot.components.language_detector import FOREIGN, LanguageDetector
from bot.components.moment_detector import MomentDetector
from understanding.moments import KINDS

Make = Callable[..., Any]
ALL = (LanguageDetector, MomentDetector)


@pytest.fixture
def say(component: Make) -> Callable[..., dict[str, Any]]:
    """Parse a message that the classifier has read already."""

    def parse(text: str, intent: str, **probabilities: float) -> dict[str, Any]:
        message = Message({"text": text}, output_properties=set())
        believed = {intent: 0.8, **probabilities}
        ranking = [
            {"name": name, "confidence": value}
            for name, value in sorted(believed.items(), key=lambda pair: -pair[1])
        ]
        message.set("intent", {"name": intent, "confidence": believed[intent]}, add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        message.set(shared.PROBABILITIES, believed)
        for kind in ALL:
            component(kind).process([message])
        output: dict[str, Any] = message.as_dict(only_output_properties=True)
        return output

    return parse


@pytest.mark.parametrize("kind", ALL)
def test_a_button_passes_through_untouched(kind: Any, component: Make) -> None:
    message = Message({"text": '/deny{"a": "x"}'}, output_properties=set())
    component(kind).process([message])
    assert message.as_dict(only_output_properties=True) == {"text": '/deny{"a": "x"}'}


@pytest.mark.parametrize("kind", ALL)
def test_fingerprint_is_stable_text(kind: Any) -> None:
    first = kind.fingerprint_addon({})
    assert isinstance(first, str)
    assert first == kind.fingerprint_addon({})


def test_every_moment_is_an_intent_that_reaches_a_person() -> None:
    assert set(KINDS) == {
        name for name, reason in intents.HANDOFF.items() if reason == "moment_of_truth"
    }
    assert set(KINDS) < KEPT


def test_a_moment_beside_another_matter(say: Callable[..., dict[str, Any]]) -> None:
    parse = say("my lamp caught fire, how do I return it", "return_policy", safety_hazard=0.02)
    assert parse["intent"]["name"] == "safety_hazard"
    assert parse["moment"] == {
        "kind": "safety_hazard",
        "evidence": "caught fire",
        "probability": 0.02,
        "instead_of": "return_policy",
    }
    assert parse["intent_ranking"][0]["name"] == "return_policy"


def test_what_only_the_classifier_noticed_is_noted(say: Callable[..., dict[str, Any]]) -> None:
    parse = say("that is quite something", "complaint", legal_threat=0.3)
    assert parse["intent"]["name"] == "complaint"
    assert parse["moment"] == {"kind": "legal_threat", "evidence": "", "probability": 0.3}


def test_self_harm_always_counts(say: Callable[..., dict[str, Any]]) -> None:
    parse = say("so tired of it all", "out_of_scope", self_harm=0.5)
    assert parse["intent"]["name"] == "self_harm"
    assert parse["moment"]["instead_of"] == "out_of_scope"


def test_the_words_as_written_count_beside_what_was_meant(component: Make) -> None:
    message = Message({"text": "i want to kms", shared.MEANT: "i want to comes"})
    component(MomentDetector).process([message])
    assert message.get("intent")["name"] == "self_harm"


def test_what_another_language_was_mended_into_counts_not(component: Make) -> None:
    text = "Estas botas me quedan pequeñas"
    message = Message({"text": text, shared.MEANT: "I want to kill myself"})
    for kind in ALL:
        component(kind).process([message])
    assert message.get("intent")["name"] == FOREIGN


def test_a_figure_of_speech_gives_way(say: Callable[..., dict[str, Any]]) -> None:
    parse = say("those shoes are to die for", "self_harm", praise=0.25)
    assert parse["intent"] == {"name": "praise", "confidence": 0.25}
    assert parse["moment"]["instead_of"] == "self_harm"
    unknown = say("those shoes are to die for", "self_harm", praise=0.05)
    assert unknown["intent"]["name"] == "out_of_scope"


def test_who_asks_for_somebody_else_is_not_only_leaving(
    say: Callable[..., dict[str, Any]],
) -> None:
    parse = say("I'm done with you, hand me to your boss", "request_someone_else")
    assert parse["intent"]["name"] == "request_someone_else"
    assert parse["moment"]["kind"] == "cancellation_threat"
    burning = say("my lamp is on fire, get me your boss", "request_someone_else")
    assert burning["intent"]["name"] == "safety_hazard"


def test_an_ordinary_message_has_no_moment(say: Callable[..., dict[str, Any]]) -> None:
    assert "moment" not in say("where is my order", "order_status")


def test_another_language_becomes_the_intent(say: Callable[..., dict[str, Any]]) -> None:
    parse = say("Wo ist mein Paket?", "order_status")
    assert parse["intent"]["name"] == "foreign_language"
    assert parse["language"]["code"] == "de"
    assert parse["language"]["name"] == "German"
    assert parse["language"]["sure"] is True
    assert parse["language"]["instead_of"] == "order_status"


def test_english_is_noted_and_changes_nothing(say: Callable[..., dict[str, Any]]) -> None:
    parse = say("where is my parcel", "order_status")
    assert parse["intent"]["name"] == "order_status"
    assert parse["language"]["code"] == "en"
    assert "language" not in say("ok", "affirm")


def test_no_classifier_learns_what_the_detector_decides() -> None:
    data = [("where is it", "order_status"), ("Wo ist es?", FOREIGN)]
    messages = [Message.build(text, intent=intent) for text, intent in data]
    for message in messages:
        shared.add_vector(message, np.ones(4, np.float32))
    assert learning.examples_of(TrainingData(messages)).intents == ("order_status",)


def test_leaving_takes_words_or_certainty(say: Callable[..., dict[str, Any]]) -> None:
    doubtful = say(
        "all fired up for tomorrow", "cancellation_threat", cancellation_threat=0.45, praise=0.3
    )
    assert doubtful["intent"]["name"] == "praise"
    assert doubtful["moment"]["instead_of"] == "cancellation_threat"
    certain = say("then so be it", "cancellation_threat", cancellation_threat=0.6)
    assert certain["intent"]["name"] == "cancellation_threat"


def test_a_foreign_courtesy_stays_one(say: Callable[..., dict[str, Any]]) -> None:
    assert say("danke schön", "thanks")["intent"]["name"] == "thanks"
    assert say("auf wiedersehen und danke", "goodbye")["intent"]["name"] == "goodbye"


def test_somebody_in_danger_comes_before_the_language(
    say: Callable[..., dict[str, Any]],
) -> None:
    parse = say("ich will nicht mehr leben", "order_status")
    assert parse["intent"]["name"] == "self_harm"
    assert parse["language"]["name"] == "German"
