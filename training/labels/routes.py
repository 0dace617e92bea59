"""Labelling over HTTP beyond label, ignore and undo: relabel, confirm, entities, new intents, edits by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from server.auth import CurrentTrainer, services
from training.labels import AT_ONCE
from training.labels.views import Name, Spans, SpanView
from training.room import TrainingRoom
from training.routes import IntentView, LabelledView

router = APIRouter(prefix="/api/training", tags=["training"])


def _room(held: Annotated[Any, Depends(services)]) -> TrainingRoom:
    room: TrainingRoom = held.training
    return room


Room = Annotated[TrainingRoom, Depends(_room)]
TurnIds = Annotated[list[UUID], Field(max_length=AT_ONCE)]
Sentence = Annotated[str, Field(min_length=1, max_length=500)]


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class EntityView(BaseModel):
    name: str
    roles: list[str]


class NotTaken(BaseModel):
    text: str
    problem: str


class CreatedView(BaseModel):
    intent: IntentView
    refused: list[NotTaken]
    """Examples that were not taken."""


class EditView(View):
    label_id: UUID
    text: str
    intent: str
    now: str | None
    at: datetime


class ToConfirm(BaseModel):
    turn_ids: Annotated[TurnIds, Field(min_length=1)]


class ToRelabel(BaseModel):
    turn_id: UUID
    intent: Name


class ToMark(BaseModel):
    spans: Spans


class ToCreate(BaseModel):
    name: Name
    examples: Annotated[list[Sentence], Field(max_length=AT_ONCE)] = []
    """Typed by the trainer."""
    turn_ids: TurnIds = []
    """Messages that are examples of it, too."""


@router.get("/entities")
async def entities(room: Room, _: CurrentTrainer) -> list[EntityView]:
    """What can be marked in a message."""
    found = await room.labels.entities()
    return [EntityView(name=name, roles=list(roles)) for name, roles in found.items()]


@router.post("/confirm")
async def confirm(room: Room, staff: CurrentTrainer, body: ToConfirm) -> LabelledView:
    """Label each message with the intent that was predicted for it."""
    return LabelledView.model_validate(await room.labels.confirm(body.turn_ids, staff))


@router.post("/relabel")
async def relabel(room: Room, staff: CurrentTrainer, body: ToRelabel) -> LabelledView:
    """Give a message another intent, whatever was said of it before."""
    done = await room.labels.relabel(body.turn_id, body.intent, staff)
    return LabelledView.model_validate(done)


@router.put("/labels/{turn_id}/spans")
async def mark(room: Room, _: CurrentTrainer, turn_id: UUID, body: ToMark) -> list[SpanView]:
    """Mark these entities in a labelled message, and no others."""
    found = await room.labels.mark(turn_id, [one.span() for one in body.spans])
    return [SpanView.model_validate(one) for one in found]


@router.post("/intents", status_code=201)
async def create_intent(room: Room, staff: CurrentTrainer, body: ToCreate) -> CreatedView:
    """Create an intent that the articles answer; 409 `intent_exists` when the name is taken."""
    created = await room.labels.create_intent(
        body.name, staff, turn_ids=body.turn_ids, texts=body.examples
    )
    refused = [NotTaken(text=text, problem=problem) for text, problem in created.refused]
    return CreatedView(intent=IntentView.model_validate(created.intent), refused=refused)


@router.get("/edited")
async def edited(room: Room, _: CurrentTrainer) -> list[EditView]:
    """Labels whose examples a person took out of their file, or moved."""
    return [EditView.model_validate(one) for one in await room.labels.edited_by_hand()]


@router.post("/edited/{label_id}/accept", status_code=204)
async def accept(room: Room, staff: CurrentTrainer, label_id: UUID) -> Response:
    """Let a label say what the person did."""
    await room.labels.accept_edit(label_id, staff)
    return Response(status_code=204)


@router.post("/edited/{label_id}/put-back", status_code=204)
async def put_back(room: Room, _: CurrentTrainer, label_id: UUID) -> Response:
    """Write the example again where its label says."""
    await room.labels.put_back(label_id)
    return Response(status_code=204)
