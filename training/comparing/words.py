"""What a comparison's page says, from what is the case; plain functions, so that tests read the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from training import words
from training.comparing.comparison import Comparison
from training.comparing.deeds import Kind
from training.comparing.noise import LEVEL, chance_of
from training.comparing.verdict import Verdict

REASONS: Mapping[str, str] = {
    "asked": "asked for",
    "asked_other": "somebody else was asked for",
    "frustration": "out of patience",
    "moment_of_truth": "moment of truth",
    "no_answer": "no answer, twice",
    "reserved_topic": "a topic kept for people",
    "bot_failure": "the bot failed",
}
KNOWN: Mapping[str, tuple[str, str]] = {
    "right": ("good", "right now"),
    "wrong": ("warn", "wrong now"),
    "neither": ("warn", "wrong before and after"),
}


@dataclass(frozen=True)
class Line:
    """One of the four answers: better, same, worse, unknown, or little change (no more than noise)."""

    title: str
    tone: str
    sentence: str


def verdict(comparison: Comparison) -> tuple[str, str]:
    """Return a tone (good, plain, warn) and the result in one sentence."""
    match comparison.verdict:
        case Verdict.WORSE:
            return "warn", "Worse: something speaks against this model."
        case Verdict.BETTER:
            return "good", "Better, and nothing speaks against it."
        case Verdict.EQUAL:
            return "plain", "As good as the model in service; nothing speaks against it."
        case Verdict.FIRST:
            return "plain", "No model is in service to compare with."
    return "warn", "Nobody knows: the golden set could not be read by both models."


def golden(section: Mapping[str, Any]) -> str:
    """Return how many golden messages are read rightly, and whether the difference may be chance."""
    if "candidate" not in section:
        return ""
    said = f"{section['candidate']['share']:.1%} of {section['messages']} golden messages are read rightly"
    if section["serving"] is None:
        return f"{said}."
    noise = ""
    if section["serving"]["right"] != section["candidate"]["right"] and section["chance"] >= 0.05:
        noise = "; so small a difference may be chance"
    return f"{said}, {section['serving']['share']:.1%} before{noise}."


def changes(replay: Mapping[str, Any]) -> str:
    """Return what the replay says in one sentence."""
    if "problem" in replay:
        return f"Past chats were not replayed. {replay['problem']}"
    if "skipped" in replay:
        return str(replay["skipped"])
    counts = replay["counts"]
    where = (
        f"in {words.plural(replay['messages'], 'message', 'messages')} "
        f"of {words.plural(replay['conversations'], 'past chat', 'past chats')}"
    )
    if not counts["answers"] and not counts["handoffs"]:
        return f"Nothing would change {where}."
    answers = words.plural(counts["answers"], "answer", "answers")
    handoffs = words.plural(counts["handoffs"], "handoff", "handoffs")
    return f"{answers} and {handoffs} would change {where}."


def known(replay: Mapping[str, Any]) -> str:
    """Return what trainers' labels say of the changes."""
    counts = replay["counts"]
    total = counts["answers"] + counts["handoffs"]
    judged = counts["right"] + counts["wrong"] + counts["neither"]
    if not total:
        return ""
    if not judged:
        return "No trainer has labelled any of these messages yet."
    right, wrong = (words.plural(counts[name], "turns", "turn") for name in ("right", "wrong"))
    others = f"; of {total - judged} nobody has said" if total > judged else ""
    return f"By trainers' labels {right} right and {wrong} wrong{others}."


def left_out(replay: Mapping[str, Any]) -> str:
    """Return what was not replayed, or nothing."""
    notes = []
    if replay.get("left_out"):
        missing = words.plural(replay["left_out"], "message", "messages")
        notes.append(f"Time ran out before {missing}.")
    if not replay.get("searched", True):
        notes.append("The articles could not be searched: only other intents and questions count.")
    return " ".join(notes)


def stories(section: Mapping[str, Any]) -> str:
    """Return how many story tests pass, and what could not be tried."""
    if "problem" in section:
        return f"They were not tried. {section['problem']}"
    if "skipped" in section:
        return str(section["skipped"])
    total, passed = section["stories"], section["passed"]
    before = "" if passed["serving"] is None else f", {passed['serving']} before"
    said = (
        f"{passed['candidate']} of {words.plural(total, 'story passes', 'stories pass')}{before}."
    )
    if section["untried"]:
        said += f" {section['untried']} could not be tried, which says nothing of the model."
    if section["left_out"]:
        said += f" Time ran out before {section['left_out']} more."
    return said


def story(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return a tone and how one story goes now, beside before."""
    match row["before"], row["after"]:
        case _, None:
            return "warn", "not tried"
        case True, False:
            return "warn", "passed before, fails now"
        case False, False:
            return "warn", "fails, as before"
        case None, False:
            return "warn", "fails"
        case False, True:
            return "good", "failed before, passes now"
    return "plain", "passes"


def deed(side: Mapping[str, Any]) -> str:
    """Return what the bot does about a message, as in "shows “Returns”"."""
    what = str(side["what"])
    match Kind(side["kind"]):
        case Kind.ANSWER:
            return f"shows “{what}”"
        case Kind.CHOOSE:
            return f"offers a choice: {what}"
        case Kind.NOTHING:
            return "asks for other words"
        case Kind.SEARCH:
            return "searches the articles"
        case Kind.TASK:
            return f"does the task: {words.intent(what)}"
        case Kind.REPLY:
            return f"replies to: {words.intent(what)}"
        case Kind.PERSON:
            return f"calls a person ({REASONS.get(what, words.intent(what))})"


def label(change: Mapping[str, Any]) -> tuple[str, str]:
    """Return a tone and what a trainer's label says of one change."""
    if change["known"] is None:
        return "plain", "not labelled"
    tone, said = KNOWN[change["known"]]
    return tone, f"{said}: labelled {words.intent(change['label'])}"


def lines(comparison: Comparison) -> list[Line]:
    """Return the four answers before a change goes live."""
    found = comparison.replay.get("criteria") or {}
    return [
        _response_time(comparison.cost, found.get("at_once")),
        _line("Clarity", found.get("clear"), "of {total} questions get a clear answer"),
        _line(
            "Repeats",
            found.get("repeats"),
            "of {total} messages that had to be said again would get another, clear answer",
            nothing="No customer had to say something again.",
        ),
        _line("Scale", found.get("scale"), "of {total} chats need no person"),
    ]


def _response_time(cost: Mapping[str, Any], at_once: Mapping[str, int] | None) -> Line:
    said, tone = [], "unknown"
    serving, candidate = cost.get("serving"), cost.get("candidate")
    if serving and candidate and candidate["p50_ms"] is not None:
        tone = "same"
        slow = ""
        if candidate["p95_ms"] is not None and serving["p95_ms"] is not None:
            slow = (
                f"; the slowest in twenty {candidate['p95_ms']:.1f} ms or more, "
                f"{serving['p95_ms']:.1f} before"
            )
        said.append(
            f"A message is read in {candidate['p50_ms']:.1f} ms, "
            f"{serving['p50_ms']:.1f} before{slow}."
        )
        if (span := cost.get("slower_ms")) is not None:
            # Under a millisecond nobody waits; under noise nobody knows.
            tone = "worse" if span[1] > 1 else "better" if span[2] < -1 else "same"
    if at_once and at_once["total"]:
        said.append(
            f"Answered at once: {_share(at_once, 'after')} of first questions, "
            f"{_share(at_once, 'before')} before."
        )
        if tone in ("same", "unknown"):
            tone = _tone(at_once)
    return Line("Response time", tone, " ".join(said) or "Not known.")


def _line(
    title: str, counts: Mapping[str, int] | None, sentence: str, *, nothing: str = "Not known."
) -> Line:
    if counts is None:
        return Line(title, "unknown", "Not known.")
    if not counts["total"]:
        return Line(title, "same", nothing)
    after, before = counts["after"], counts["before"]
    said = sentence.format(total=f"{counts['total']:,}")
    return Line(
        title,
        _tone(counts),
        f"{after:,} {said} ({_share(counts, 'after')}); {before:,} before.",
    )


def _tone(counts: Mapping[str, int]) -> str:
    won, lost = counts["won"], counts["lost"]
    if won == lost:
        return "same"
    if chance_of(won, lost) >= LEVEL:
        return "little change"
    return "better" if won > lost else "worse"


def _share(counts: Mapping[str, int], name: str) -> str:
    return f"{counts[name] / counts['total']:.1%}"


def score(three: list[float | None] | None) -> str:
    """Return precision, recall and F1 as in "80 / 75 / 77"."""
    if three is None:
        return "–"
    return " / ".join("–" if one is None else f"{100 * one:.0f}" for one in three)


def points(row: Mapping[str, Any]) -> str:
    """Return the change of F1 with its interval, as in "+4 (−1 to +9)"."""
    if row["before"] is None or row["after"] is None:
        return "–"
    change = 100 * (row["after"] - row["before"])
    if not row["won"] and not row["lost"]:
        return "0"
    return f"{change:+.0f} ({100 * row['low']:+.0f} to {100 * row['high']:+.0f})"


def mark(row: Mapping[str, Any]) -> str:
    """Return what stands in the last column: more than noise, or not."""
    return {"better": "better", "worse": "worse"}.get(row["marked"] or "", "")
