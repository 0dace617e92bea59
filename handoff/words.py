"""The agent's words for the codes: short enough for a badge, plain enough for the first day at work."""

from __future__ import annotations

import re
from collections.abc import Mapping

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


# A part in brackets is said when its detail is known.
_HAPPENED: dict[str, str] = {
    "requested": "Asked for a person[: {reason}]",
    "routed": "Sent[ to {team}][, {because}]",
    "offered": "Was offered the chat",
    "declined": "Declined the offer",
    "offer_lapsed": "Let the offer pass",
    "lapsed": "Let the offer pass",
    "claimed": "Took the chat",
    "accepted": "Accepted the chat",
    "released": "Put it back into the queue",
    "returned": "Back in the queue: the agent was gone",
    "someone_else": "Put it back for somebody else",
    "transferred": "Passed it on[ to {to}]",
    "joined": "Joined",
    "left": "Left",
    "escalated": "Passed it to somebody more experienced",
    "overflowed": "Opened to a second team[: {to}]",
    "warned": "The promised[ {promise}] is nearly due",
    "breached": "The promised[ {promise}] was missed",
    "alarm_raised": "Alarm raised[: {why}]",
    "alarm_owned": "Took on the alarm",
    "promised": "The customer was told when somebody will be there",
    "contact_given": "The customer left an e-mail address",
    "mailed": "The answer was mailed",
    "told_mended": "Told that it is mended",
    "file_removed": "Removed a file[: {name}]",
    "prioritised": "Priority changed",
    "customer_gone": "The customer has gone",
    "rated": "The customer rated the chat[: {score} of 5]",
    "remedied": "Gave a remedy[: {kind}]",
    "corrected": "Corrected the card",
    "uncorrected": "Took a correction back",
    "closed": "Closed[: {outcome}]",
}
_CORRECTED = {
    "intent": "Corrected: really about[ {intent}]",
    "article_wrong": "Corrected: an article is wrong",
    "no_article": "Corrected: no article exists",
}
_PROMISES = {"first": "first answer", "next": "next answer", "resolve": "resolution"}
_PART = re.compile(r"\[([^\]{]*)\{(\w+)\}([^\]]*)\]")


def happened(what: str, detail: Mapping[str, object]) -> str:
    """A line of the journal: ``claimed`` → ``Took the chat``; what a line does not tell is left out."""
    template = _HAPPENED.get(what)
    if template is None:
        return humanise(what)
    if what == "corrected":
        template = _CORRECTED.get(str(detail.get("kind")), template)

    def part(match: re.Match[str]) -> str:
        said = _said(match[2], str(detail.get(match[2]) or ""))
        return f"{match[1]}{said}{match[3]}" if said else ""

    return _PART.sub(part, template)


def _said(name: str, text: str) -> str:
    if name == "reason" and text:
        return reason(text)
    if name == "promise":
        return _PROMISES.get(text, text)
    return text.replace("_", " ") if name in ("outcome", "intent", "kind") else text
