"""The customer of a chat, and their follow-ups, over REST."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from handoff import queue
from handoff.cases import book
from handoff.customers import followups, view
from handoff.customers.view import CustomerView
from server.auth import CurrentAgent, Staff, services

router = APIRouter(prefix="/api", tags=["desk"])


class NewFollowUp(BaseModel):
    model_config = ConfigDict(extra="forbid")
    why: Annotated[str, Field(min_length=1, max_length=300)]
    due_at: AwareDatetime | None = None


class Finished(BaseModel):
    model_config = ConfigDict(extra="forbid")
    note: Annotated[str, Field(max_length=300)] = ""


def _here(request: Request, agent: Staff) -> Any:
    held = services(request)
    held.desk.presence.seen(agent.id)
    return held


@router.get("/conversations/{conversation_id}/customer")
async def read_customer(
    request: Request, agent: CurrentAgent, conversation_id: UUID
) -> CustomerView:
    held = _here(request, agent)
    async with held.database.read() as db:
        conversation = await queue.readable(db, conversation_id, agent)
        return await view.read(db, held.desk, conversation, agent)


@router.post("/conversations/{conversation_id}/follow-up", status_code=201)
async def add_follow_up(
    request: Request, agent: CurrentAgent, conversation_id: UUID, body: NewFollowUp
) -> CustomerView:
    held = _here(request, agent)
    async with held.database.write() as db:
        conversation = await queue.readable(db, conversation_id, agent)
        days = (await book.case_rules(db)).follow_up_days
        await followups.add(
            db, held.clock, conversation_id, agent, why=body.why, due_at=body.due_at, days=days
        )
        return await view.read(db, held.desk, conversation, agent)


@router.post("/desk/follow-ups/{follow_up_id}/take", status_code=204)
async def take_follow_up(request: Request, agent: CurrentAgent, follow_up_id: UUID) -> None:
    held = _here(request, agent)
    async with held.database.write() as db:
        await followups.take(db, follow_up_id, agent)


@router.post("/desk/follow-ups/{follow_up_id}/done", status_code=204)
async def finish_follow_up(
    request: Request, agent: CurrentAgent, follow_up_id: UUID, body: Finished | None = None
) -> None:
    held = _here(request, agent)
    note = (body or Finished()).note
    async with held.database.write() as db:
        await followups.finish(db, held.clock, follow_up_id, agent, note)
