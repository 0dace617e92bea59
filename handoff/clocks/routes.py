"""Promises and alarms over REST."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from handoff import rule_books
from handoff.clocks import book, raising
from handoff.clocks.due import Promises
from handoff.models import Handoff
from server.auth import CurrentAgent, Role, Staff, allow, services

router = APIRouter(prefix="/api", tags=["desk"])
Supervisor = Annotated[Staff, Depends(allow(Role.SUPERVISOR))]


class Change(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    by: str
    note: str
    at: datetime


class ClocksView(BaseModel):
    promises: Promises
    """Seconds of staffed time, by clock and priority."""
    changes: list[Change]
    """The newest first; none: these are the shipped ones."""


class NewClocks(BaseModel):
    model_config = ConfigDict(extra="forbid")
    promises: Promises
    note: Annotated[str, Field(max_length=500)] = ""


class NewAlarm(BaseModel):
    model_config = ConfigDict(extra="forbid")
    why: Annotated[str, Field(min_length=1, max_length=300)]


class AlarmView(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    alarm_at: datetime | None
    alarm_by: UUID | None
    alarm_why: str
    alarm_owned_at: datetime | None

    @classmethod
    def of(cls, handoff: Handoff) -> AlarmView:
        return cls.model_validate(handoff)


def _here(request: Request, staff: Staff) -> Any:
    held = services(request)
    held.desk.presence.seen(staff.id)
    return held


@router.get("/desk/clocks")
async def read_clocks(request: Request, supervisor: Supervisor) -> ClocksView:
    async with services(request).database.read() as db:
        return ClocksView(
            promises=await book.read(db),
            changes=[Change.model_validate(one) for one in await rule_books.changes(db, book.KEY)],
        )


@router.put("/desk/clocks")
async def write_clocks(request: Request, supervisor: Supervisor, body: NewClocks) -> ClocksView:
    held = services(request)
    async with held.database.write() as db:
        book.write(db, held.clock, body.promises, supervisor, body.note)
        await db.flush()
        return ClocksView(
            promises=body.promises,
            changes=[Change.model_validate(one) for one in await rule_books.changes(db, book.KEY)],
        )


@router.post("/conversations/{conversation_id}/alarm")
async def raise_alarm(
    request: Request, agent: CurrentAgent, conversation_id: UUID, body: NewAlarm
) -> AlarmView:
    held = _here(request, agent)
    async with held.database.write() as db:
        return AlarmView.of(await raising.raise_on(db, held.desk, conversation_id, agent, body.why))


@router.post("/conversations/{conversation_id}/alarm/own")
async def own_alarm(request: Request, agent: CurrentAgent, conversation_id: UUID) -> AlarmView:
    held = _here(request, agent)
    async with held.database.write() as db:
        return AlarmView.of(await raising.take_on(db, held.desk, conversation_id, agent))
