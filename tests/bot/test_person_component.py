"""Requests for a person as a component: words outweigh the classifier, and doubts give way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.components import shared
from bot.components.person_detector import PersonDetector
from understanding.person import INTENT

Make = Callable[..., Any]


@pytest.fixture
def intent_of(component: Make) -> Callable[..., str]:
    """The intent of a message that the classifier has read already."""

    def parse(text: str, *ranking: tuple[str, float]) -> str:
        message = Message({"text": text}, output_properties=set())
        ranked = [{"name": name, "confidence": value} for name, value in ranking]
        message.set("intent", dict(ranked[0]), add_to_output=True)
        message.set("intent_ranking", ranked, add_to_output=True)
        message.set(shared.SCOPE, {"in_scope": True}, add_to_output=True)
        component(PersonDetector).process([message])
        return str(message.get("intent")["name"])

    return parse


@pytest.mark.parametrize(
    ("text", "ranking", "intent"),
    [
        ("my refund is gone, connect me to an agent", [("refund_status", 0.9)], INTENT),
        ("is it you who decides about refunds", [(INTENT, 0.6), ("refund_status", 0.3)], "refund_status"),
        ("is it you who decides about refunds", [(INTENT, 0.6), ("refund_status", 0.1)], "out_of_scope"),
        ("get somebody real on this", [(INTENT, 0.9)], INTENT),
        ("are you a real person?", [(INTENT, 0.9), ("bot_challenge", 0.5)], "bot_challenge"),
        ("a different agent please", [("request_someone_else", 0.7)], "request_someone_else"),
        ("talk to a person or i drink the bleach", [("self_harm", 0.6)], "self_harm"),
        ('/deny{"a": "agent please"}', [("deny", 1.0)], "deny"),
    ],
)  # fmt: skip
def test_words_outweigh_the_classifier_and_doubts_give_way(
    text: str, ranking: list[tuple[str, float]], intent: str, intent_of: Callable[..., str]
) -> None:
    assert intent_of(text, *ranking) == intent
