"""A business system in memory, for tests of the dialogue; it keeps the same contract."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from business.demo_rules import REFUSALS
from business.errors import (
    AlreadyCancelled,
    AlreadyReturned,
    AlreadyShipped,
    BusinessUnavailable,
    KeyReused,
    NotDelivered,
    OrderUnknown,
    ReturnTooLate,
    SubscriptionUnknown,
)
from business.protocol import Item, Order, OrderStatus, Receipt, Subscription, Task

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
TODAY = NOW.date()


class FakeClock:
    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time


def order(number: str, status: OrderStatus, *, delivered: date | None = None) -> Order:
    return Order(
        number=number,
        email="ann@example.com",
        postcode="9000",
        status=status,
        placed_at=NOW - timedelta(days=3),
        items=(Item("Fernway Kettle, sage"), Item("Stoneware mug", 2)),
        total_cents=5990,
        courier="DHL",
        tracking_url=f"https://track.fernway.example/{number}",
        expected_on=TODAY + timedelta(days=2),
        delivered_on=delivered,
        return_until=None if delivered is None else delivered + timedelta(days=30),
    )


class FakeShop:
    """Orders in a dictionary; ``down`` makes every call fail; ``effects`` are those that happened."""

    def __init__(self) -> None:
        self.orders = {
            "FW-204411": replace(
                order("FW-204411", OrderStatus.RECEIVED), cannot_return=NotDelivered.code
            ),
            "FW-310982": replace(
                order("FW-310982", OrderStatus.SHIPPED),
                cannot_cancel=AlreadyShipped.code,
                cannot_return=NotDelivered.code,
            ),
            "FW-204412": replace(
                order("FW-204412", OrderStatus.DELIVERED, delivered=TODAY - timedelta(days=5)),
                cannot_cancel=AlreadyShipped.code,
            ),
            "FW-118204": replace(
                order("FW-118204", OrderStatus.DELIVERED, delivered=TODAY - timedelta(days=44)),
                cannot_cancel=AlreadyShipped.code,
                cannot_return=ReturnTooLate.code,
            ),
        }
        self.subscriptions = {
            "ann@example.com": Subscription(
                "ann@example.com", "9000", "Fernway Box, Medium", 2900, date(2026, 3, 28)
            )
        }
        self.receipts: dict[str, Receipt] = {}
        self.effects: list[tuple[Task, str]] = []
        self.reasons: list[str] = []
        self.down = False

    async def find_order(self, order_number: str) -> Order | None:
        self._answer()
        return self.orders.get(order_number)

    async def find_subscription(self, email: str) -> Subscription | None:
        self._answer()
        return self.subscriptions.get(email.strip().casefold())

    async def return_order(self, order_number: str, reason: str, *, key: str) -> Receipt:
        if (known := self._known(Task.RETURN_ORDER, order_number, key)) is not None:
            return known
        found = self._find(order_number)
        if found.cannot_return:
            raise REFUSALS[found.cannot_return]
        self.orders[order_number] = replace(
            found, status=OrderStatus.RETURNING, cannot_return=AlreadyReturned.code
        )
        self.reasons.append(reason)
        label = f"https://fernway.example/labels/{order_number}.pdf"
        return self._done(
            Task.RETURN_ORDER, order_number, key, amount_cents=found.total_cents, label_url=label
        )

    async def cancel_order(self, order_number: str, *, key: str) -> Receipt:
        if (known := self._known(Task.CANCEL_ORDER, order_number, key)) is not None:
            return known
        found = self._find(order_number)
        if found.cannot_cancel:
            raise REFUSALS[found.cannot_cancel]
        self.orders[order_number] = replace(
            found, status=OrderStatus.CANCELLED, cannot_cancel=AlreadyCancelled.code
        )
        return self._done(Task.CANCEL_ORDER, order_number, key, amount_cents=found.total_cents)

    async def cancel_subscription(self, email: str, reason: str, *, key: str) -> Receipt:
        if (known := self._known(Task.CANCEL_SUBSCRIPTION, email, key)) is not None:
            return known
        found = self.subscriptions.get(email)
        if found is None:
            raise SubscriptionUnknown
        if found.ended:
            raise AlreadyCancelled
        self.subscriptions[email] = replace(found, ended=True)
        self.reasons.append(reason)
        return self._done(Task.CANCEL_SUBSCRIPTION, email, key, ends_on=found.paid_until)

    def _answer(self) -> None:
        if self.down:
            raise BusinessUnavailable

    def _find(self, number: str) -> Order:
        if number not in self.orders:
            raise OrderUnknown
        return self.orders[number]

    def _known(self, task: Task, subject: str, key: str) -> Receipt | None:
        self._answer()
        known = self.receipts.get(key)
        if known is not None and (known.task, known.subject) != (task, subject):
            raise KeyReused
        return known

    def _done(
        self,
        task: Task,
        subject: str,
        key: str,
        *,
        amount_cents: int | None = None,
        label_url: str | None = None,
        ends_on: date | None = None,
    ) -> Receipt:
        receipt = Receipt(
            reference=f"R-{len(self.receipts) + 1:08d}",
            task=task,
            subject=subject,
            done_at=NOW,
            amount_cents=amount_cents,
            label_url=label_url,
            ends_on=ends_on,
        )
        self.receipts[key] = receipt
        self.effects.append((task, subject))
        return receipt
