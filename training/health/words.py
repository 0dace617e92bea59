"""What the health page says; plain functions, so that tests read the sentences."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from training.health.drift import BEFORE
from training.health.drift import ENOUGH as WEEKLY
from training.health.findings import Finding, Kind
from training.health.golden import LEAST
from training.health.traffic import ENOUGH

if TYPE_CHECKING:
    from training.health.report import Report

QUEUE = "/staff/training"
COUNTED = ("none", "one", "two", "three", "four")

HEADINGS = {
    Kind.CONFUSED: "Intents that are confused",
    Kind.DOUBLE: "The same example under two intents",
    Kind.FEW: "Too few examples",
    Kind.MANY: "Too many examples",
    Kind.UNLIKE: "Examples that no customer resembles",
    Kind.UNUSED: "Intents that nobody uses",
    Kind.DRIFT: "Messages that are new to the assistant",
    Kind.MOVED: "Intents that are asked more or less",
    Kind.GOLDEN: "Too few golden messages",
}
EXPLAINED = {
    Kind.CONFUSED: "Models that had not seen these examples took one intent for the other. "
    "Take an example out, or say the difference with more of them.",
    Kind.DOUBLE: "The assistant can’t learn from two intents that claim the same words. "
    "Take one of the two out.",
    Kind.FEW: "Label some of its messages in the queue.",
    Kind.MANY: "They outweigh what customers ask. Take out those that add nothing.",
    Kind.UNLIKE: "No message of the last 90 days comes near. Take the example out, "
    "or keep it if it must be understood when it does come.",
    Kind.UNUSED: "No message of the last 90 days was read as one of these.",
    Kind.DRIFT: "What customers write moves away from the examples. Label the strange ones.",
    Kind.MOVED: "More than chance would do. See what is behind it.",
    Kind.GOLDEN: "Models are compared on messages that none was trained on. Without some of its own an intent "
    "is not judged. Write how customers would say it, in words that are no examples.",
}
CALM = {
    Kind.CONFUSED: "No two intents are confused often.",
    Kind.DOUBLE: "No example stands under two intents.",
    Kind.FEW: "Every intent has enough examples.",
    Kind.MANY: "No intent has far more examples than messages.",
    Kind.UNLIKE: "Every example resembles something that customers wrote.",
    Kind.UNUSED: "Every intent is used.",
    Kind.DRIFT: "This week’s messages are like the weeks’ before.",
    Kind.MOVED: "No intent is asked more or less than usual.",
    Kind.GOLDEN: "Every intent has golden messages to judge models by.",
}


def intent(name: str) -> str:
    return name.replace("_", " ") if name else "nothing"


def plural(count: float, one: str, many: str) -> str:
    return f"{count:,.0f} {one if count == 1 else many}"


def percent(share: float) -> str:
    return f"{100 * share:.1f} %" if 0 < share < 0.1 else f"{100 * share:.0f} %"


def title(finding: Finding) -> str:
    """Return what was found, in one sentence."""
    f, names = finding.figures, [f"“{intent(name)}”" for name in finding.intents]
    match finding.kind:
        case Kind.CONFUSED:
            times = plural(f["times"], "example", "examples")
            return f"{names[0]} and {names[1]}: {times} of {f['of']:,.0f} taken for the other."
        case Kind.DOUBLE:
            same = "Word for word" if f["exact"] else f"{f['alike']:.0%} alike"
            return f"{same} under {names[0]} and {names[1]}."
        case Kind.FEW:
            return f"{names[0]}: {_examples(f)}{_used(f)}."
        case Kind.MANY:
            return f"{names[0]}: {_examples(f)}{_used(f)}."
        case Kind.UNLIKE:
            return f"{names[0]}: the nearest message is {f['alike']:.0%} alike."
        case Kind.UNUSED:
            kept = plural(f["examples"], "example", "examples")
            return f"{names[0]}: {kept}, and none of {f['total']:,.0f} messages."
        case Kind.DRIFT:
            return _drift(f)
        case Kind.MOVED:
            return (
                f"{names[0]}: {percent(f['share'])} of this week’s {f['total']:,.0f} messages, "
                f"{percent(f['before'])} in the four weeks before."
            )
        case Kind.GOLDEN:
            if not f["golden"]:
                return f"{names[0]}: no golden messages yet, add {COUNTED[LEAST]}."
            more = COUNTED[LEAST - int(f["golden"])]
            kept = plural(f["golden"], "golden message", "golden messages")
            return f"{names[0]}: {kept}, add {more} more."


def _examples(f: Mapping[str, float]) -> str:
    return f"{plural(f['examples'], 'example', 'examples')} ({percent(f['of_examples'])} of all)"


def _used(f: Mapping[str, float]) -> str:
    if not f["total"]:
        return ""
    return f" for {plural(f['messages'], 'message', 'messages')} ({percent(f['of_messages'])})"


def _drift(f: Mapping[str, float]) -> str:
    share = f"{percent(f['share'])} ({percent(f['low'])} to {percent(f['high'])})"
    week = f"{share} of this week’s {f['total']:,.0f} messages are unlike every example"
    if f["rises"]:
        return f"{week}; in the four weeks before it was {percent(f['before'])}."
    return f"{week}; 5 % would be usual."


def where(finding: Finding) -> list[tuple[str, str]]:
    """Return labels and addresses of the places where it is mended; none: right here."""
    match finding.kind:
        case Kind.FEW | Kind.MOVED | Kind.CONFUSED:
            return [
                (f"Open {intent(name)} in the queue", _queue(intent=name))
                for name in finding.intents
            ]
        case Kind.DRIFT:
            return [("Open the newest in the queue", _queue(order="newest"))]
        case _:
            return []


def _queue(**chosen: str) -> str:
    return f"{QUEUE}?{urlencode(chosen)}"


def measured(drift: Mapping[str, Any]) -> str:
    """Return the last week's drift in one sentence, with its interval."""
    weeks = drift.get("weeks") or []
    if not weeks or not weeks[-1]["messages"]:
        return "Nobody wrote this week."
    week = weeks[-1]
    messages = plural(week["messages"], "message", "messages")
    return (
        f"{percent(week['share'])} of this week’s {messages} are unlike every example "
        f"(between {percent(week['low'])} and {percent(week['high'])}). "
        "5 % is what customers who wrote just like the examples would give."
    )


def calm(found: Collection[Kind], report: Report) -> list[str]:
    """Return what is well, as far as there was enough to tell it by."""
    weeks = report.drift.get("weeks") or []
    told = {Kind.CONFUSED, Kind.DOUBLE, Kind.FEW, Kind.GOLDEN} if report.examples else set()
    if report.messages >= ENOUGH:
        told |= {Kind.MANY, Kind.UNLIKE, Kind.UNUSED}
    before = sum(week["messages"] for week in weeks[-1 - BEFORE : -1])
    if weeks and weeks[-1]["messages"] >= WEEKLY and before >= WEEKLY:
        told |= {Kind.DRIFT, Kind.MOVED}
    return [CALM[kind] for kind in Kind if kind in told and kind not in found]


def stamp(at: datetime, seconds: float, changed: bool = False) -> str:
    since = " The training files have changed since: look again." if changed else ""
    return f"Looked at on {at:%d %b, %H:%M} UTC, in {seconds:.1f} s.{since}"


def nothing(examples: int, messages: int) -> tuple[str, str]:
    """Return a heading and what to do next, when nothing was found."""
    if not examples:
        return "No examples yet", "Label some messages in the queue: each becomes an example."
    if messages < ENOUGH:
        return (
            "Nothing to mend",
            f"With {ENOUGH} messages or more, examples are also held against what customers write.",
        )
    return "Nothing to mend", "Look again after the next labels, or in a week."
