"""Practice over REST: agents replay and score; leads choose, read, and score. For others the leads' doors are not
there."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request

from handoff.practice import agreement, candidates, keeping, offering, scoring, trying
from handoff.practice.access import leads, require_lead
from handoff.practice.inputs import Answer, Finish, LeadScore, NewChat, Source, Strikes
from handoff.practice.keeping import Kept
from handoff.practice.views import (
    AgreementView,
    AttemptView,
    CandidateView,
    CopyView,
    KeptView,
    OfferedView,
    PracticeView,
    TriedView,
)
from server.auth import CurrentAgent, Staff, services

router = APIRouter(prefix="/api/desk/practice", tags=["practice"])


@router.get("")
async def read_practice(request: Request, agent: CurrentAgent) -> PracticeView:
    held = services(request)
    async with held.database.read() as db:
        return PracticeView(
            chats=[OfferedView.of(one) for one in await offering.to(db, agent)],
            on_handling=AgreementView.of(await agreement.on_handling(db, agent)),
            on_answers=AgreementView.of(await agreement.on_answers(db, agent)),
            leads=await leads(db, held.desk, agent),
        )


@router.post("/chats/{chat_id}/attempts")
async def begin_attempt(request: Request, agent: CurrentAgent, chat_id: UUID) -> AttemptView:
    held = services(request)
    async with held.database.write() as db:
        chat, attempt = await trying.begin(db, held.clock, chat_id, agent)
        return AttemptView.of(chat, attempt, agent.name)


@router.get("/attempts/{attempt_id}")
async def read_attempt(request: Request, agent: CurrentAgent, attempt_id: UUID) -> AttemptView:
    held = services(request)
    async with held.database.read() as db:
        lead = await leads(db, held.desk, agent)
        one = await scoring.read(db, attempt_id, agent, leads=lead)
    return AttemptView.of(one.chat, one.attempt, one.agent)


@router.post("/attempts/{attempt_id}/answers")
async def answer_point(
    request: Request, agent: CurrentAgent, attempt_id: UUID, body: Answer
) -> AttemptView:
    held = services(request)
    async with held.database.write() as db:
        attempt = await trying.answer(db, attempt_id, body, agent)
        chat = await keeping.get(db, attempt.practice_chat_id)
        return AttemptView.of(chat, attempt, agent.name)


@router.post("/attempts/{attempt_id}/finish")
async def finish_attempt(
    request: Request, agent: CurrentAgent, attempt_id: UUID, body: Finish
) -> AttemptView:
    held = services(request)
    async with held.database.write() as db:
        attempt = await trying.finish(db, held.clock, attempt_id, body, agent)
        chat = await keeping.get(db, attempt.practice_chat_id)
        return AttemptView.of(chat, attempt, agent.name)


@router.get("/attempts")
async def read_attempts(request: Request, agent: CurrentAgent) -> list[TriedView]:
    async with services(request).database.read() as db:
        await _lead(request, db, agent)
        return [TriedView.of(one) for one in await scoring.finished(db, agent)]


@router.put("/attempts/{attempt_id}/score")
async def score_attempt(
    request: Request, agent: CurrentAgent, attempt_id: UUID, body: LeadScore
) -> AttemptView:
    held = services(request)
    async with held.database.write() as db:
        await _lead(request, db, agent)
        await scoring.score(db, held.clock, attempt_id, body, agent)
        one = await scoring.read(db, attempt_id, agent, leads=True)
        return AttemptView.of(one.chat, one.attempt, one.agent)


@router.get("/candidates")
async def read_candidates(
    request: Request, agent: CurrentAgent, q: Annotated[str, Query(max_length=100)] = ""
) -> list[CandidateView]:
    async with services(request).database.read() as db:
        await _lead(request, db, agent)
        return [CandidateView.of(one) for one in await candidates.recent(db, agent, q)]


@router.post("/preview")
async def preview_copy(request: Request, agent: CurrentAgent, body: Source) -> CopyView:
    held = services(request)
    async with held.database.read() as db:
        await _lead(request, db, agent)
    return CopyView.of(await held.practice.preview(body.conversation, body.episode, body.strikes))


@router.get("/chats")
async def read_chats(request: Request, agent: CurrentAgent) -> list[KeptView]:
    async with services(request).database.read() as db:
        await _lead(request, db, agent)
        return [KeptView.of(one) for one in await keeping.every(db)]


@router.post("/chats", status_code=201)
async def keep_chat(request: Request, agent: CurrentAgent, body: NewChat) -> KeptView:
    held = services(request)
    async with held.database.read() as db:
        await _lead(request, db, agent)
    return KeptView.of(Kept(await held.practice.keep(body, agent), 0))


@router.post("/chats/{chat_id}/strike", status_code=204)
async def strike_words(request: Request, agent: CurrentAgent, chat_id: UUID, body: Strikes) -> None:
    async with services(request).database.write() as db:
        await _lead(request, db, agent)
        await keeping.strike(db, chat_id, body.strikes, agent)


@router.post("/chats/{chat_id}/retire", status_code=204)
async def retire_chat(request: Request, agent: CurrentAgent, chat_id: UUID) -> None:
    held = services(request)
    async with held.database.write() as db:
        await _lead(request, db, agent)
        await keeping.retire(db, held.clock, chat_id)


@router.post("/chats/{chat_id}/restore", status_code=204)
async def restore_chat(request: Request, agent: CurrentAgent, chat_id: UUID) -> None:
    async with services(request).database.write() as db:
        await _lead(request, db, agent)
        await keeping.restore(db, chat_id)


@router.delete("/chats/{chat_id}", status_code=204)
async def erase_chat(request: Request, agent: CurrentAgent, chat_id: UUID) -> None:
    async with services(request).database.write() as db:
        await _lead(request, db, agent)
        await keeping.erase(db, chat_id, agent)


async def _lead(request: Request, db: Any, agent: Staff) -> None:
    await require_lead(db, services(request).desk, agent)
