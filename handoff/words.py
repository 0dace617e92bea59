"""The agent's words for the codes: short enough for a badge, plain enough for the first day at work."""

from __future__ import annotations

import re

from conversations.desk import Reason

_CODE = re.compile(r"[a-z]+(_[a-z]+)*")

REASONS: dict[str, str] = {
    Reason.ASKED: "Asked for a person",
    Reason.ASKED_OTHER: "Asked for somebody else",
    Reason.NO_ANSWER: "No answer helped",
    Reason.FRUSTRATION: "Frustrated",
    Reason.MOMENT_OF_TRUTH: "Serious matter",
    Reason.BOT_FAILURE: "The assistant failed",
    Reason.RESERVED_TOPIC: "A topic for people",
    Reason.STEPPED_IN: "Taken over from the assistant",
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
    "name_given": "Name given in chat",
    "ORG": "Company",
    "GPE": "Place",
    "LOC": "Place",
    "DATE": "Date",
    "TIME": "Time",
    "MONEY": "Amount",
    "PRODUCT": "Product",
}


def reason(code: str) -> str:
    return REASONS.get(code) or humanise(code)


def detail(text: str | None) -> str | None:
    """``order_status: where is it?`` → ``Order status: where is it?``: the bot begins with an intent's code."""
    if text is None:
        return None
    code, colon, rest = text.partition(":")
    return f"{humanise(code)}{colon}{rest}" if _CODE.fullmatch(code) else text


def humanise(code: str) -> str:
    """``order_status`` → ``Order status``: intents and entities are the house's own, no list is complete."""
    text = code.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
