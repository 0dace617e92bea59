"""The desk over REST (docs/frames.md, "Staff REST"). The staff socket does the chatting."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import frames, messages, state
from conversations.models import Conversation
from handoff import card, history, notes, overview, queue
from handoff.card import Card
from handoff.history import NotesView
from handoff.library import canned
from handoff.views import (
    AgentMessage,
    ClaimRequest,
    CloseRequest,
    MessagesView,
    NewNote,
    NoteRequest,
    NoteView,
    QueueView,
    Sent,
    TransferRequest,
)
from server.auth import CurrentAgent, Staff, services

router = APIRouter(prefix="/api", tags=["desk"])


async def _state(db: AsyncSession, held: Any, conversation: Conversation) -> dict[str, Any]:
    return await state.state_of(db, held.desk, conversation, bot_ok=held.turns.bot_ok)


def _here(request: Request, agent: Staff) -> Any:
    """The services; and a note that this agent is there, though no socket may be open."""
    held = services(request)
    held.desk.presence.seen(agent.id)
    return held


@router.get("/queue")
async def read_queue(request: Request, agent: CurrentAgent) -> QueueView:
    held = _here(request, agent)
    sight = await held.sights()
    async with held.database.read() as db:
        return await overview.read(db, held.desk, agent, sight)


@router.get("/conversations/{conversation_id}/card")
async def read_card(request: Request, agent: CurrentAgent, conversation_id: UUID) -> Card:
    held = _here(request, agent)
    async with held.database.read() as db:
        conversation = await queue.readable(db, conversation_id, agent)
        made = await card.build(db, held.desk, conversation, agent.name, canned.templates)
        made.corrections = await held.corrections.made(
            db, conversation_id, made.evidence.episode, agent.id, agent.login
        )
    return await card.suggest_articles(made, held.desk, held.knowledge, agent.name, held.earlier)


@router.get("/conversations/{conversation_id}/notes")
async def read_notes(
    request: Request,
    agent: CurrentAgent,
    conversation_id: UUID,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=history.PAGE)] = history.PAGE,
) -> NotesView:
    """Notes before one that is known, the newest last; the card has the last ones."""
    async with _here(request, agent).database.read() as db:
        await queue.readable(db, conversation_id, agent)
        return await history.notes(db, conversation_id, before=before, limit=limit)


@router.get("/conversations/{conversation_id}/messages")
async def read_messages(
    request: Request,
    agent: CurrentAgent,
    conversation_id: UUID,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=messages.PAGE)] = messages.PAGE,
) -> MessagesView:
    held = _here(request, agent)
    async with held.database.read() as db:
        conversation = await queue.readable(db, conversation_id, agent)
        found = await messages.list_after(db, conversation_id, after, limit)
        return MessagesView(
            messages=[frames.visible(message, held.files.links) for message in found],
            last_seq=conversation.last_seq,
            state=await _state(db, held, conversation),
        )


@router.post("/conversations/{conversation_id}/messages")
async def say(
    request: Request, agent: CurrentAgent, conversation_id: UUID, body: AgentMessage
) -> Sent:
    held = _here(request, agent)
    async with held.database.write() as db:
        await queue.readable(db, conversation_id, agent)
        message = await messages.post_as_agent(
            db,
            held.clock,
            conversation_id,
            agent,
            client_id=body.client_id,
            text=body.text,
            limit=held.settings.message_limit,
        )
        return Sent(seq=message.seq)


@router.post("/conversations/{conversation_id}/claim")
async def claim(
    request: Request,
    agent: CurrentAgent,
    conversation_id: UUID,
    body: ClaimRequest | None = None,
) -> dict[str, Any]:
    held = _here(request, agent)
    over = (body or ClaimRequest()).over_capacity
    async with held.database.write() as db:
        conversation = await queue.claim(db, held.desk, conversation_id, agent, over_capacity=over)
        return await _state(db, held, conversation)


@router.post("/conversations/{conversation_id}/release")
async def release(request: Request, agent: CurrentAgent, conversation_id: UUID) -> dict[str, Any]:
    held = _here(request, agent)
    async with held.database.write() as db:
        conversation = await queue.release(db, held.desk, conversation_id, agent)
        return await _state(db, held, conversation)


@router.post("/conversations/{conversation_id}/close")
async def close(
    request: Request,
    agent: CurrentAgent,
    conversation_id: UUID,
    body: CloseRequest | None = None,
) -> dict[str, Any]:
    held = _here(request, agent)
    said = body or CloseRequest()
    async with held.database.write() as db:
        conversation = await queue.close(
            db, held.desk, conversation_id, agent, said.outcome, said.given()
        )
        return await _state(db, held, conversation)


@router.post("/conversations/{conversation_id}/hand-back")
async def hand_back(
    request: Request,
    agent: CurrentAgent,
    conversation_id: UUID,
    body: NoteRequest | None = None,
) -> dict[str, Any]:
    held = _here(request, agent)
    why = (body or NoteRequest()).note
    async with held.database.write() as db:
        conversation = await queue.hand_back(db, held.desk, conversation_id, agent, why)
        return await _state(db, held, conversation)


@router.post("/conversations/{conversation_id}/transfer")
async def transfer(
    request: Request, agent: CurrentAgent, conversation_id: UUID, body: TransferRequest
) -> dict[str, Any]:
    held = _here(request, agent)
    async with held.database.write() as db:
        if body.team is not None:
            conversation = await queue.transfer_to_team(
                db, held.desk, conversation_id, agent, body.team, body.note
            )
        elif body.to is not None:
            conversation = await queue.transfer(
                db, held.desk, conversation_id, agent, body.to, body.note,
                over_capacity=body.over_capacity,
            )  # fmt: skip
        return await _state(db, held, conversation)


@router.post("/conversations/{conversation_id}/note", status_code=201)
async def note(
    request: Request, agent: CurrentAgent, conversation_id: UUID, body: NewNote
) -> NoteView:
    held = _here(request, agent)
    async with held.database.write() as db:
        await queue.readable(db, conversation_id, agent)
        written = await notes.add(db, held.desk, conversation_id, agent, body.text)
        return NoteView.model_validate(written, from_attributes=True)
