"""Plain text and second requests as components: stored, loaded, and put on the message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import shared
from bot.components.intent_classifier import IntentClassifier
from bot.components.plain_text import PlainText
from bot.components.scope_detector import ScopeDetector
from bot.components.second_request import SecondRequest
from bot.components.sentence_encoder import SentenceEncoder
from tests.bot.assistant import EXAMPLES

Make = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
#: What the small assistant knows; confidence is low with six examples each.
KINDS = {"tasks": ["order_status", "cancel_order"], "topics": ["return_policy"], "alike": []}


def data() -> TrainingData:
    return TrainingData(
        [Message.build(text, intent=intent) for intent, texts in EXAMPLES.items() for text in texts]
    )


@pytest.fixture
def pipeline(component: Make) -> list[Any]:
    encoder = component(SentenceEncoder)
    examples = encoder.process_training_data(data())
    for kind in (PlainText, IntentClassifier, ScopeDetector):
        component(kind).train(examples)
    component(SecondRequest, **KINDS).train(examples)
    return [
        component(PlainText, "load"),
        encoder,
        component(IntentClassifier, "load"),
        component(ScopeDetector, "load"),
        component(SecondRequest, "load", **KINDS),
    ]


def parsed(pipeline: list[Any], text: str, **slots: Any) -> dict[str, Any]:
    loop = slots.pop("loop", None)
    tracker = SimpleNamespace(active_loop_name=loop, get_slot=slots.get)
    message = Message({"text": text}, output_properties=set())
    for one in pipeline:
        one.process([message], *([tracker] if isinstance(one, SecondRequest) else []))
    return dict(message.as_dict(only_output_properties=True))


def test_slips_and_pictures_do_not_change_what_is_understood(pipeline: list[Any]) -> None:
    plain = parsed(pipeline, "where is my order")
    messy = parsed(pipeline, "whereismyorder 😭")
    assert "meant" not in plain
    assert (messy["text"], messy["meant"]) == ("whereismyorder 😭", "where is my order")
    assert messy["intent"] == plain["intent"]
    assert messy["intent"]["name"] == "order_status"


def test_two_requests_travel_in_the_parse(
    pipeline: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("understanding.asked.CLEAR", 0.3)
    found = parsed(pipeline, "where is my parcel? And please cancel my order")
    assert found["intent"]["name"] == "order_status"
    assert found["question"] == "where is my parcel?"
    assert found["also"]["intent"] == "cancel_order"
    assert found["also"]["text"] == "please cancel my order"
    in_form = parsed(pipeline, "where is my parcel? And please cancel my order", loop="a_form")
    assert "also" not in in_form


def test_a_follow_up_is_read_with_the_last_question(pipeline: list[Any]) -> None:
    alone = parsed(pipeline, "and how long does that take?")
    assert "question" not in alone
    found = parsed(pipeline, "and how long does that take?", last_question="how do returns work")
    assert found["intent"]["name"] == "return_policy"
    assert found["question"] == "returns and how long does that take?"
    assert found["scope"]["in_scope"] is True


@pytest.mark.parametrize(
    "text",
    ["hi there, hope you are well! where is my parcel?", "hello! where is my parcel? thanks a lot"],
)
def test_a_clause_is_lifted_into_scope_only_where_the_detector_agrees(
    pipeline: list[Any], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr("understanding.asked.AMONG_POLITENESS", 0.2)
    tracker = SimpleNamespace(active_loop_name=None, get_slot={}.get)

    def read(outside: float | None) -> Message:
        message = Message({"text": text}, output_properties=set())
        for one in pipeline[:-1]:
            one.process([message])
        message.set("intent", {"name": "out_of_scope", "confidence": 0.7})
        message.set("scope", {"in_scope": False, "probability": 0.3})
        message.set(shared.SCOPE_OPINION, lambda *words: outside)
        pipeline[-1].process([message], tracker)
        return message

    assert read(None).get("intent")["name"] == "order_status"
    assert read(None).get("scope")["in_scope"] is True
    assert read(0.8).get("intent")["name"] == "out_of_scope"
    assert read(0.8).get("scope")["in_scope"] is False


def test_the_detector_judges_a_clause_as_it_judges_a_message(pipeline: list[Any]) -> None:
    message = Message({"text": "where is my parcel"}, output_properties=set())
    for one in pipeline[:-1]:
        one.process([message])
    opinion, vector = message.get(shared.SCOPE_OPINION), shared.vector_of(message)
    alike = list(message.get(shared.PROBABILITIES).values())
    said = opinion("where is my parcel", vector, alike)
    assert (said is None) == (message.get("intent")["name"] != "out_of_scope")
    assert opinion("...", vector, alike) is not None
    assert opinion("where is my parcel", vector, [1 / len(alike)] * len(alike)) is not None
    assert "handrail_scope_opinion" not in message.as_dict(only_output_properties=True)


def test_ordinary_words_and_buttons_are_not_encoded_again(
    pipeline: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ordinary = {"text": "where is my parcel, it is late"}
    parsed(pipeline, ordinary["text"])

    class Broken:
        def encode(self, text: str) -> None:
            raise AssertionError(text)

    monkeypatch.setattr(shared, "load_encoder", Broken)
    message = Message({**ordinary, "intent": {"name": "order_status", "confidence": 0.9}})
    tracker = SimpleNamespace(active_loop_name=None, get_slot={"last_question": "hello"}.get)
    for text in (ordinary["text"], '/choose{"a": "x"}'):
        message.set("text", text)
        pipeline[-1].process([message], tracker)
    assert message.get("also") is None


def test_the_kinds_are_those_of_the_domain() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    kinds = {name: about["kind"] for entry in domain["intents"] for name, about in entry.items()}
    config = SecondRequest.get_default_config()
    forms = {form.removesuffix("_form") for form in domain["forms"]}
    assert set(config["tasks"]) == forms
    topics = {name for name, kind in kinds.items() if kind == "topic"}
    assert topics - set(config["topics"]) <= {"give_details", "out_of_scope", "nlu_fallback"}
    assert set(config["topics"]) <= topics
    assert {name for group in config["alike"] for name in group} <= forms | topics
    assert set(config["about"]) <= forms
    assert set(config["about"].values()) <= topics
