"""Money, days and goods as customers read them."""

from __future__ import annotations

from datetime import date

from actions.services import Order

_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}


def money(cents: int, currency: str = "EUR") -> str:
    """``€59.90``; a currency without a sign of its own is named: ``CHF 59.90``."""
    return f"{_SIGNS.get(currency, currency + ' ')}{cents // 100}.{cents % 100:02d}"


def long_day(day: date) -> str:
    """``Tuesday 3 March``."""
    return f"{day:%A} {day.day} {day:%B}"


def items(order: Order) -> str:
    """``Fernway Kettle, sage and 2 × Stoneware mug``."""
    named = [f"{i.quantity} × {i.name}" if i.quantity > 1 else i.name for i in order.items]
    return " and ".join(["; ".join(named[:-1]), named[-1]]) if len(named) > 1 else "".join(named)
