"""The golden set read by both models: right answers, counted.

Training data can't answer that: a model knows its own examples by heart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from training.comparing.golden import Golden
from training.comparing.noise import chance
from training.comparing.verdict import of_points
from understanding.moments import KINDS

LISTED = 100


def compare(
    golden: Golden, serving: Sequence[str | None] | None, candidate: Sequence[str | None]
) -> dict[str, Any]:
    """Return the figures of a comparison, ready to store as JSON.

    `serving` and `candidate` are the intents each model gave the golden messages, in their order::

        {"messages": int, "left_out": int, "verdict": Verdict, "points": float | None, "chance": float | None,
         "serving": {"right", "share"} | None, "candidate": {"right", "share"},
         "moments": {"messages", "serving", "candidate"}                  moments of truth that were found
         "intents": [{"intent", "messages", "serving", "candidate"}]      right answers per intent
         "changed": [{"text", "expected", "serving", "candidate"}]}       what the models answer differently
    """
    total = len(golden.messages)
    if total == 0 or len(candidate) != total or (serving is not None and len(serving) != total):
        raise ValueError("every golden message needs one answer of each model")
    expected = [message.intent for message in golden.messages]
    new = [answer == right for answer, right in zip(candidate, expected, strict=True)]
    old = None
    if serving is not None:
        old = [answer == right for answer, right in zip(serving, expected, strict=True)]
    points = None if old is None else 100.0 * (sum(new) - sum(old)) / total
    return {
        "messages": total,
        "left_out": golden.left_out,
        "verdict": of_points(points).value,
        "points": None if points is None else round(points, 2),
        "chance": None if old is None else round(chance(old, new), 4),
        "serving": None if old is None else _share(old),
        "candidate": _share(new),
        "moments": moments(expected, old or new, new),
        "intents": _by_intent(expected, old, new),
        "changed": _changed(golden, serving, candidate)[:LISTED],
    }


def moments(
    expected: Sequence[str | None], old: Sequence[bool], new: Sequence[bool]
) -> dict[str, int]:
    """Return how many moments of truth there are, and how many each model finds."""
    places = [place for place, intent in enumerate(expected) if intent in KINDS]
    return {
        "messages": len(places),
        "serving": sum(old[place] for place in places),
        "candidate": sum(new[place] for place in places),
    }


def _share(right: Sequence[bool]) -> dict[str, Any]:
    return {"right": sum(right), "share": round(sum(right) / len(right), 4)}


def _by_intent(
    expected: Sequence[str], old: Sequence[bool] | None, new: Sequence[bool]
) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for number, intent in enumerate(expected):
        row = rows.setdefault(
            intent,
            {
                "intent": intent,
                "messages": 0,
                "serving": None if old is None else 0,
                "candidate": 0,
            },
        )
        row["messages"] += 1
        row["candidate"] += new[number]
        if old is not None:
            row["serving"] += old[number]
    return sorted(rows.values(), key=lambda row: str(row["intent"]))


def _changed(
    golden: Golden, serving: Sequence[str | None] | None, candidate: Sequence[str | None]
) -> list[dict[str, Any]]:
    if serving is None:
        return []
    return [
        {"text": message.text, "expected": message.intent, "serving": before, "candidate": after}
        for message, before, after in zip(golden.messages, serving, candidate, strict=True)
        if before != after
    ]
