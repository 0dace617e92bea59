"""What every BusinessSystem must do. An implementation's test class inherits this one.

The subclass gives a ``shop`` fixture seeded from data/demo/orders.yml (or a system that holds
orders in the same states) and may override the names below.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest

from business.errors import (
    AlreadyCancelled,
    AlreadyShipped,
    KeyReused,
    NotDelivered,
    OrderUnknown,
    ReturnTooLate,
    SubscriptionUnknown,
)
from business.protocol import BusinessSystem, OrderStatus


class BusinessSystemContract:
    fresh: ClassVar[str] = "FW-204411"
    delivered: ClassVar[str] = "FW-204412"
    shipped: ClassVar[str] = "FW-310982"
    long_ago: ClassVar[str] = "FW-118204"
    unknown: ClassVar[str] = "FW-999999"
    subscriber: ClassVar[str] = "ann@example.com"

    async def test_an_order_is_found_by_its_number(self, shop: BusinessSystem) -> None:
        order = await shop.find_order(self.fresh)
        assert order is not None
        assert order.number == self.fresh
        assert order.email
        assert order.items

    async def test_an_unknown_order_is_none(self, shop: BusinessSystem) -> None:
        assert await shop.find_order(self.unknown) is None

    async def test_cancelling_works_once_for_one_key(self, shop: BusinessSystem) -> None:
        first = await shop.cancel_order(self.fresh, key="turn-1")
        again = await shop.cancel_order(self.fresh, key="turn-1")
        assert first == again
        order = await shop.find_order(self.fresh)
        assert order is not None
        assert order.status is OrderStatus.CANCELLED

    async def test_two_calls_at_once_with_one_key_act_once(self, shop: BusinessSystem) -> None:
        receipts = await asyncio.gather(
            *(shop.cancel_order(self.fresh, key="turn-1") for _ in range(5))
        )
        assert len(set(receipts)) == 1

    async def test_a_second_key_finds_it_cancelled(self, shop: BusinessSystem) -> None:
        await shop.cancel_order(self.fresh, key="turn-1")
        with pytest.raises(AlreadyCancelled):
            await shop.cancel_order(self.fresh, key="turn-2")

    async def test_one_key_does_not_serve_two_requests(self, shop: BusinessSystem) -> None:
        await shop.cancel_order(self.fresh, key="turn-1")
        with pytest.raises(KeyReused):
            await shop.return_order(self.delivered, "too big", key="turn-1")

    async def test_what_has_shipped_is_not_cancelled(self, shop: BusinessSystem) -> None:
        order = await shop.find_order(self.shipped)
        assert order is not None
        assert order.cannot_cancel == AlreadyShipped.code
        with pytest.raises(AlreadyShipped):
            await shop.cancel_order(self.shipped, key="turn-1")
        assert await shop.find_order(self.shipped) == order

    async def test_a_refused_key_may_be_used_again(self, shop: BusinessSystem) -> None:
        with pytest.raises(AlreadyShipped):
            await shop.cancel_order(self.shipped, key="turn-1")
        assert (await shop.cancel_order(self.fresh, key="turn-1")).subject == self.fresh

    async def test_a_return_gives_a_label(self, shop: BusinessSystem) -> None:
        receipt = await shop.return_order(self.delivered, "too big", key="turn-1")
        assert receipt.label_url
        assert receipt == await shop.return_order(self.delivered, "too big", key="turn-1")

    async def test_returns_have_their_time(self, shop: BusinessSystem) -> None:
        with pytest.raises(NotDelivered):
            await shop.return_order(self.fresh, "", key="turn-1")
        with pytest.raises(ReturnTooLate):
            await shop.return_order(self.long_ago, "", key="turn-2")

    async def test_unknown_orders_are_refused(self, shop: BusinessSystem) -> None:
        with pytest.raises(OrderUnknown):
            await shop.cancel_order(self.unknown, key="turn-1")
        with pytest.raises(OrderUnknown):
            await shop.return_order(self.unknown, "", key="turn-2")

    async def test_a_subscription_ends_once_with_the_paid_month(self, shop: BusinessSystem) -> None:
        before = await shop.find_subscription(self.subscriber)
        assert before is not None
        assert not before.ended
        first = await shop.cancel_subscription(self.subscriber, "too dear", key="turn-1")
        assert first == await shop.cancel_subscription(self.subscriber, "too dear", key="turn-1")
        assert first.ends_on == before.paid_until
        after = await shop.find_subscription(self.subscriber)
        assert after is not None
        assert after.ended
        with pytest.raises(AlreadyCancelled):
            await shop.cancel_subscription(self.subscriber, "", key="turn-2")

    async def test_an_unknown_subscription(self, shop: BusinessSystem) -> None:
        assert await shop.find_subscription("nobody@example.com") is None
        with pytest.raises(SubscriptionUnknown):
            await shop.cancel_subscription("nobody@example.com", "", key="turn-1")
