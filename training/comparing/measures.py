"""Precision, recall and F1 of each intent for both models, and what they take for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.comparing import noise

CONFUSIONS = 200


@dataclass(frozen=True)
class Read:
    """One message with its right intent, and what each model took it for."""

    truth: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Score:
    """Shares from 0 to 1; None where there is nothing to divide by."""

    precision: float | None
    recall: float | None
    f1: float | None

    @classmethod
    def of(cls, intent: str, pairs: Sequence[tuple[str, str | None]]) -> Score:
        """Judge answers, given as (right intent, answer)."""
        right = sum(truth == said == intent for truth, said in pairs)
        real = sum(truth == intent for truth, _ in pairs)
        given = sum(said == intent for _, said in pairs)
        return cls(
            right / given if given else None,
            right / real if real else None,
            2 * right / (real + given) if real + given else None,
        )

    def as_list(self) -> list[float | None]:
        return [
            None if one is None else round(one, 4) for one in (self.precision, self.recall, self.f1)
        ]


def by_intent(
    golden: Sequence[Read], crossval: Sequence[Read], *, compared: bool
) -> dict[str, Any]:
    """Return a row for each intent, the largest loss first, ready to store as JSON::

        {"tests": str, "rows": [{"intent", "before": float | None, "after": float | None,     F1 of both sets
           "won": int, "lost": int, "chance": float, "low": float, "high": float,    points of F1, 0 to 1
           "marked": "better" | "worse" | None,
           "golden" | "crossval": {"messages", "before": [p, r, f1] | None, "after": [p, r, f1]}}]}

    `compared` says whether there is a serving model at all.
    """
    every = [*golden, *crossval]
    names = sorted({read.truth for read in every})
    flips = {name: _flips(name, every) for name in names} if compared else {}
    changed = noise.marked({name: pair for name, pair in flips.items() if sum(pair)})
    spans = _spans(names, every) if any(sum(pair) for pair in flips.values()) else {}
    rows = []
    for name in names:
        before = _f1(name, every, old=True) if compared else None
        after = _f1(name, every, old=False)
        won, lost = flips.get(name, (0, 0))
        low, high = spans.get(name, (0.0, 0.0))
        rows.append(
            {
                "intent": name,
                "before": before,
                "after": after,
                "won": won,
                "lost": lost,
                "chance": round(noise.chance_of(won, lost), 4),
                "low": round(low, 4),
                "high": round(high, 4),
                "marked": _mark(name in changed, won, lost),
                "golden": _part(name, golden, compared=compared),
                "crossval": _part(name, crossval, compared=compared),
            }
        )
    rows.sort(key=lambda row: (row["marked"] is None, _gain(row), row["intent"]))
    return {
        "tests": "exact McNemar test per intent, Holm's correction at 5 %, 95 % intervals from "
        f"{noise.RESAMPLES} resamples (seed {noise.SEED})",
        "rows": rows,
    }


def confusions(
    golden: Sequence[Read], crossval: Sequence[Read], *, compared: bool
) -> dict[str, Any]:
    """Return ``{"pairs": [[right, taken for, times before | None, times after]], "messages": int}``."""
    every = [*golden, *crossval]
    old = Counter((read.truth, read.before) for read in every if read.before != read.truth)
    new = Counter((read.truth, read.after) for read in every if read.after != read.truth)
    pairs = sorted(
        {*new, *(old if compared else ())},
        key=lambda pair: (-max(new[pair], old[pair] if compared else 0), str(pair)),
    )
    return {
        "messages": len(every),
        "pairs": [
            [right, said, old[right, said] if compared else None, new[right, said]]
            for right, said in pairs[:CONFUSIONS]
        ],
    }


def _flips(name: str, reads: Sequence[Read]) -> tuple[int, int]:
    """Return how many messages only the new, and only the old model tells rightly to be this intent or not."""
    won = lost = 0
    for read in reads:
        is_it = read.truth == name
        before, after = (read.before == name) == is_it, (read.after == name) == is_it
        won += after and not before
        lost += before and not after
    return won, lost


def _spans(names: Sequence[str], reads: Sequence[Read]) -> dict[str, tuple[float, float]]:
    places = {name: place for place, name in enumerate(names)}

    def of(said: Sequence[str | None]) -> Any:
        return np.array([places.get(one or "", len(names)) for one in said], dtype=np.int64)

    found = noise.intervals(
        of([read.truth for read in reads]),
        of([read.before for read in reads]),
        of([read.after for read in reads]),
        len(names),
    )
    return {name: (float(low), float(high)) for name, (low, high) in zip(names, found, strict=True)}


def _f1(name: str, reads: Sequence[Read], *, old: bool) -> float | None:
    pairs = [(read.truth, read.before if old else read.after) for read in reads]
    found = Score.of(name, pairs).f1
    return None if found is None else round(found, 4)


def _part(name: str, reads: Sequence[Read], *, compared: bool) -> dict[str, Any]:
    old = [(read.truth, read.before) for read in reads]
    new = [(read.truth, read.after) for read in reads]
    return {
        "messages": sum(read.truth == name for read in reads),
        "before": Score.of(name, old).as_list() if compared else None,
        "after": Score.of(name, new).as_list(),
    }


def _mark(changed: bool, won: int, lost: int) -> str | None:
    if not changed:
        return None
    return "better" if won > lost else "worse"


def _gain(row: dict[str, Any]) -> float:
    before, after = row["before"], row["after"]
    return 0.0 if before is None or after is None else float(after - before)
