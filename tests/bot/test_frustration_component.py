"""Frustration over a conversation: what the tracker remembers and when the intent changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa.shared.core.events import ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from bot.components import shared
from bot.components.frustration_detector import FrustrationDetector, rules_of

VENTING = {"frustrated": 0.95}


@pytest.fixture
def tracker() -> DialogueStateTracker:
    return DialogueStateTracker("c:1", [AnySlot("requested_slot", [{}])])


@pytest.fixture
def say(
    component: Callable[..., Any], tracker: DialogueStateTracker
) -> Callable[..., dict[str, Any]]:
    """Weigh a message and put it into the tracker, as Rasa does."""
    detector = component(FrustrationDetector)

    def weigh(
        text: str,
        intent: str = "order_status",
        probabilities: dict[str, float] | None = None,
        **metadata: Any,
    ) -> dict[str, Any]:
        message = Message({"text": text, "metadata": metadata}, output_properties=set())
        message.set("intent", {"name": intent, "confidence": 0.9}, add_to_output=True)
        message.set(shared.PROBABILITIES, probabilities or {})
        if not shared.is_command(message):
            shared.add_vector(message, shared.load_encoder().encode(text))
        detector.process([message], tracker)
        parse: dict[str, Any] = message.as_dict(only_output_properties=True)
        tracker.update(UserUttered(text, parse["intent"], parse_data=parse, metadata=metadata))
        return parse

    return weigh


def test_two_angry_messages_become_a_handoff(say: Callable[..., dict[str, Any]]) -> None:
    first = say("this is useless", "frustrated", VENTING)
    second = say("are you even listening", "small_talk", VENTING)
    assert first["frustration"]["level"] in ("acknowledge", "offer")
    assert second["frustration"]["level"] == "handoff"
    assert second["intent"]["name"] == "frustrated"
    assert second["frustration"]["instead_of"] == "small_talk"
    assert "earlier" in {signal["name"] for signal in second["frustration"]["signals"]}


@pytest.mark.parametrize(
    "intent", ["request_human", "request_someone_else", "safety_hazard", "legal_threat"]
)
def test_a_stronger_reason_is_kept(say: Callable[..., dict[str, Any]], intent: str) -> None:
    say("this is useless", "frustrated", VENTING)
    parse = say("are you even listening, you idiots", intent, VENTING)
    assert parse["frustration"]["level"] == "handoff"
    assert parse["intent"]["name"] == intent


def test_an_answer_to_a_confirmation_is_kept(
    say: Callable[..., dict[str, Any]], tracker: DialogueStateTracker
) -> None:
    tracker.update(ActiveLoop("cancel_order_form"))
    tracker.update(SlotSet("requested_slot", "confirmed"))
    say("this is useless", "frustrated", VENTING)
    parse = say("yes for god's sake, you idiots", "affirm", VENTING)
    assert parse["frustration"]["level"] == "handoff"
    assert parse["intent"]["name"] == "affirm"


def test_a_calm_question_in_capitals_is_no_offer(say: Callable[..., dict[str, Any]]) -> None:
    parse = say("WHERE IS MY ORDER FW-204411", probabilities={"frustrated": 0.03})
    assert parse["frustration"]["level"] == "calm"
    assert parse["intent"]["name"] == "order_status"


def test_a_button_lets_it_fade(say: Callable[..., dict[str, Any]]) -> None:
    say("this is useless", "frustrated", VENTING)
    say("/affirm", "affirm")
    after = say("where is my parcel")
    assert after["frustration"]["score"] < 0.1


def test_repeating_oneself_counts(say: Callable[..., dict[str, Any]]) -> None:
    say("where is my parcel, it is late")
    parse = say("where is my parcel, it is late")
    assert [signal["name"] for signal in parse["frustration"]["signals"]] == ["repetition"]


def test_waiting_and_failures_come_from_the_app(say: Callable[..., dict[str, Any]]) -> None:
    parse = say("hello", "greet", waiting_seconds=600, bot_failures=3)
    names = {signal["name"] for signal in parse["frustration"]["signals"]}
    assert names == {"waiting", "bot_failures"}


def test_settings_outrank_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_FRUSTRATION_OFFER", "0.6")
    rules = rules_of({"acknowledge": 0.3, "offer": 0.5, "handoff": 0.9})
    assert rules.thresholds.offer == 0.6
    assert rules.thresholds.handoff == 0.9
