"""What the trainer's pages say, from what is the case; plain functions, so that tests read the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.comparing.verdict import Verdict, of_points
from training.review.items import Order, Show
from training.review.reasons import After, Reason

#: Messages that a trainer labels in a few minutes a day.
GOAL = 20

REASONS: Mapping[Reason, str] = {
    Reason.AGENT_SAID: "An agent corrected it",
    Reason.SAID_NO: "Said no afterwards",
    Reason.THUMBS_DOWN: "Thumbs down",
    Reason.REPHRASED: "Asked again",
    Reason.ASKED_PERSON: "Asked for a person",
    Reason.HANDED_OFF: "Handed off",
    Reason.MODELS_DISAGREE: "Models disagree",
    Reason.SEARCH_DISAGREES: "Search disagrees",
    Reason.LOW_CONFIDENCE: "Low confidence",
    Reason.CLOSE_RUNNER_UP: "Close runner-up",
    Reason.OUT_OF_SCOPE: "Out of scope",
    Reason.BOT_FAILED: "Bot failed",
    Reason.FRUSTRATION: "Frustration",
}
EXPLAINED: Mapping[Reason, str] = {
    Reason.AGENT_SAID: "The agent who took over said what it was really about.",
    Reason.SAID_NO: "The customer's next message was a no.",
    Reason.THUMBS_DOWN: "The customer marked the answer as no help, or rated the chat low.",
    Reason.REPHRASED: "The customer asked the same again in other words.",
    Reason.ASKED_PERSON: "The customer asked for a person right afterwards.",
    Reason.HANDED_OFF: "The assistant gave up and called a person.",
    Reason.MODELS_DISAGREE: "A model that reads along, or the examples nearest to it, speak for another intent.",
    Reason.SEARCH_DISAGREES: "The search found an article that belongs to another intent.",
    Reason.LOW_CONFIDENCE: "The model gave its best guess less than an even chance.",
    Reason.CLOSE_RUNNER_UP: "A second intent explains the message almost as well.",
    Reason.OUT_OF_SCOPE: "The model took it for something that a shop can't help with.",
    Reason.BOT_FAILED: "The bot failed to answer this message.",
    Reason.FRUSTRATION: "The customer sounded annoyed.",
}
AFTER: Mapping[After, str] = {
    After.THUMBS_DOWN: "The answer was marked as no help.",
    After.SAID_NO: "The customer said no.",
    After.ASKED_PERSON: "The customer asked for a person.",
    After.HANDED_OFF: "A person was called.",
    After.REPHRASED: "The customer asked again in other words.",
    After.CONFIRMED: "The customer said that it helped.",
    After.NOTHING: "Nothing that tells.",
}
DECIDED: Mapping[str, str] = {
    "answer": "answered with the first",
    "choose": "offered a choice",
    "nothing": "nothing good enough",
}
SHOWN: Mapping[Show, str] = {
    Show.OPEN: "To do",
    Show.LABELLED: "Labelled",
    Show.IGNORED: "Ignored",
    Show.SENT: "Sent to the editors",
    Show.ASKED: "Before a second person",
}
ORDERS: Mapping[Order, str] = {
    Order.VALUE: "Teaches most first",
    Order.NEWEST: "Newest first",
    Order.OFTEN: "Most often said first",
    Order.UNSURE: "Least sure first",
}
#: What an empty list says, and what to do next: by the list that is empty, or why it is.
EMPTY: Mapping[str, tuple[str, str]] = {
    "never": (
        "No messages yet",
        "What customers write in the chat appears here. Open the demo page and ask a question to see one.",
    ),
    "filtered": ("Nothing matches these filters", "Clear them to see more messages."),
    Show.OPEN: ("All done", "Every message is dealt with. Train now to put the labels to use."),
    Show.LABELLED: (
        "Nothing is labelled yet",
        "Choose the right intent for a message under “To do”.",
    ),
    Show.IGNORED: ("Nothing is ignored", "Messages that teach nothing can be ignored with I."),
    Show.SENT: (
        "Nothing waits with the editors",
        "A question that no article answers can be sent to them with M.",
    ),
    Show.ASKED: (
        "Nothing waits for a second person",
        "Ask a colleague with S; what they said stands under “Second opinions”.",
    ),
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
        case Verdict.WORSE if of_points(figures["points"]) is not Verdict.WORSE:
            return "warn", " ".join(["The new model is worse.", *figures.get("blocks", ())])
        case Verdict.WORSE:
            return "warn", f"The new model is {points:.1f} points worse.{noise}"
        case Verdict.BETTER:
            return "good", f"The new model is {points:.1f} points better.{noise}"
    if points == 0:
        return "plain", "The new model is exactly as good."
    return "plain", f"The new model is about as good ({points:.1f} points lower).{noise}"
