"""What the dialogue needs of a house's own systems. docs/business-system.md shows how to write one."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


class OrderStatus(enum.StrEnum):
    RECEIVED = "received"
    PACKING = "packing"
    SHIPPED = "shipped"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNING = "returning"


class Task(enum.StrEnum):
    """What a receipt is for."""

    RETURN_ORDER = "return_order"
    CANCEL_ORDER = "cancel_order"
    CANCEL_SUBSCRIPTION = "cancel_subscription"


@dataclass(frozen=True)
class Item:
    name: str
    quantity: int = 1


@dataclass(frozen=True)
class Order:
    """One purchase. Dates are those of the shop's own time zone; money is in cents."""

    number: str
    """As the customer knows it, for example ``FW-204411``."""
    email: str
    postcode: str
    """E-mail or postcode prove that the order is the customer's; show nothing before one matches."""
    status: OrderStatus
    placed_at: datetime
    items: tuple[Item, ...]
    total_cents: int
    currency: str = "EUR"
    courier: str | None = None
    tracking_url: str | None = None
    expected_on: date | None = None
    delivered_on: date | None = None
    return_until: date | None = None
    """Last day to return what was delivered."""
    cannot_cancel: str | None = None
    """Code of the ``Refused`` that ``cancel_order`` would raise now, or None when it would work."""
    cannot_return: str | None = None


@dataclass(frozen=True)
class Subscription:
    email: str
    postcode: str
    name: str
    """What it is called on the bill, for example ``Fernway Box, Medium``."""
    price_cents: int
    paid_until: date
    ended: bool = False


@dataclass(frozen=True)
class Receipt:
    """Proof that an effect took place, once."""

    reference: str
    """What the customer may quote, for example ``R-7F3A21C9``."""
    task: Task
    subject: str
    """Order number or e-mail."""
    done_at: datetime
    amount_cents: int | None = None
    """What will be paid back."""
    currency: str = "EUR"
    label_url: str | None = None
    """Where the return label is."""
    ends_on: date | None = None
    """Last paid day of a cancelled subscription."""


class BusinessSystem(Protocol):
    """Reads and effects; every effect carries a key and happens once for that key.

    A repeat with the same key and the same request returns the first receipt, also when the first
    caller never saw it. All methods may raise ``BusinessUnavailable``; whoever gets it may repeat
    with the same key.
    """

    async def find_order(self, order_number: str) -> Order | None:
        """The order, or None. Whether the asker may see it is for the caller to check."""
        ...

    async def find_subscription(self, email: str) -> Subscription | None: ...

    async def return_order(self, order_number: str, reason: str, *, key: str) -> Receipt:
        """Open a return and make its label.

        Raises:
            OrderUnknown: no such order.
            Refused: a subclass says why.
            KeyReused: the key belongs to another request.
        """
        ...

    async def cancel_order(self, order_number: str, *, key: str) -> Receipt:
        """Cancel the whole order; errors as in ``return_order``."""
        ...

    async def cancel_subscription(self, email: str, reason: str, *, key: str) -> Receipt:
        """End the subscription with the paid month.

        Raises:
            SubscriptionUnknown: nobody has one under this e-mail.
            AlreadyCancelled: it was ended before, under another key.
            KeyReused: the key belongs to another request.
        """
        ...
