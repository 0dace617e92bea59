"""The webhooks of a house: who is called, for what; set up by supervisors."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.alerts.happenings import EVENTS, TEST
from handoff.alerts.models import Delivery, Webhook
from handoff.alerts.outgoing import Caller
from server.auth import Staff
from server.clock import Clock
from server.errors import Invalid, NotFound, TooMany

MOST = 20
SHOWN = 20


async def listed(db: AsyncSession) -> Sequence[Webhook]:
    """All of them, oldest first."""
    return (await db.scalars(select(Webhook).order_by(Webhook.created_at, Webhook.id))).all()


async def add(
    db: AsyncSession, clock: Clock, caller: Caller, staff: Staff, *, url: str, events: Sequence[str]
) -> Webhook:
    """A new webhook with a secret of its own, which is told here and never again.

    Raises:
        UrlRefused: see `Caller.check`. Invalid: no event, or an unknown one. TooMany: there are 20.
    """
    if (await db.scalar(select(func.count()).select_from(Webhook)) or 0) >= MOST:
        raise TooMany(f"There are {MOST} webhooks already.")
    made = Webhook(
        url=caller.check(url),
        secret=secrets.token_hex(32),
        events=_known(events),
        by=staff.name,
        created_at=clock.now(),
    )
    db.add(made)
    await db.flush()
    return made


async def change(
    db: AsyncSession, hook_id: uuid.UUID, *, events: Sequence[str] | None, active: bool | None
) -> Webhook:
    """Call it for other events, or not for now.

    Raises:
        NotFound: there is none. Invalid: no event, or an unknown one.
    """
    hook = await get(db, hook_id)
    if events is not None:
        hook.events = _known(events)
    if active is not None:
        hook.active = active
    return hook


async def remove(db: AsyncSession, hook_id: uuid.UUID) -> None:
    """Forget a webhook and what it was told.

    Raises:
        NotFound: there is none.
    """
    hook = await get(db, hook_id)
    await db.execute(delete(Delivery).where(Delivery.webhook_id == hook_id))
    await db.delete(hook)


async def get(db: AsyncSession, hook_id: uuid.UUID) -> Webhook:
    hook = await db.get(Webhook, hook_id)
    if hook is None:
        raise NotFound()
    return hook


async def deliveries(db: AsyncSession, hook_id: uuid.UUID) -> Sequence[Delivery]:
    """The last 20, newest first."""
    found = await db.scalars(
        select(Delivery)
        .where(Delivery.webhook_id == hook_id)
        .order_by(Delivery.created_at.desc(), Delivery.id)
        .limit(SHOWN)
    )
    return found.all()


async def queue_test(db: AsyncSession, clock: Clock, hook_id: uuid.UUID, staff: Staff) -> uuid.UUID:
    """A delivery that says only who tries it; its id.

    Raises:
        NotFound: there is no such webhook.
    """
    await get(db, hook_id)
    now, delivery_id = clock.now(), uuid.uuid4()
    by = {"by": {"id": str(staff.id), "name": staff.name}}
    db.add(Delivery(**delivery(delivery_id, hook_id, TEST, now, now, by)))
    await db.flush()
    return delivery_id


def delivery(
    delivery_id: uuid.UUID,
    hook_id: uuid.UUID,
    event: str,
    at: datetime,
    now: datetime,
    data: dict[str, Any],
) -> dict[str, Any]:
    """A new row's values; the body names no customer."""
    return {
        "id": delivery_id,
        "webhook_id": hook_id,
        "event": event,
        "body": {"id": str(delivery_id), "event": event, "at": at.isoformat(), "data": data},
        "attempts": 0,
        "next_try_at": now,
        "problem": "",
        "created_at": now,
    }


def _known(events: Sequence[str]) -> list[str]:
    wanted = [event for event in EVENTS if event in events]
    if not wanted or len(wanted) != len(set(events)):
        raise Invalid(f"Choose from these events: {', '.join(EVENTS)}.")
    return wanted


async def delivery_of(db: AsyncSession, delivery_id: uuid.UUID) -> Delivery:
    """One delivery.

    Raises:
        NotFound: there is none.
    """
    found = await db.get(Delivery, delivery_id)
    if found is None:
        raise NotFound()
    return found
