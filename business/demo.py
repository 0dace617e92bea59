"""Fernway's demo shop: a business system on the app's own database, seeded from data/demo/orders.yml."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from business.demo_rules import (
    REFUSALS,
    RETURN_DAYS,
    ZONE,
    order_of_seed,
    receipt_of,
    reference_of,
    why_not_cancel,
    why_not_return,
)
from business.errors import (
    AlreadyCancelled,
    BusinessUnavailable,
    KeyReused,
    OrderUnknown,
    SubscriptionUnknown,
)
from business.hold import Hold, unheld
from business.models import DemoOrder, DemoReceipt, DemoSubscription
from business.protocol import Item, Order, OrderStatus, Receipt, Subscription, Task
from server.clock import Clock
from server.database import Database
from server.errors import Unavailable

SEED = Path(__file__).resolve().parent.parent / "data" / "demo" / "orders.yml"
LABELS = "https://fernway.example/labels"


class DemoShop:
    """A ``BusinessSystem`` with Fernway's rules (data/articles/README.md)."""

    def __init__(self, database: Database, clock: Clock, hold: Hold = unheld) -> None:
        self._database = database
        self._clock = clock
        self._hold = hold

    async def seed(self, path: Path = SEED) -> int:
        """Add the demo orders and subscriptions that are not there yet; say how many."""
        text = await asyncio.to_thread(path.read_text, encoding="utf-8")
        content = yaml.safe_load(text)
        now = self._clock.now()
        added = 0
        async with self._database.write() as db:
            for row in content["orders"]:
                if await db.get(DemoOrder, row["number"]) is None:
                    db.add(order_of_seed(row, now))
                    added += 1
            for row in content["subscriptions"]:
                if await db.get(DemoSubscription, row["email"]) is None:
                    paid_until = now.astimezone(ZONE).date() + timedelta(days=row["paid_days"])
                    fields = {k: v for k, v in row.items() if k != "paid_days"}
                    db.add(DemoSubscription(**fields, paid_until=paid_until))
                    added += 1
        return added

    async def find_order(self, order_number: str) -> Order | None:
        async with self._database.read() as db:
            row = await db.get(DemoOrder, order_number)
        return None if row is None else self._order(row)

    async def find_subscription(self, email: str) -> Subscription | None:
        async with self._database.read() as db:
            row = await db.get(DemoSubscription, email.strip().casefold())
        if row is None:
            return None
        return Subscription(
            row.email, row.postcode, row.name, row.price_cents, row.paid_until, row.ended
        )

    async def return_order(self, order_number: str, reason: str, *, key: str) -> Receipt:
        async def effect(db: AsyncSession) -> DemoReceipt:
            row = await self._get(db, order_number)
            self._allow(self._order(row).cannot_return)
            row.status = OrderStatus.RETURNING
            return DemoReceipt(
                amount_cents=row.total_cents, label_url=f"{LABELS}/{reference_of(key)}.pdf"
            )

        return await self._once(Task.RETURN_ORDER, order_number, reason, key, effect)

    async def cancel_order(self, order_number: str, *, key: str) -> Receipt:
        async def effect(db: AsyncSession) -> DemoReceipt:
            row = await self._get(db, order_number)
            self._allow(self._order(row).cannot_cancel)
            row.status = OrderStatus.CANCELLED
            return DemoReceipt(amount_cents=row.total_cents)

        return await self._once(Task.CANCEL_ORDER, order_number, "", key, effect)

    async def cancel_subscription(self, email: str, reason: str, *, key: str) -> Receipt:
        subject = email.strip().casefold()

        async def effect(db: AsyncSession) -> DemoReceipt:
            row = await db.get(DemoSubscription, subject)
            if row is None:
                raise SubscriptionUnknown
            if row.ended:
                raise AlreadyCancelled
            row.ended = True
            return DemoReceipt(ends_on=row.paid_until)

        return await self._once(Task.CANCEL_SUBSCRIPTION, subject, reason, key, effect)

    async def _once(
        self,
        task: Task,
        subject: str,
        reason: str,
        key: str,
        effect: Callable[[AsyncSession], Awaitable[DemoReceipt]],
    ) -> Receipt:
        """Effect and key in one transaction; a repeat finds the key and changes nothing."""
        try:
            async with self._database.write() as db:
                known = (
                    await db.execute(select(DemoReceipt).where(DemoReceipt.key == key))
                ).scalar_one_or_none()
                if known is not None:
                    if (known.task, known.subject) != (task, subject):
                        raise KeyReused
                    return receipt_of(known)
                await self._hold(db, key)
                row = await effect(db)
                row.key, row.task, row.subject = key, task, subject
                row.reason, row.done_at = reason[:1000], self._clock.now()
                db.add(row)
                await db.flush()
                return receipt_of(row)
        except Unavailable as error:
            raise BusinessUnavailable from error

    async def _get(self, db: AsyncSession, order_number: str) -> DemoOrder:
        row = await db.get(DemoOrder, order_number, with_for_update=True)
        if row is None:
            raise OrderUnknown
        return row

    @staticmethod
    def _allow(refusal: str | None) -> None:
        if refusal is not None:
            raise REFUSALS[refusal]

    def _order(self, row: DemoOrder) -> Order:
        now = self._clock.now()
        until = None if row.delivered_on is None else row.delivered_on + RETURN_DAYS
        return Order(
            number=row.number,
            email=row.email,
            postcode=row.postcode,
            status=OrderStatus(row.status),
            placed_at=row.placed_at,
            items=tuple(Item(**item) for item in row.items),
            total_cents=row.total_cents,
            courier=row.courier,
            tracking_url=row.tracking_url,
            expected_on=row.expected_on,
            delivered_on=row.delivered_on,
            return_until=until,
            cannot_cancel=why_not_cancel(row, now),
            cannot_return=why_not_return(row, until, now.astimezone(ZONE).date()),
        )
