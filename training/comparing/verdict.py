"""Better, equal or worse: the rules, and the words that say which of them speaks against a candidate.

A candidate is worse when one of these holds:

- on the golden set it has over `TOLERANCE` points fewer right answers;
- an intent's F1 (golden set and cross-validation together) falls by over `DROP` points, more than chance
  explains (`noise.marked`);
- it misses a moment of truth of the golden set, or one that a trainer labelled, more than the serving model;
- a story test that passes with the serving model fails with it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import Any

from training.comparing.stories import lost

#: Percentage points that a candidate may lose on the golden set and still count as equal.
TOLERANCE = 1.0
#: Points of F1 that one intent may lose.
DROP = 10.0
#: So many lost story tests are named; the page lists all.
STORIES = 5


class Verdict(enum.StrEnum):
    BETTER = "better"
    EQUAL = "equal"
    WORSE = "worse"
    FIRST = "first"
    """No model serves yet."""
    UNKNOWN = "unknown"
    """The golden set could not be read by both."""


def of_points(points: float | None) -> Verdict:
    """Return what the golden set says; `points` is None where no model serves."""
    if points is None:
        return Verdict.FIRST
    if points < -TOLERANCE:
        return Verdict.WORSE
    return Verdict.BETTER if points > 0 else Verdict.EQUAL


def judge(
    golden: Mapping[str, Any],
    intents: Mapping[str, Any],
    replay: Mapping[str, Any],
    stories: Mapping[str, Any],
) -> tuple[Verdict, list[str]]:
    """Return the verdict, and in words what speaks against the candidate; sections may have failed."""
    if "candidate" not in golden:
        return Verdict.UNKNOWN, [str(golden.get("problem") or "The models were not compared.")]
    found = of_points(golden["points"])
    if found is Verdict.FIRST:
        return found, []
    against = []
    if found is Verdict.WORSE:
        against.append(
            f"Golden set: {abs(golden['points']):.1f} points fewer right answers "
            f"({TOLERANCE:.0f} is tolerated)."
        )
    against += [
        f"{_named(row['intent'])}: F1 falls from {row['before']:.0%} to {row['after']:.0%}, "
        "more than chance explains."
        for row in intents.get("rows", ())
        if row["marked"] == "worse" and 100 * (row["before"] - row["after"]) > DROP
    ]
    for where, moments in (
        ("of the golden set", golden.get("moments")),
        ("labelled in past chats", replay.get("moments")),
    ):
        if moments and moments["serving"] > moments["candidate"]:
            against.append(
                f"Moments of truth {where}: {moments['candidate']} of {moments['messages']} found, "
                f"{moments['serving']} before."
            )
    against += _stories(lost(stories))
    return (Verdict.WORSE if against else found), against


def may_promote_itself(figures: Mapping[str, Any]) -> bool:
    """Whether nothing speaks against a candidate: compared, and not worse."""
    return figures.get("verdict") in (Verdict.BETTER, Verdict.EQUAL, Verdict.FIRST)


def _stories(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    said = [
        f"Story test “{row['title']}” passed before and fails now: {'; '.join(row['failures'][:1])}."
        for row in rows[:STORIES]
    ]
    if len(rows) > STORIES:
        said.append(f"So do {len(rows) - STORIES} more story tests.")
    return said


def _named(intent: str) -> str:
    return intent.replace("_", " ").capitalize()
