"""What earlier messages of this episode left behind, read from Rasa's tracker."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.components.shared import FRUSTRATION, MEANT
from encoder import Encoder
from understanding.frustration import DENY, PLEASED, Arithmetic, Memory

#: Earlier messages that a repetition is looked for in, and denials counted in.
WINDOW = 6


def user_events(tracker: DialogueStateTracker) -> list[UserUttered]:
    """Return the customer's messages in this episode, the oldest first."""
    return [event for event in tracker.applied_events() if isinstance(event, UserUttered)]


def recall(tracker: DialogueStateTracker, encoder: Encoder, rules: Arithmetic) -> Memory:
    """Return the memory with which the next message is weighed.

    Vectors are not stored: the encoder remembers recent texts, and encoding one takes 2 ms.
    """
    events = user_events(tracker)
    recent = events[-WINDOW:]
    texts = [
        str(event.parse_data.get(MEANT) or event.text)
        for event in recent
        if event.text and not event.text.startswith("/")
    ]
    return Memory(
        score=remaining_score(events, rules),
        vectors=[encoder.encode(text) for text in texts],
        denials=sum(event.intent_name == DENY for event in recent),
    )


def remaining_score(events: list[UserUttered], rules: Arithmetic) -> float:
    """Return the score after the last of these messages.

    A pressed button is no message and has no score of its own: it lets the earlier one fade.
    """
    score = 0.0
    for event in events:
        stored: dict[str, Any] = event.parse_data.get(FRUSTRATION) or {}
        if "score" in stored:
            score = float(stored["score"])
        else:
            score *= rules.carry_pleased if event.intent_name in PLEASED else rules.carry_calm
    return score
