"""The sections of a comparison, each from its own evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from training.comparing import measures
from training.comparing.asking import Both, Pair, Request, intent_of
from training.comparing.golden import Golden
from training.comparing.measures import Read
from training.comparing.noise import chance
from training.comparing.score import compare


async def read_golden(both: Both, tests: Golden) -> list[Pair]:
    """Have both models read the golden set.

    Raises:
        ProgramFailed: a model ended or took too long.
    """
    return [await both.read(Request(message.text)) for message in tests.messages]


def golden(tests: Golden, pairs: Sequence[Pair], *, compared: bool) -> dict[str, Any]:
    """Return the golden set's figures, see `score.compare`."""
    old = [intent_of(pair.before) for pair in pairs] if compared else None
    return compare(tests, old, [intent_of(pair.after) for pair in pairs])


def golden_reads(tests: Golden, pairs: Sequence[Pair]) -> list[Read]:
    return [
        Read(message.intent, intent_of(pair.before), intent_of(pair.after))
        for message, pair in zip(tests.messages, pairs, strict=True)
    ]


def crossval_reads(record: dict[str, Any]) -> list[Read]:
    """Return the examples that both models' data have; without a serving model, all."""
    names, before = record["names"], record["before"]
    return [
        Read(names[truth], None if before is None else names[before[place]], names[after])
        for place, (truth, after, common) in enumerate(
            zip(record["truth"], record["after"], record["common"], strict=True)
        )
        if common
    ]


def crossval(record: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of what `crossval.as_record` gave::

    {"examples", "serving": {"right", "share"} | None, "candidate": {"right", "share"},
     "points": float | None, "chance": float | None,                  on the examples that both have
     "fresh": {"messages", "before", "after"} | None}                 new examples, right answers on them
    """
    truth, before, after = record["truth"], record["before"], record["after"]
    common = [place for place, one in enumerate(record["common"]) if one]
    fresh = [place for place, one in enumerate(record["common"]) if not one]
    new = [after[place] == truth[place] for place in common]
    old = None if before is None else [before[place] == truth[place] for place in common]
    return {
        "examples": len(common),
        "serving": None if old is None else _share(old),
        "candidate": _share(new),
        "points": None if old is None else round(100 * (sum(new) - sum(old)) / max(1, len(new)), 2),
        "chance": None if old is None else round(chance(old, new), 4),
        "fresh": None
        if before is None
        else {
            "messages": len(fresh),
            "before": sum(before[place] == truth[place] for place in fresh),
            "after": sum(after[place] == truth[place] for place in fresh),
        },
    }


def tables(
    golden_set: Sequence[Read], examples: Sequence[Read], *, compared: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the figures per intent, and the confusions."""
    return (
        measures.by_intent(golden_set, examples, compared=compared),
        measures.confusions(golden_set, examples, compared=compared),
    )


def _share(right: Sequence[bool]) -> dict[str, Any]:
    return {"right": sum(right), "share": round(sum(right) / max(1, len(right)), 4)}
