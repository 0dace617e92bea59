"""Scores of a whole episode worked out again, as `bot.components.frustration_detector` gives them.

Pure and on both Pythons: tests/bot/test_mood_rescoring.py holds it against the component itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from understanding.frustration import (
    DENY,
    PLEASED,
    Arithmetic,
    Frustration,
    Memory,
    Turn,
    assess,
)
from understanding.mood import MoodModel

#: As bot/components/memory.py: earlier messages that a repetition is looked for in, and denials counted in.
WINDOW = 6

Encode = Callable[[str], NDArray[np.float32]]


@dataclass(frozen=True)
class Heard:
    """One message with what the present model makes of its words alone."""

    text: str
    intent: str | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict)
    meant: str = ""
    """The words as they were meant, where that differs."""
    pressed: bool = False
    bot_failures: int = 0
    waiting_seconds: float = 0.0

    @property
    def words(self) -> str:
        return self.meant or self.text


def score_episode(
    heard: Sequence[Heard],
    encode: Encode,
    mood: MoodModel | None,
    rules: Arithmetic | None = None,
) -> list[Frustration | None]:
    """Return what each message comes to on top of those before it; None for a pressed button."""
    rules = rules or Arithmetic()
    scored: list[Frustration | None] = []
    left = 0.0
    for place, one in enumerate(heard):
        if one.pressed:
            left *= rules.carry_pleased if one.intent in PLEASED else rules.carry_calm
            scored.append(None)
            continue
        recent = heard[max(0, place - WINDOW) : place]
        vector = encode(one.words)
        turn = Turn(
            text=one.text,
            probabilities=one.probabilities,
            intent=one.intent,
            vector=vector,
            bot_failures=one.bot_failures,
            waiting_seconds=one.waiting_seconds,
            mood=mood.upset(one.text, vector) if mood is not None else None,
        )
        memory = Memory(
            score=left,
            vectors=[encode(earlier.words) for earlier in recent if not earlier.pressed],
            denials=sum(earlier.intent == DENY for earlier in recent),
        )
        found = assess(turn, memory, rules)
        left = round(found.score, 4)
        scored.append(found)
    return scored
