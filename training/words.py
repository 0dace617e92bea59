"""What the trainer page says, from what is the case; plain functions, so that tests read the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.compare import Verdict
from training.inbox import Filter, Page, Show
from training.reasons import Reason

REASONS: Mapping[Reason, str] = {
    Reason.AGENT_SAID: "An agent corrected it",
    Reason.SAID_NO: "Said no afterwards",
    Reason.LOW_CONFIDENCE: "Low confidence",
    Reason.CLOSE_RUNNER_UP: "Close runner-up",
    Reason.BOT_FAILED: "Bot failed",
    Reason.OUT_OF_SCOPE: "Out of scope",
    Reason.FRUSTRATION: "Frustration",
}
EXPLAINED: Mapping[Reason, str] = {
    Reason.AGENT_SAID: "The agent who took over said what it was really about.",
    Reason.SAID_NO: "The customer's next message was a no.",
    Reason.LOW_CONFIDENCE: "The model gave its best guess less than an even chance.",
    Reason.CLOSE_RUNNER_UP: "A second intent explains the message almost as well.",
    Reason.BOT_FAILED: "The bot failed to answer this message.",
    Reason.OUT_OF_SCOPE: "The model took it for something that a shop can't help with.",
    Reason.FRUSTRATION: "The customer sounded annoyed.",
}
SHOWN: Mapping[Show, str] = {
    Show.OPEN: "To do",
    Show.LABELLED: "Labelled",
    Show.IGNORED: "Ignored",
}


def intent(name: str | None) -> str:
    """Return an intent as people read it: `order_status` is "order status"."""
    return name.replace("_", " ") if name else "nothing"


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def plural(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def duration(seconds: float) -> str:
    """Return 42 s, or 1 min 05 s."""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


def nothing_to_show(page: Page, wanted: Filter) -> tuple[str, str]:
    """Return a heading and what to do next for an empty inbox."""
    if page.all_time == 0:
        return (
            "No messages yet",
            "What customers write in the chat appears here. Open the demo page and ask a question to see one.",
        )
    if wanted.search or wanted.intent or wanted.reason:
        return "Nothing matches these filters", "Clear a filter to see more messages."
    if wanted.show is Show.LABELLED:
        return "Nothing is labelled yet", "Choose the right intent for a message under “To do”."
    if wanted.show is Show.IGNORED:
        return "Nothing is ignored", "Messages that teach nothing can be ignored under “To do”."
    if wanted.doubtful:
        return (
            "Nothing is in doubt",
            "Every message that had a reason to be looked at is dealt with. "
            "Train now, or switch off “Only doubtful” to see the rest.",
        )
    return "All done", "Every message is dealt with. Train now to put the labels to use."


def waiting(labels: int) -> str:
    if labels == 0:
        return "No new labels since the last training."
    return f"{plural(labels, 'label is', 'labels are')} not trained yet."


def verdict(figures: Mapping[str, Any]) -> tuple[str, str]:
    """Return a tone (good, plain, warn) and the result of a comparison in one sentence."""
    if "verdict" not in figures:
        problem = figures.get("problem", "The models were not compared.")
        return "warn", f"Not compared: {problem}"
    kind = Verdict(figures["verdict"])
    if kind is Verdict.FIRST:
        return "plain", "No model is in service to compare with."
    points = abs(float(figures["points"]))
    noise = "" if float(figures["chance"]) < 0.05 else " A difference this small may be chance."
    match kind:
        case Verdict.WORSE:
            return "warn", f"The new model is {points:.1f} points worse.{noise}"
        case Verdict.BETTER:
            return "good", f"The new model is {points:.1f} points better.{noise}"
    if points == 0:
        return "plain", "The new model is exactly as good."
    return "plain", f"The new model is about as good ({points:.1f} points lower).{noise}"
