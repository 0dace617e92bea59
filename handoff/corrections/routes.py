"""Corrections over REST (docs/frames.md, "Corrections on the card")."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import card, queue, words
from handoff.corrections.correction import Correction
from handoff.corrections.service import Corrections
from handoff.corrections.views import IntentOption, NewCorrection
from server.auth import CurrentAgent, Staff, services
from server.errors import Invalid

router = APIRouter(prefix="/api", tags=["desk"])


@router.get("/desk/intents")
async def read_intents(request: Request, _: CurrentAgent) -> list[IntentOption]:
    """What a message may really have been about, by name."""
    held: Corrections = services(request).corrections
    found = [IntentOption(name=one, words=words.humanise(one)) for one in await held.intents()]
    return sorted(found, key=lambda one: one.words)


@router.post("/conversations/{conversation_id}/corrections")
async def correct(
    request: Request, agent: CurrentAgent, conversation_id: UUID, body: NewCorrection
) -> list[Correction]:
    """Note one correction, once however often it is sent; answers with all of this episode."""
    held = services(request)
    made: Corrections = held.corrections
    if body.intent is not None:
        await made.check(body.intent)
    async with held.database.write() as db:
        conversation = await queue.readable(db, conversation_id, agent)
        episode = await card.episode_of(db, conversation)
        if body.kind == "no_article":
            await made.no_article(db, conversation_id, episode, agent, note=body.note)
        elif body.article_id is not None:
            await made.article_wrong(
                db, conversation_id, episode, agent, article_id=body.article_id, note=body.note
            )
        elif body.turn_id is not None and body.intent is not None:
            await made.about(db, conversation_id, agent, turn_id=body.turn_id, intent=body.intent)
        else:
            raise Invalid()
        return await _all(db, held, conversation_id, episode, agent)


@router.delete("/conversations/{conversation_id}/corrections/{correction_id}")
async def undo(
    request: Request, agent: CurrentAgent, conversation_id: UUID, correction_id: UUID
) -> list[Correction]:
    """Take one's own correction back; answers with what is left."""
    held = services(request)
    async with held.database.write() as db:
        conversation = await queue.readable(db, conversation_id, agent)
        episode = await card.episode_of(db, conversation)
        await held.corrections.undo(db, conversation_id, episode, agent, correction_id)
        return await _all(db, held, conversation_id, episode, agent)


async def _all(
    db: AsyncSession, held: Any, conversation_id: UUID, episode: int, agent: Staff
) -> list[Correction]:
    found: list[Correction] = await held.corrections.made(
        db, conversation_id, episode, agent.id, agent.login
    )
    return found
