"""Tells other systems what happened at the desk: each happening once to each webhook, tried again until taken.

A delivery's id is made from webhook and record, so two processes that see the same record write one row; each
row is sent by who claims it with a conditional UPDATE. Who dies between the other side's answer and our mark is
followed by a repeat with the same `Handrail-Delivery`, by which the other side can drop it.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from handoff.alerts import happenings
from handoff.alerts import hooks as hooks_of
from handoff.alerts.models import Delivery, Webhook
from handoff.alerts.outgoing import Caller, CallFailed, UrlRefused, encoded, sign
from handoff.events import JOURNAL
from server.clock import Clock
from server.database import Database
from server.events import Bus
from server.settings import Settings

log = structlog.get_logger(__name__)

PAUSE = 3.0
LOOKS_BACK = timedelta(hours=1)
"""An alarm of this morning is no alarm any more: what a longer outage hid is not told afterwards."""
BATCH = 10
ATTEMPTS = 12
BACKOFF_FIRST, BACKOFF_MOST = timedelta(seconds=10), timedelta(hours=1)
LEASE = timedelta(minutes=1)
KEPT = timedelta(days=14)


class AlertSender:
    """``start`` and ``stop`` belong to the app's life, tests call ``step``."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        clock: Clock,
        settings: Settings,
        *,
        caller: Caller | None = None,
    ) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._base_url = settings.base_url
        self.caller = caller or Caller(settings.webhook_hosts)
        self._tidied_at = clock.now() - KEPT
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="alert-sender")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        async with self._bus.subscribe(JOURNAL) as events:
            while True:
                try:
                    await self.step()
                except Exception as error:  # one bad round must not end the alerting
                    log.error("alert_sender_broke", exc_info=error)
                try:
                    async with asyncio.timeout(PAUSE):
                        await events.next()
                    events.drain()
                except TimeoutError:
                    continue

    async def step(self) -> int:
        """Look once for what is new, and send what is due; returns how many were taken."""
        hooks = await self._hooks()
        if not hooks:
            return 0
        await self._collect(hooks)
        await self._tidy()
        sent = await asyncio.gather(*(self.send(one) for one in await self._due()))
        return sum(sent)

    async def _hooks(self) -> list[Webhook]:
        async with self._database.read() as db:
            return list(await db.scalars(select(Webhook).where(Webhook.active)))

    async def _collect(self, hooks: list[Webhook]) -> None:
        now = self._clock.now()
        async with self._database.read() as db:
            found = await happenings.since(db, now - LOOKS_BACK, self._base_url)
            wanted = {
                uuid5(NAMESPACE_URL, f"{hook.id}/{one.source}"): (hook, one)
                for one in found
                for hook in hooks
                if one.event in hook.events and one.at >= hook.created_at
            }
            known = set(await db.scalars(select(Delivery.id).where(Delivery.id.in_(wanted))))
        if wanted.keys() <= known:
            return
        async with self._database.write() as db:
            insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
            for delivery_id in sorted(wanted.keys() - known):
                hook, one = wanted[delivery_id]
                row = hooks_of.delivery(delivery_id, hook.id, one.event, one.at, now, one.data)
                await db.execute(insert(Delivery).values(**row).on_conflict_do_nothing())

    async def _due(self) -> list[UUID]:
        async with self._database.read() as db:
            found = await db.scalars(
                select(Delivery.id)
                .join(Webhook, Webhook.id == Delivery.webhook_id)
                .where(Webhook.active, Delivery.next_try_at <= self._clock.now())
                .order_by(Delivery.next_try_at)
                .limit(BATCH)
            )
            return list(found)

    async def send(self, delivery_id: UUID) -> bool:
        """Try one delivery now, if it is due and no other process has it; whether it was taken."""
        claimed = await self._claim(delivery_id)
        if claimed is None:
            return False
        delivery, hook = claimed
        body, now = encoded(delivery.body), self._clock.now()
        headers = {
            "Handrail-Event": delivery.event,
            "Handrail-Delivery": str(delivery.id),
            **sign(hook.secret, now, body),
        }
        try:
            await self.caller.post(hook.url, body, headers)
        except (CallFailed, UrlRefused) as error:
            await self._put_off(delivery, str(error), final=isinstance(error, UrlRefused))
            return False
        await self._settle(delivery, delivered_at=now, next_try_at=None, problem="")
        return True

    async def _claim(self, delivery_id: UUID) -> tuple[Delivery, Webhook] | None:
        now = self._clock.now()
        async with self._database.write() as db:
            found = await db.execute(
                update(Delivery)
                .where(Delivery.id == delivery_id, Delivery.next_try_at <= now)
                .values(next_try_at=now + LEASE, attempts=Delivery.attempts + 1)
                .returning(Delivery)
                .execution_options(synchronize_session=False)
            )
            delivery = found.scalar_one_or_none()
            hook = await db.get(Webhook, delivery.webhook_id) if delivery else None
            return (delivery, hook) if delivery and hook else None

    async def _put_off(self, delivery: Delivery, problem: str, *, final: bool) -> None:
        over = final or delivery.attempts >= ATTEMPTS
        pause = min(BACKOFF_MOST, BACKOFF_FIRST * 2 ** min(delivery.attempts - 1, 20))
        again = None if over else self._clock.now() + pause
        await self._settle(delivery, next_try_at=again, problem=problem[:300])
        log.warning(
            "webhook_given_up" if over else "webhook_put_off",
            webhook=str(delivery.webhook_id), about=delivery.event, attempts=delivery.attempts,
        )  # fmt: skip

    async def _settle(self, delivery: Delivery, **values: object) -> None:
        async with self._database.write() as db:
            await db.execute(
                update(Delivery)
                .where(
                    Delivery.id == delivery.id,
                    Delivery.attempts == delivery.attempts,
                    Delivery.delivered_at.is_(None),
                )
                .values(**values)
                .execution_options(synchronize_session=False)
            )

    async def _tidy(self) -> None:
        now = self._clock.now()
        if now - self._tidied_at < timedelta(hours=1):
            return
        self._tidied_at = now
        async with self._database.write() as db:
            await db.execute(
                delete(Delivery).where(
                    Delivery.next_try_at.is_(None), Delivery.created_at < now - KEPT
                )
            )
