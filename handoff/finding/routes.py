"""Search over all history, over REST."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from handoff.finding.search import LIMIT, MOST, NEWEST, Found, search
from server.auth import CurrentAgent, services

router = APIRouter(prefix="/api/desk", tags=["desk"])


class HitView(BaseModel):
    id: int
    kind: str
    """message, note, customer or case."""
    conversation: UUID
    seq: int | None
    author: str
    customer: str | None
    topic: str | None
    at: datetime
    text: str
    marks: list[tuple[int, int]]
    """Where the hits stand in the text, as browsers count; the end excluded."""


class FoundView(BaseModel):
    hits: list[HitView]
    before: int | None

    @classmethod
    def of(cls, found: Found) -> FoundView:
        hits = [
            HitView(
                id=hit.id, kind=hit.kind, conversation=hit.conversation_id, seq=hit.seq, author=hit.author,
                customer=hit.customer, topic=hit.topic, at=hit.at, text=hit.text, marks=hit.marks,
            )
            for hit in found.hits
        ]  # fmt: skip
        return cls(hits=hits, before=found.before)


@router.get("/search")
async def search_history(
    request: Request,
    agent: CurrentAgent,
    q: Annotated[str, Query(min_length=2, max_length=100)],
    limit: Annotated[int, Query(ge=1, le=MOST)] = LIMIT,
    before: Annotated[int | None, Query(ge=1, le=NEWEST)] = None,
) -> FoundView:
    async with services(request).database.read() as db:
        return FoundView.of(await search(db, q, agent, limit=limit, before=before))
