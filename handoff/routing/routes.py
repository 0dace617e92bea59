"""Offers, second persons, escalation and presence over REST."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import state
from conversations.models import Conversation
from handoff import queue
from handoff.views import NoteRequest, PresenceRequest, PresenceView
from server.auth import CurrentAgent, Staff, services

router = APIRouter(prefix="/api", tags=["desk"])


async def _state(db: AsyncSession, held: Any, conversation: Conversation) -> dict[str, Any]:
    return await state.state_of(db, held.desk, conversation, bot_ok=held.turns.bot_ok)


def _here(request: Request, agent: Staff) -> Any:
    """The services; and a note that this agent is there, though no socket may be open."""
    held = services(request)
    held.desk.presence.seen(agent.id)
    return held


@router.put("/desk/presence")
async def set_presence(
    request: Request, agent: CurrentAgent, body: PresenceRequest
) -> PresenceView:
    presence = services(request).presence
    now = await presence.set_away(agent.id, body.away, automatic=body.automatic)
    return PresenceView(state=now, automatic=presence.away().get(agent.id, False))


@router.post("/conversations/{conversation_id}/accept")
async def accept(request: Request, agent: CurrentAgent, conversation_id: UUID) -> dict[str, Any]:
    held = _here(request, agent)
    async with held.database.write() as db:
        conversation = await queue.accept(db, held.desk, conversation_id, agent)
        return await _state(db, held, conversation)


@router.post("/conversations/{conversation_id}/decline", status_code=204)
async def decline(request: Request, agent: CurrentAgent, conversation_id: UUID) -> None:
    held = _here(request, agent)
    async with held.database.write() as db:
        await queue.decline(db, held.desk, conversation_id, agent)


@router.post("/conversations/{conversation_id}/join")
async def join(request: Request, agent: CurrentAgent, conversation_id: UUID) -> dict[str, Any]:
    held = _here(request, agent)
    async with held.database.write() as db:
        conversation = await queue.join(db, held.desk, conversation_id, agent)
        return await _state(db, held, conversation)


@router.post("/conversations/{conversation_id}/leave")
async def leave(request: Request, agent: CurrentAgent, conversation_id: UUID) -> dict[str, Any]:
    held = _here(request, agent)
    async with held.database.write() as db:
        conversation = await queue.leave(db, held.desk, conversation_id, agent)
        return await _state(db, held, conversation)


@router.post("/conversations/{conversation_id}/escalate")
async def escalate(
    request: Request,
    agent: CurrentAgent,
    conversation_id: UUID,
    body: NoteRequest | None = None,
) -> dict[str, Any]:
    held = _here(request, agent)
    note = (body or NoteRequest()).note
    async with held.database.write() as db:
        conversation = await queue.escalate(db, held.desk, conversation_id, agent, note)
        return await _state(db, held, conversation)


@router.post("/conversations/{conversation_id}/someone-else")
async def someone_else(
    request: Request,
    agent: CurrentAgent,
    conversation_id: UUID,
    body: NoteRequest | None = None,
) -> dict[str, Any]:
    held = _here(request, agent)
    note = (body or NoteRequest()).note
    async with held.database.write() as db:
        conversation = await queue.someone_else(db, held.desk, conversation_id, agent, note)
        return await _state(db, held, conversation)
