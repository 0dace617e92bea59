"""The case behind a chat over REST; closing it is the desk's own door (handoff.routes)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request

from handoff import journal, queue
from handoff.cases import sheet, ticks
from handoff.cases.inputs import SopChosen, Tick
from handoff.cases.sheet import CaseSheet, CauseView, TimelinePage
from server.auth import CurrentAgent, Staff, services

router = APIRouter(prefix="/api", tags=["desk"])


def _here(request: Request, agent: Staff) -> Any:
    held = services(request)
    held.desk.presence.seen(agent.id)
    return held


@router.get("/conversations/{conversation_id}/case")
async def read_case(request: Request, agent: CurrentAgent, conversation_id: UUID) -> CaseSheet:
    held = _here(request, agent)
    async with held.database.read() as db:
        conversation = await queue.readable(db, conversation_id, agent)
        return await sheet.read(db, held.desk, conversation, agent)


@router.get("/conversations/{conversation_id}/case/timeline")
async def read_timeline(
    request: Request,
    agent: CurrentAgent,
    conversation_id: UUID,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=journal.PAGE)] = journal.PAGE,
) -> TimelinePage:
    """Lines before one of the case's time line, the newest last."""
    async with _here(request, agent).database.read() as db:
        conversation = await queue.readable(db, conversation_id, agent)
        return await sheet.lines(db, conversation, before=before, limit=limit)


@router.put("/conversations/{conversation_id}/case/tick")
async def tick_step(
    request: Request, agent: CurrentAgent, conversation_id: UUID, body: Tick
) -> CaseSheet:
    held = _here(request, agent)
    async with held.database.write() as db:
        conversation = await queue.readable(db, conversation_id, agent)
        await ticks.tick(db, held.desk, conversation_id, agent, body)
        return await sheet.read(db, held.desk, conversation, agent)


@router.put("/conversations/{conversation_id}/case/procedure")
async def choose_procedure(
    request: Request, agent: CurrentAgent, conversation_id: UUID, body: SopChosen
) -> CaseSheet:
    held = _here(request, agent)
    async with held.database.write() as db:
        conversation = await queue.readable(db, conversation_id, agent)
        await ticks.choose(db, conversation_id, agent, body.sop)
        return await sheet.read(db, held.desk, conversation, agent)


@router.get("/desk/causes")
async def similar_causes(
    request: Request,
    agent: CurrentAgent,
    text: Annotated[str, Query(max_length=300)] = "",
    topic: Annotated[str | None, Query(max_length=80)] = None,
) -> list[CauseView]:
    """Root causes with alike words, or of the topic, the likest first."""
    async with _here(request, agent).database.read() as db:
        return await sheet.alike(db, topic, text)
