"""Scores worked out again are what the component gave; thresholds that come with a turn decide it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rasa.shared.core.events import UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from bot.components import shared
from bot.components.frustration_detector import FrustrationDetector
from bot.replies import parse_of
from bot.requests import BadRequest, parse
from training.mood_replay.rescoring import Heard, score_episode
from understanding.frustration import Arithmetic
from understanding.mood import load_mood

TALK = [
    ("hello, where is my parcel", "order_status", {"order_status": 0.9}),
    ("no", "deny", {"deny": 0.95}),
    ("/affirm", "affirm", {}),
    ("no, that is NOT what I asked!!", "deny", {"deny": 0.6, "frustrated": 0.3}),
    ("where is my parcel, you useless thing", "frustrated", {"frustrated": 0.8, "complaint": 0.1}),
    ("hello, where is my parcel", "order_status", {"order_status": 0.9}),
    ("thanks", "thanks", {"thanks": 0.99}),
]


def weigh(
    detector: Any,
    tracker: DialogueStateTracker,
    text: str,
    intent: str,
    probabilities: dict[str, float],
    **metadata: Any,
) -> dict[str, Any]:
    message = Message({"text": text, "metadata": metadata}, output_properties=set())
    message.set("intent", {"name": intent, "confidence": 0.9}, add_to_output=True)
    message.set(shared.PROBABILITIES, probabilities)
    if not shared.is_command(message):
        shared.add_vector(message, shared.load_encoder().encode(text))
    detector.process([message], tracker)
    found: dict[str, Any] = message.as_dict(only_output_properties=True)
    tracker.update(UserUttered(text, found["intent"], parse_data=found, metadata=metadata))
    return found


@pytest.fixture
def tracker() -> DialogueStateTracker:
    return DialogueStateTracker("c:1", [AnySlot("requested_slot", [{}])])


def test_the_same_scores_and_signals(
    component: Callable[..., Any], tracker: DialogueStateTracker
) -> None:
    # As high as it goes, so that no intent is replaced and the talk goes on.
    detector = component(FrustrationDetector, handoff=1.0)
    given = [weigh(detector, tracker, *said).get("frustration") for said in TALK]
    heard = [
        Heard(text, intent, probabilities, pressed=text.startswith("/"))
        for text, intent, probabilities in TALK
    ]
    again = score_episode(heard, shared.load_encoder().encode, load_mood())
    assert max(one["score"] for one in given if one) > 0.6
    assert [one and one["score"] for one in given] == [one and round(one.score, 4) for one in again]
    for one, other in zip(given, again, strict=True):
        if one and other:
            assert {signal["name"]: signal["value"] for signal in one["signals"]} == {
                signal.name: round(signal.value, 4) for signal in other.signals
            }


def levels(handoff: float) -> dict[str, float]:
    return {
        "acknowledge": 0.4, "offer": min(0.55, handoff), "handoff": handoff, "version": 3,
    }  # fmt: skip


@pytest.mark.parametrize(("handoff", "level"), [(0.45, "handoff"), (0.9, "offer")])
def test_the_levels_of_the_turn_decide_it(
    component: Callable[..., Any], tracker: DialogueStateTracker, handoff: float, level: str
) -> None:
    detector = component(FrustrationDetector)
    angry = ("this is useless", "small_talk", {"frustrated": 0.95})
    body = {"sender": "c:1", "turn_id": "t", "text": angry[0],
            "metadata": {"frustration_levels": levels(handoff)}}  # fmt: skip
    asked = parse(json.dumps(body).encode())
    found = weigh(detector, tracker, *angry, **asked.metadata)
    assert found["frustration"]["level"] == level
    assert found["frustration"]["levels"] == levels(handoff)
    assert (found["intent"]["name"] == "frustrated") is (level == "handoff")
    plain = weigh(component(FrustrationDetector), DialogueStateTracker("c:2", []), *angry)
    assert "levels" not in plain["frustration"]


def test_a_pressed_button_is_told_by_the_turns_levels_too(
    component: Callable[..., Any], tracker: DialogueStateTracker
) -> None:
    detector = component(FrustrationDetector)
    weigh(detector, tracker, "this is useless", "small_talk", {"frustrated": 0.95})
    said = {"frustration_levels": {"acknowledge": 0.2, "offer": 0.2, "handoff": 0.9, "version": 1}}
    weigh(detector, tracker, "/affirm2", "ask", {}, **said)
    event = tracker.get_last_event_for(UserUttered)
    assert isinstance(event, UserUttered)
    assert parse_of(tracker, event, Arithmetic())["frustration"]["level"] == "offer"


@pytest.mark.parametrize(
    "wrong",
    [
        {"acknowledge": 0.4, "offer": 0.5},
        {"acknowledge": 0.4, "offer": 0.5, "handoff": 1.5},
        {"acknowledge": 0.6, "offer": 0.5, "handoff": 0.7},
        [0.4],
    ],
)
def test_levels_that_make_no_sense_are_refused(wrong: object) -> None:
    body = {"sender": "c:1", "turn_id": "t", "text": "hi",
            "metadata": {"frustration_levels": wrong}}  # fmt: skip
    with pytest.raises(BadRequest):
        parse(json.dumps(body).encode())
