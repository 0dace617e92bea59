"""Canned replies and macros over REST: kept at the desk, offered and run in a chat."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request

from conversations import state
from handoff import queue
from handoff.library import canned, facts, macros, offering, running
from handoff.library.answers import (
    CheckView,
    MacroView,
    OfferView,
    PlannedView,
    PlanView,
    RanView,
    ReplyView,
    RunRequest,
)
from handoff.library.facts import Facts
from handoff.library.inputs import CheckRequest, ReplyChange
from handoff.library.steps import MacroChange
from server.auth import CurrentAgent, Staff, services

router = APIRouter(prefix="/api", tags=["desk"])


async def _facts(held: Any, conversation_id: UUID, agent: Staff) -> Facts:
    """Read first, then search: a search encodes the question, and holds no transaction."""
    async with held.database.read() as db:
        conversation = await queue.readable(db, conversation_id, agent)
        read = await facts.of(db, held.desk, conversation, agent)
    return await facts.with_article(read, held.knowledge, held.settings.public_url)


@router.get("/desk/replies")
async def read_replies(
    request: Request,
    agent: CurrentAgent,
    q: Annotated[str, Query(max_length=100)] = "",
    archived: bool = False,
) -> list[ReplyView]:
    async with services(request).database.read() as db:
        found = await canned.every(db, q=q, archived=archived)
    return [ReplyView.of(reply, agent) for reply in found]


@router.post("/desk/replies", status_code=201)
async def add_reply(request: Request, agent: CurrentAgent, body: ReplyChange) -> ReplyView:
    held = services(request)
    async with held.database.write() as db:
        return ReplyView.of(await canned.add(db, held.clock, body, agent), agent)


@router.post("/desk/replies/check")
async def check_text(_: CurrentAgent, body: CheckRequest) -> CheckView:
    return CheckView.of(body.text)


@router.put("/desk/replies/{reply_id}")
async def change_reply(
    request: Request, agent: CurrentAgent, reply_id: UUID, body: ReplyChange
) -> ReplyView:
    held = services(request)
    async with held.database.write() as db:
        return ReplyView.of(await canned.change(db, held.clock, reply_id, body, agent), agent)


@router.post("/desk/replies/{reply_id}/archive")
async def archive_reply(request: Request, agent: CurrentAgent, reply_id: UUID) -> ReplyView:
    held = services(request)
    async with held.database.write() as db:
        kept = await canned.set_archived(db, held.clock, reply_id, True, agent)
        return ReplyView.of(kept, agent)


@router.post("/desk/replies/{reply_id}/restore")
async def restore_reply(request: Request, agent: CurrentAgent, reply_id: UUID) -> ReplyView:
    held = services(request)
    async with held.database.write() as db:
        kept = await canned.set_archived(db, held.clock, reply_id, False, agent)
        return ReplyView.of(kept, agent)


@router.post("/desk/replies/{reply_id}/used", status_code=204)
async def count_use(request: Request, _: CurrentAgent, reply_id: UUID) -> None:
    async with services(request).database.write() as db:
        await canned.count_use(db, reply_id)


@router.get("/conversations/{conversation_id}/replies")
async def offer_replies(
    request: Request, agent: CurrentAgent, conversation_id: UUID
) -> list[OfferView]:
    held = services(request)
    known = await _facts(held, conversation_id, agent)
    async with held.database.read() as db:
        replies = await canned.every(db)
    return [OfferView.of(offer) for offer in offering.offers(replies, known)]


@router.get("/desk/macros")
async def read_macros(
    request: Request, agent: CurrentAgent, archived: bool = False
) -> list[MacroView]:
    async with services(request).database.read() as db:
        found = await macros.every(db, archived=archived)
    return [MacroView.of(macro, agent) for macro in found]


@router.post("/desk/macros", status_code=201)
async def add_macro(request: Request, agent: CurrentAgent, body: MacroChange) -> MacroView:
    held = services(request)
    async with held.database.write() as db:
        return MacroView.of(await macros.add(db, held.clock, body, agent), agent)


@router.put("/desk/macros/{macro_id}")
async def change_macro(
    request: Request, agent: CurrentAgent, macro_id: UUID, body: MacroChange
) -> MacroView:
    held = services(request)
    async with held.database.write() as db:
        return MacroView.of(await macros.change(db, held.clock, macro_id, body, agent), agent)


@router.post("/desk/macros/{macro_id}/archive")
async def archive_macro(request: Request, agent: CurrentAgent, macro_id: UUID) -> MacroView:
    held = services(request)
    async with held.database.write() as db:
        kept = await macros.set_archived(db, held.clock, macro_id, True, agent)
        return MacroView.of(kept, agent)


@router.post("/desk/macros/{macro_id}/restore")
async def restore_macro(request: Request, agent: CurrentAgent, macro_id: UUID) -> MacroView:
    held = services(request)
    async with held.database.write() as db:
        kept = await macros.set_archived(db, held.clock, macro_id, False, agent)
        return MacroView.of(kept, agent)


@router.get("/conversations/{conversation_id}/macros/{macro_id}")
async def plan_macro(
    request: Request, agent: CurrentAgent, conversation_id: UUID, macro_id: UUID
) -> PlanView:
    held = services(request)
    known = await _facts(held, conversation_id, agent)
    async with held.database.read() as db:
        macro = await macros.get(db, macro_id)
        conversation = await queue.readable(db, conversation_id, agent)
        planned = await running.plan(db, held.desk, conversation, agent, macro, known)
        return PlanView(
            title=macro.title,
            version=macros.version(macro),
            steps=[PlannedView.of(one) for one in planned],
        )


@router.post("/conversations/{conversation_id}/macros/{macro_id}")
async def run_macro(
    request: Request, agent: CurrentAgent, conversation_id: UUID, macro_id: UUID, body: RunRequest
) -> RanView:
    held = services(request)
    held.desk.presence.seen(agent.id)
    known = await _facts(held, conversation_id, agent)
    async with held.database.write() as db:
        ran = await running.run(
            db, held.desk, conversation_id, agent, macro_id, known,
            run_id=body.run, version=body.version, texts=body.texts, limit=held.settings.message_limit,
        )  # fmt: skip
        conversation = await queue.readable(db, conversation_id, agent)
        told = await state.state_of(db, held.desk, conversation, bot_ok=held.turns.bot_ok)
    return RanView(steps=ran.steps, repeated=ran.repeated, state=told)
