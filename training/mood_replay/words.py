"""What the threshold page says; plain functions, so that tests read the sentences."""

from __future__ import annotations

from collections.abc import Iterable

from training.mood_replay.desk import Loaded, Shown
from training.mood_replay.job import Progress
from training.mood_replay.replay import Change, Counts

CHANGES = {
    Change.NEW: "would have gone to a person",
    Change.EARLIER: "would have gone earlier",
    Change.LATER: "would have gone later",
    Change.GONE: "would not have gone",
}
SIGNALS = {
    "wording": "how it is said",
    "intent": "what is said",
    "insults": "insults",
    "capitals": "capitals",
    "punctuation": "exclamation marks",
    "impatience": "impatience",
    "repetition": "says it again",
    "denied": "said no",
    "bot_failures": "answers that failed",
    "waiting": "waiting",
    "earlier": "still upset from before",
}
REASONS = {
    "frustration": "the customer had had enough",
    "asked": "the customer asked for a person",
    "asked_other": "the customer asked for another person",
    "no_answer": "the assistant had no answer",
    "moment_of_truth": "it was serious",
    "bot_failure": "the assistant failed",
    "reserved_topic": "the topic is kept for people",
    "stepped_in": "a supervisor stepped in",
}
OUTCOMES = {
    "confirmed": "solved, the customer said",
    "assumed": "taken as solved",
    "abandoned": "abandoned",
    "handed_back": "handed back",
    "cancelled": "left the queue",
    "closed_by_agent": "closed by a person",
}
#: What one message's signals add up to at most (understanding/frustration.py).
ONE_MESSAGE = 0.59


def plural(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def rate(a_week: float) -> str:
    return f"{a_week:.0f}" if a_week >= 10 or a_week == round(a_week) else f"{a_week:.1f}"


def headline(now: Counts, then: Counts, *, same: bool) -> str:
    """Return how many chats a week go to a person for frustration, now and with the new threshold."""
    if same:
        return f"{rate(now.a_week)} a week go to a person because they have had enough."
    return f"Now {rate(now.a_week)} a week → {rate(then.a_week)} a week."


def caught(then: Counts) -> str:
    if then.bad == 0:
        return "No chat was rated badly or abandoned, so there was none to catch."
    chats = "chat" if then.bad == 1 else "chats"
    return (
        f"{then.caught:,} of the {then.bad:,} {chats} later rated badly or abandoned "
        "would have been caught."
    )


def needless(then: Counts) -> str:
    if then.well == 0:
        return "No chat is known to have ended well, so nothing can be said of needless handoffs."
    return (
        f"{then.needless:,} of {plural(then.well, 'well-ended chat', 'well-ended chats')} "
        "would have gone to a person for nothing."
    )


def warning(threshold: float) -> str:
    """Return what is special about a threshold; mostly nothing."""
    if threshold <= ONE_MESSAGE:
        return "At this threshold a single angry message can be enough."
    if threshold > 0.95:
        return "At this threshold hardly anybody is handed over before they ask for it."
    return ""


def basis(loaded: Loaded) -> str:
    number = len(loaded.replay.chats)
    return f"Tried on {plural(number, 'chat', 'chats')} of the last {loaded.days} days."


def staleness(loaded: Loaded, progress: Progress) -> str:
    """Return what is to be known about scores that the present model did not give."""
    if progress.running:
        if progress.total:
            return f"Scoring again with the present model: {progress.done:,} of {progress.total:,}."
        return "Scoring again with the present model …"
    if progress.problem:
        return progress.problem
    if not loaded.stale:
        return ""
    parts = []
    if loaded.older:
        parts.append(f"{plural(loaded.older, 'score is', 'scores are')} an older model’s")
    if loaded.missing:
        parts.append(f"{plural(loaded.missing, 'message has', 'messages have')} none yet")
    return f"{' and '.join(parts)}."


def went(shown: Shown) -> str:
    """Return what really happened to the chat."""
    end = OUTCOMES.get(shown.outcome or "", "")
    stars = f"rated {shown.rating} of 5" if shown.rating else ""
    ending = ", ".join(part for part in (end, stars) if part)
    if shown.did_number is None:
        return f"It stayed with the assistant: {ending or 'still open'}."
    why = REASONS.get(shown.did_reason or "", shown.did_reason or "")
    after = f"It went to a person after message {shown.did_number}: {why}."
    return f"{after} {ending.capitalize()}." if ending else after


def would(shown: Shown) -> str:
    """Return what would happen to it."""
    if shown.number is None:
        return "It would not have gone to a person then."
    # Cut, not rounded: 0.5996 does not reach a threshold of 0.60.
    score = (
        f", score {round(shown.score * 10000) // 100 / 100:.2f}" if shown.score is not None else ""
    )
    return f"It would go at message {shown.number}{score}:"


def signals(found: Iterable[tuple[str, float, str]]) -> str:
    """Return what a score is made of; what adds less than can be shown is left out."""
    return " · ".join(signal(*one) for one in found if one[1] >= 0.005)


def signal(name: str, value: float, evidence: str) -> str:
    """Return one signal in words: what it is, what it adds, and what it rests on."""
    what = SIGNALS.get(name, name.replace("_", " "))
    return f"{what} +{value:.2f}" + (f" ({evidence})" if evidence else "")


def nothing(loaded: Loaded, *, same: bool) -> tuple[str, str]:
    """Return a heading and what to do next, when no chat would go otherwise."""
    if not loaded.replay.chats:
        if loaded.days < 90:
            return "No chats in this time", "Look at the last 90 days instead."
        return (
            "No chats yet",
            "What customers say in the chat is tried here. Have one on the demo page to see it.",
        )
    if same:
        return (
            "Every chat goes as it went",
            "Move the threshold to see which chats would have gone to a person.",
        )
    return "No chat would go otherwise", "Move the threshold further, or take a longer time."
