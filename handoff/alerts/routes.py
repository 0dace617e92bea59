"""Webhooks over REST, for supervisors (docs/operations.md, "Alerts to other systems")."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from conversations.guards import SmallBody
from handoff.alerts import hooks
from handoff.alerts.models import Delivery, Webhook
from server.auth import Role, Staff, allow, services

router = APIRouter(prefix="/api/desk/alerts", tags=["alerts"], route_class=SmallBody)
CurrentLead = Annotated[Staff, Depends(allow(Role.SUPERVISOR))]
Events = Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=10)]


class NewHook(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    url: Annotated[str, Field(max_length=2000)]
    events: Events


class HookChange(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    events: Events | None = None
    active: bool | None = None


class HookView(BaseModel):
    id: UUID
    url: str
    events: list[str]
    active: bool
    by: str
    created_at: datetime

    @classmethod
    def of(cls, hook: Webhook) -> HookView:
        return cls.model_validate(hook, from_attributes=True)


class MadeHook(BaseModel):
    hook: HookView
    secret: str
    """Shown this once; it signs every body."""


class DeliveryView(BaseModel):
    id: UUID
    event: str
    attempts: int
    created_at: datetime
    delivered_at: datetime | None
    next_try_at: datetime | None
    problem: str

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryView:
        return cls.model_validate(delivery, from_attributes=True)


@router.get("")
async def read_hooks(request: Request, _: CurrentLead) -> list[HookView]:
    async with services(request).database.read() as db:
        return [HookView.of(hook) for hook in await hooks.listed(db)]


@router.post("", status_code=201)
async def add_hook(request: Request, lead: CurrentLead, body: NewHook) -> MadeHook:
    held = services(request)
    async with held.database.write() as db:
        hook = await hooks.add(
            db, held.clock, held.alerts.caller, lead, url=body.url, events=body.events
        )
    return MadeHook(hook=HookView.of(hook), secret=hook.secret)


@router.patch("/{hook_id}")
async def change_hook(
    request: Request, _: CurrentLead, hook_id: UUID, body: HookChange
) -> HookView:
    async with services(request).database.write() as db:
        return HookView.of(await hooks.change(db, hook_id, events=body.events, active=body.active))


@router.delete("/{hook_id}", status_code=204)
async def remove_hook(request: Request, _: CurrentLead, hook_id: UUID) -> None:
    async with services(request).database.write() as db:
        await hooks.remove(db, hook_id)


@router.get("/{hook_id}/deliveries")
async def read_deliveries(request: Request, _: CurrentLead, hook_id: UUID) -> list[DeliveryView]:
    async with services(request).database.read() as db:
        await hooks.get(db, hook_id)
        return [DeliveryView.of(one) for one in await hooks.deliveries(db, hook_id)]


@router.post("/{hook_id}/test")
async def test_hook(request: Request, lead: CurrentLead, hook_id: UUID) -> DeliveryView:
    """Call it once, now; answers with what came of it."""
    held = services(request)
    async with held.database.write() as db:
        delivery_id = await hooks.queue_test(db, held.clock, hook_id, lead)
    await held.alerts.send(delivery_id)
    async with held.database.read() as db:
        return DeliveryView.of(await hooks.delivery_of(db, delivery_id))
