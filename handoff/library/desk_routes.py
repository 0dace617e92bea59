"""Saved views, mentions, topic and tags over REST."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from handoff.library import labels, mentions, saved
from handoff.library.answers import LabelsView, MentionsView, SavedViewView
from handoff.library.inputs import NewView, TagsChange, TopicChange
from handoff.library.models import SavedView
from server.auth import CurrentAgent, Staff, services

router = APIRouter(prefix="/api", tags=["desk"])


def _shown(view: SavedView, reader: Staff) -> SavedViewView:
    return SavedViewView(
        id=view.id,
        name=view.name,
        filters=view.filters,
        shared=view.shared,
        mine=view.staff_id == reader.id,
        deletable=saved.may_remove(view, reader),
    )


@router.get("/desk/views")
async def read_views(request: Request, agent: CurrentAgent) -> list[SavedViewView]:
    async with services(request).database.read() as db:
        return [_shown(view, agent) for view in await saved.of(db, agent)]


@router.post("/desk/views", status_code=201)
async def add_view(request: Request, agent: CurrentAgent, body: NewView) -> SavedViewView:
    async with services(request).database.write() as db:
        return _shown(await saved.add(db, body, agent), agent)


@router.delete("/desk/views/{view_id}", status_code=204)
async def remove_view(request: Request, agent: CurrentAgent, view_id: UUID) -> None:
    async with services(request).database.write() as db:
        await saved.remove(db, view_id, agent)


@router.get("/desk/mentions")
async def read_mentions(
    request: Request,
    agent: CurrentAgent,
    limit: Annotated[int, Query(ge=1, le=mentions.SHOWN)] = mentions.SHOWN,
) -> MentionsView:
    async with services(request).database.read() as db:
        return MentionsView.of(await mentions.of(db, agent, limit))


@router.post("/desk/mentions/read", status_code=204)
async def read_all_mentions(request: Request, agent: CurrentAgent) -> None:
    held = services(request)
    async with held.database.write() as db:
        await mentions.mark_read(db, held.clock, agent)


@router.post("/desk/mentions/{note_id}/read", status_code=204)
async def read_mention(request: Request, agent: CurrentAgent, note_id: UUID) -> None:
    held = services(request)
    async with held.database.write() as db:
        await mentions.mark_read(db, held.clock, agent, note_id)


@router.put("/conversations/{conversation_id}/tags")
async def set_tags(
    request: Request, agent: CurrentAgent, conversation_id: UUID, body: TagsChange
) -> LabelsView:
    held = services(request)
    async with held.database.write() as db:
        return LabelsView.of(
            await labels.set_tags(db, held.desk, conversation_id, agent, body.tags)
        )


@router.put("/conversations/{conversation_id}/topic")
async def set_topic(
    request: Request, agent: CurrentAgent, conversation_id: UUID, body: TopicChange
) -> LabelsView:
    held = services(request)
    async with held.database.write() as db:
        return LabelsView.of(
            await labels.set_topic(db, held.desk, conversation_id, agent, body.topic)
        )
