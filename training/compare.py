"""Is the candidate better than the model that serves? Both read the golden set; intents are counted.

Training data can't answer that: a model knows its own examples by heart.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from math import comb
from typing import Any

from training.golden import Golden

TOLERANCE = 1.0
"""Percentage points that a candidate may lose and still count as equal."""
LISTED = 100


class Verdict(enum.StrEnum):
    BETTER = "better"
    EQUAL = "equal"
    WORSE = "worse"
    FIRST = "first"
    """No model serves yet."""


def compare(
    golden: Golden, serving: Sequence[str | None] | None, candidate: Sequence[str | None]
) -> dict[str, Any]:
    """Return the figures of a comparison, ready to store as JSON.

    `serving` and `candidate` are the intents each model gave the golden messages, in their order::

        {"messages": int, "left_out": int, "verdict": Verdict, "points": float | None, "chance": float | None,
         "serving": {"right", "share"} | None, "candidate": {"right", "share"},
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
        "verdict": _verdict(points).value,
        "points": None if points is None else round(points, 2),
        "chance": None if old is None else round(chance(old, new), 4),
        "serving": None if old is None else _share(old),
        "candidate": _share(new),
        "intents": _by_intent(expected, old, new),
        "changed": _changed(golden, serving, candidate)[:LISTED],
    }


def may_promote_itself(figures: Mapping[str, Any]) -> bool:
    """Whether nothing speaks against a candidate: compared, and not worse."""
    return figures.get("verdict") in (Verdict.BETTER, Verdict.EQUAL, Verdict.FIRST)


def chance(old: Sequence[bool], new: Sequence[bool]) -> float:
    """Return how likely so uneven a split of the changed answers is between equally good models.

    The exact McNemar test: of the messages that only one model gets right, each is a fair coin.
    """
    won = sum(after and not before for before, after in zip(old, new, strict=True))
    lost = sum(before and not after for before, after in zip(old, new, strict=True))
    flips = won + lost
    tail = sum(comb(flips, k) for k in range(min(won, lost) + 1)) / float(2**flips)
    return min(1.0, 2.0 * tail)


def _verdict(points: float | None) -> Verdict:
    if points is None:
        return Verdict.FIRST
    if points < -TOLERANCE:
        return Verdict.WORSE
    return Verdict.BETTER if points > 0 else Verdict.EQUAL


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
