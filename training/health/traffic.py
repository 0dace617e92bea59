"""What can be found by holding the training data against what customers wrote."""

from __future__ import annotations

from collections import Counter

import numpy as np

from training.health.findings import Finding, Kind, Line
from training.health.sets import BY_NATURE, Examples, Messages, nearest
from training.health.shares import Share

#: Fewer examples than this teach a classifier little, whatever the traffic (docs/benchmarks/nlu.md).
FEW = 10
#: So many messages before anything is said about how often an intent is used.
ENOUGH = 300
#: An intent is short of examples when its share of the messages is surely so many times its share of the
#: examples; and has too many the other way round, from MANY on and from so many times the usual number.
TIMES, MANY, MORE = 3.0, 40, 2.0
BUSY = 30
LISTED = 30


def numbers(examples: Examples, messages: Messages) -> list[Finding]:
    """Return intents with too few or too many examples, and those that nobody uses."""
    used = Counter(messages.intents)
    total = len(messages.texts)
    found = []
    usual = float(np.median(list(Counter(examples.intents).values()))) if examples.texts else 0.0
    for intent, count in sorted(Counter(examples.intents).items()):
        share = Share(used[intent], total)
        figures = {
            "examples": count,
            "of_examples": count / len(examples.texts),
            "messages": used[intent],
            "of_messages": share.value,
            "low": share.low,
            "high": share.high,
            "total": total,
        }
        kind, weight = _judge(intent, count, count / len(examples.texts), share, usual)
        if kind is not None:
            found.append(Finding(kind, (intent,), (intent,), weight, figures))
    return sorted(found, key=lambda one: -one.weight)


def _judge(
    intent: str, count: int, of_examples: float, share: Share, usual: float
) -> tuple[Kind | None, float]:
    if count < FEW:
        return Kind.FEW, 1000.0 - count + share.value
    if share.total < ENOUGH or intent in BY_NATURE:
        return None, 0.0
    if share.count == 0:
        return Kind.UNUSED, float(count)
    if share.count >= BUSY and share.low > TIMES * of_examples:
        return Kind.FEW, share.value / of_examples
    if count >= max(MANY, MORE * usual) and of_examples > TIMES * share.high:
        return Kind.MANY, of_examples / share.value
    return None, 0.0


def unlike(examples: Examples, messages: Messages, limit: float) -> list[Finding]:
    """Return examples that no message comes as near as `limit`, of intents that customers do use."""
    if len(messages.texts) < ENOUGH:
        return []
    used = {intent for intent in messages.intents if intent is not None} - BY_NATURE
    cosines, which = nearest(examples.vectors, messages.vectors)
    found = [
        Finding(
            Kind.UNLIKE,
            about=(examples.intents[at], examples.texts[at]),
            intents=(examples.intents[at],),
            weight=1.0 - float(cosines[at]),
            figures={
                "alike": max(0.0, float(cosines[at])),
                "far": limit,
                "total": len(messages.texts),
            },
            lines=(
                (
                    Line(examples.intents[at], examples.texts[at]),
                    Line(
                        messages.intents[which[at]] or "", messages.texts[which[at]], message=True
                    ),
                ),
            ),
        )
        for at in np.flatnonzero(cosines < limit)
        if examples.intents[at] in used
    ]
    return sorted(found, key=lambda one: -one.weight)[:LISTED]
