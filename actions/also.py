"""A second request in the same message: answered at once where an article does, else asked about later."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction

from actions import memory
from actions.exchange import Exchange
from actions.heard import Also
from actions.intents import FORMS
from actions.stage import Happening

AWAITED = "also"
#: Of the customer's words in our question.
QUOTED = 120


def remember(x: Exchange, also: Also | None) -> None:
    """Keep the second request until it is answered or declined."""
    value = None
    if also is not None:
        value = {"intent": also.intent, "confidence": also.confidence, "text": also.text}
    if value is not None or x.get(memory.ALSO_ASKED) is not None:
        x.set(memory.ALSO_ASKED, value)


def remembered(x: Exchange) -> Also | None:
    value = x.get(memory.ALSO_ASKED)
    if not isinstance(value, dict):
        return None
    return Also(
        str(value.get("intent")), float(value.get("confidence") or 0), str(value.get("text"))
    )


def forget_if_asked_now(x: Exchange, intent: str) -> None:
    """The customer has come to it without being asked."""
    also = remembered(x)
    if also is not None and also.intent == intent:
        remember(x, None)


def ask(x: Exchange) -> bool:
    """Ask whether to go on with what was also asked; False when there is nothing."""
    also = remembered(x)
    if also is None:
        return False
    quoted = also.text if len(also.text) <= QUOTED else f"{also.text[:QUOTED].rstrip()}…"
    x.ask(x.phrase("also.ask", what=quoted), *x.yes_no(), awaiting=AWAITED)
    x.move(Happening.CHECKED)
    return True


def open_form(x: Exchange, also: Also) -> None:
    """Go on with a task: its form opens in this turn, with the order that the customer named for it."""
    remember(x, None)
    number = memory.order_number(also.text)
    if number is not None:
        x.set(memory.ORDER_NUMBER, number)
    x.set(memory.AWAITING, None)
    x.add(FollowupAction(FORMS[also.intent]))
