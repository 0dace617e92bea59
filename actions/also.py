"""A second request in the same message: answered at once where an article does, else asked about later."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk.events import FollowupAction

from actions import memory, named
from actions.exchange import Exchange
from actions.heard import Also
from actions.intents import FORMS
from actions.stage import Happening

AWAITED = "also"
#: Of the customer's words in our question.
QUOTED = 120


def remember(x: Exchange, also: Also | None) -> None:
    """Keep the second request, with the orders it names, until it is answered or declined."""
    value: dict[str, object] | None = None
    if also is not None:
        value = {"intent": also.intent, "confidence": also.confidence, "text": also.text}
        orders = named.orders(x.heard.text, also.text, x.heard.question)
        if orders is not None:
            value["orders"] = list(orders)
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
    """Go on with a task: its form opens in this turn, with the order that the customer named for it.

    Where the message named orders and none of them or several for this, the form asks which.
    """
    orders = _orders(x)
    remember(x, None)
    if orders is not None:
        x.set(memory.ORDER_NUMBER, orders[0] if len(orders) == 1 else None)
    x.set(memory.AWAITING, None)
    x.add(FollowupAction(FORMS[also.intent]))


def _orders(x: Exchange) -> Sequence[str] | None:
    value = x.get(memory.ALSO_ASKED)
    orders = value.get("orders") if isinstance(value, dict) else None
    return [str(number) for number in orders] if isinstance(orders, list) else None
