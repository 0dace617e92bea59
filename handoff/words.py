"""The agent's words for the codes: short enough for a badge, plain enough for the first day at work."""

from __future__ import annotations

from conversations.desk import Reason

REASONS: dict[str, str] = {
    Reason.ASKED: "Asked for a person",
    Reason.ASKED_OTHER: "Asked for somebody else",
    Reason.NO_ANSWER: "No answer helped",
    Reason.FRUSTRATION: "Frustrated",
    Reason.MOMENT_OF_TRUTH: "Moment of truth",
    Reason.BOT_FAILURE: "The assistant failed",
    Reason.RESERVED_TOPIC: "A topic for people",
}

DETAILS: dict[str, str] = {
    "name": "Name",
    "email": "E-mail",
    "phone": "Phone",
    "order_number": "Order number",
    "subscription": "Subscription",
    "product": "Product",
    "size": "Size",
    "postcode": "Postcode",
    "return_reason": "Return reason",
    "cancel_reason": "Cancellation reason",
}


def reason(code: str) -> str:
    return REASONS.get(code) or humanise(code)


def humanise(code: str) -> str:
    """``order_status`` → ``Order status``: intents and entities are the house's own, no list is complete."""
    text = code.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
