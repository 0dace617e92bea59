"""What a turn said, as the app reads it: one message for each utterance."""

from __future__ import annotations

import time
from typing import Any

from rasa.core.channels.channel import OutputChannel
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.components.frustration_detector import rules_at
from bot.components.language_detector import LANGUAGE
from bot.components.memory import remaining_score, user_events
from bot.components.moment_detector import MOMENT
from bot.components.second_request import ALSO, QUESTION
from bot.components.shared import FRUSTRATION, MEANT, SCOPE
from understanding.frustration import EARLIER, Arithmetic

#: What the parse holds besides the text; further keys are Rasa's own affair.
PARSED = (
    "intent",
    "intent_ranking",
    "entities",
    SCOPE,
    FRUSTRATION,
    MOMENT,
    LANGUAGE,
    MEANT,
    QUESTION,
    ALSO,
)
#: Slots of Rasa's own that say nothing about the customer.
_OWN_SLOTS = frozenset({"session_started_metadata"})


class Utterances(OutputChannel):  # type: ignore[misc]
    """Collects utterances; stock channels split text and custom JSON into two messages."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "handrail"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(combined(message))


def combined(message: dict[str, Any]) -> dict[str, Any]:
    """Return {"text", "custom"}; buttons of a plain response move into custom."""
    custom = dict(message.get("custom") or {})
    if message.get("buttons"):
        custom.setdefault("buttons", message["buttons"])
    return {"text": message.get("text") or "", "custom": custom}


def turn_event(tracker: DialogueStateTracker, turn_id: str) -> UserUttered | None:
    """Return the message that a turn began with, when the tracker knows that turn."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered) and event.metadata.get("turn_id") == turn_id:
            return event
    return None


def replies_after(tracker: DialogueStateTracker, start: UserUttered) -> list[dict[str, Any]]:
    """Return what the bot said between this message and the customer's next one."""
    replies: list[dict[str, Any]] = []
    inside = False
    for event in tracker.applied_events():
        if isinstance(event, UserUttered):
            inside = event is start
        elif inside and isinstance(event, BotUttered):
            replies.append(combined(event.message()))
    return replies


def parse_of(
    tracker: DialogueStateTracker, event: UserUttered, rules: Arithmetic
) -> dict[str, Any]:
    """Return the parse of a message; a pressed button is in scope and as calm as it was left."""
    parse = {key: event.parse_data[key] for key in PARSED if key in event.parse_data}
    parse.setdefault("intent_ranking", [])
    parse.setdefault("entities", [])
    parse.setdefault(SCOPE, {"probability": 1.0, "in_scope": True})
    if FRUSTRATION not in parse:
        rules = rules_at(rules, event.metadata)
        events = user_events(tracker)
        score = remaining_score(events[: events.index(event) + 1], rules)
        signals = [{"name": EARLIER, "value": round(score, 4), "evidence": "earlier messages"}]
        parse[FRUSTRATION] = {
            "score": round(score, 4),
            "level": rules.thresholds.level(score).value,
            "signals": signals if score > 0 else [],
        }
    return parse


def slots_of(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Return the slots that hold something."""
    values = tracker.current_slot_values()
    return {k: v for k, v in values.items() if v is not None and k not in _OWN_SLOTS}


class Stopwatch:
    """Milliseconds by step."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self.timings: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.timings[name] = round(1000 * (now - self._last), 2)
        self._last = now

    def total(self) -> dict[str, float]:
        elapsed = round(1000 * (time.perf_counter() - self._start), 2)
        return {**self.timings, "total": elapsed}
