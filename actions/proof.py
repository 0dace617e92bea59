"""The details that prove an order or subscription: written down as given, and whether they matched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from actions import memory, named
from actions.exchange import Exchange

_PROOF_SLOTS: Final = (memory.ORDER_NUMBER, memory.EMAIL, memory.POSTCODE)


def details(x: Exchange, requested: str | None = None) -> bool:
    """Write down order number, e-mail and postcode from this message; True when there was one."""
    number = memory.order_number(x.heard.entity(memory.ORDER_NUMBER) or x.heard.text)
    if (orders := own_orders(x)) is not None:
        number = next(iter(orders), None)
        if number is None:  # Rasa has filled the slot with the other request's
            x.set(memory.ORDER_NUMBER, None)
    email = memory.email(x.heard.entity(memory.EMAIL) or x.heard.text)
    postcode = None
    if requested in (memory.EMAIL, memory.POSTCODE) and email is None:
        postcode = memory.postcode(x.heard.text)
        if postcode is not None and not re.match(r"\s*fw", x.heard.text, re.I):
            number = None  # six digits are a postcode when that is the question
    for slot, value in zip(_PROOF_SLOTS, (number, email, postcode), strict=True):
        if value is not None:
            x.set(slot, value)
    if number is None and (seeded := x.text(memory.ORDER_NUMBER)) is not None:
        x.set(memory.ORDER_NUMBER, memory.order_number(seeded))
    return any((number, email, postcode))


def own_orders(x: Exchange) -> Sequence[str] | None:
    """The orders of the first of two requests; None when there is one request, or no order is named."""
    if x.heard.also is None:
        return None
    return named.orders(x.heard.text, x.heard.question, x.heard.also.text)


def _pair(x: Exchange) -> str:
    return "|".join((x.text(slot) or "").casefold() for slot in _PROOF_SLOTS)


def looked_up(x: Exchange) -> bool | None:
    """Whether just these details were found; None when they have not been looked up."""
    known = x.get(memory.LOOKED_UP) or {}
    return bool(known["found"]) if known.get("pair") == _pair(x) else None


def remember_lookup(x: Exchange, *, found: bool) -> None:
    x.set(memory.LOOKED_UP, {"pair": _pair(x), "found": found})
