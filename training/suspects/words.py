"""What the page of doubtful examples says; plain functions, so that tests read the sentences."""

from __future__ import annotations

from datetime import datetime

from training.suspects.service import Found


def intent(name: str) -> str:
    """Return an intent as people read it: `order_status` is "order status"."""
    return name.replace("_", " ")


def percent(share: float) -> str:
    """Return 7 %, or "under 1 %": a model is never sure that something can't be.

    >>> percent(0.002), percent(0.996)
    ('under 1 %', 'over 99 %')
    """
    if share < 0.01:
        return "under 1 %"
    return "over 99 %" if share > 0.99 else f"{100 * share:.0f} %"


def count(found: Found) -> str:
    if found.at is None:
        return ""
    return f"{found.total:,} {'example' if found.total == 1 else 'examples'}"


def stamp(found: Found, now: datetime) -> str:
    """When the examples were looked through, and which were not."""
    if found.at is None:
        return ""
    sentences = [f"{found.examples:,} examples looked through {ago(found.at, now)}."]
    if found.changed:
        sentences.append("The training files have changed since.")
    if len(found.left_out) == 1:
        sentences.append(f"“{intent(found.left_out[0])}” has too few examples to judge.")
    elif found.left_out:
        sentences.append(f"{len(found.left_out)} intents have too few examples to judge.")
    return " ".join(sentences)


def ago(at: datetime, now: datetime) -> str:
    minutes = max(0, round((now - at).total_seconds() / 60))
    if minutes < 1:
        return "just now"
    if minutes < 90:
        return f"{minutes} {'minute' if minutes == 1 else 'minutes'} ago"
    if minutes < 36 * 60:
        return f"{round(minutes / 60)} hours ago"
    return f"{round(minutes / (24 * 60))} days ago"


def nothing(found: Found) -> tuple[str, str]:
    """A heading and what to do next when the list is empty."""
    if found.looking:
        return (
            "Looking for the first time",
            "Every example is read by a model that has not seen it.",
        )
    if found.at is None:
        return (
            "Not looked yet",
            "Press “Look again”; the result appears here within a minute or two.",
        )
    if found.examples == 0:
        return "No examples to judge", "Label messages under “Review” first."
    return (
        "No example looks wrong",
        "All fit their intents. After the next labels or a hand edit, look again.",
    )
