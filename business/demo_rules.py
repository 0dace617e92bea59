"""Fernway's rules (data/articles/README.md): what may be cancelled or returned, and what seeds mean."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from business.errors import (
    AlreadyCancelled,
    AlreadyPacked,
    AlreadyReturned,
    AlreadyShipped,
    NotDelivered,
    NotReturnable,
    Refused,
    ReturnTooLate,
)
from business.models import DemoOrder, DemoReceipt
from business.protocol import OrderStatus, Receipt, Task

ZONE = ZoneInfo("Europe/Brussels")
RETURN_DAYS = timedelta(days=30)
CANCEL_TIME = timedelta(minutes=60)

REFUSALS: dict[str, type[Refused]] = {
    kind.code: kind
    for kind in (
        AlreadyCancelled,
        AlreadyPacked,
        AlreadyReturned,
        AlreadyShipped,
        NotDelivered,
        NotReturnable,
        ReturnTooLate,
    )
}


def why_not_cancel(row: DemoOrder, now: datetime) -> str | None:
    match OrderStatus(row.status):
        case OrderStatus.RECEIVED:
            return None
        case OrderStatus.PACKING:
            return None if now - row.placed_at <= CANCEL_TIME else AlreadyPacked.code
        case OrderStatus.CANCELLED:
            return AlreadyCancelled.code
        case _:
            return AlreadyShipped.code


def why_not_return(row: DemoOrder, until: date | None, today: date) -> str | None:
    status = OrderStatus(row.status)
    if status is OrderStatus.CANCELLED:
        return AlreadyCancelled.code
    if status is OrderStatus.RETURNING:
        return AlreadyReturned.code
    if status is not OrderStatus.DELIVERED or until is None:
        return NotDelivered.code
    if not row.returnable:
        return NotReturnable.code
    return ReturnTooLate.code if today > until else None


def order_of_seed(row: dict[str, Any], now: datetime) -> DemoOrder:
    """A seed's times are relative to the day it is loaded, so that the demo is never stale."""
    today = now.astimezone(ZONE).date()
    fields = dict(row)
    fields["placed_at"] = now - timedelta(minutes=fields.pop("placed_minutes_ago"))
    for name in ("expected", "delivered"):
        days = fields.pop(f"{name}_days", None)
        fields[f"{name}_on"] = None if days is None else today + timedelta(days=days)
    return DemoOrder(**fields)


def reference_of(key: str) -> str:
    return "R-" + hashlib.sha256(key.encode()).hexdigest()[:8].upper()


def receipt_of(row: DemoReceipt) -> Receipt:
    return Receipt(
        reference=reference_of(row.key),
        task=Task(row.task),
        subject=row.subject,
        done_at=row.done_at,
        amount_cents=row.amount_cents,
        label_url=row.label_url,
        ends_on=row.ends_on,
    )
