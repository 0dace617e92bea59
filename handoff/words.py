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


_HAPPENED: dict[str, str] = {
    "requested": "Asked for a person: {reason}",
    "routed": "Sent to {team}, {because}",
    "offered": "Offered to {to}",
    "declined": "Declined",
    "offer_lapsed": "Offer not taken",
    "claimed": "Took the chat",
    "accepted": "Accepted the chat",
    "released": "Put back into the queue",
    "returned": "Back in the queue",
    "someone_else": "Put back for somebody else",
    "transferred": "Passed to {to}",
    "joined": "Joined",
    "left": "Left",
    "escalated": "Passed to a specialist",
    "overflowed": "Opened to a second team",
    "warned": "The {clock} promise is running out",
    "breached": "The {clock} promise was missed",
    "alarm_raised": "Alarm raised: {why}",
    "alarm_owned": "Took on the alarm",
    "promised": "Told the customer when somebody will be there",
    "contact_given": "The customer left an e-mail address",
    "mailed": "Mailed the customer",
    "prioritised": "Priority changed",
    "customer_gone": "The customer has gone",
    "rated": "The customer rated the chat",
    "remedied": "Gave a remedy",
    "corrected": "Corrected: {kind}",
    "uncorrected": "Took a correction back",
    "closed": "Closed: {outcome}",
}
_CLOCKS = {"first": "first answer", "next": "next answer", "resolve": "resolution"}
_KINDS = {
    "intent": "really about {intent}",
    "article_wrong": "an article is wrong",
    "no_article": "no article",
}
_FIELD = re.compile(r"[,:]? ?\{(\w+)\}")


def happened(what: str, detail: Mapping[str, object]) -> str:
    """A line of the journal: ``claimed`` → ``Took the chat``; what a line does not tell is left out."""

    def value(name: str) -> str:
        text = str(detail.get(name) or "")
        if name == "reason" and text:
            return reason(text)
        if name == "clock":
            return _CLOCKS.get(text, text)
        if name in ("outcome", "intent"):
            return text.replace("_", " ")
        return text

    template = _HAPPENED.get(what)
    if template is None:
        return humanise(what)
    if what == "corrected":
        template = template.replace("{kind}", _KINDS.get(str(detail.get("kind")), "{kind}"))

    def put(match: re.Match[str]) -> str:
        said = value(match[1])
        return match[0].replace(f"{{{match[1]}}}", said) if said else ""

    return _FIELD.sub(put, template).strip()
