"""The trainer's room over HTTP: `/api/training`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from server.auth import CurrentTrainer, services
from training.labels import AT_ONCE
from training.labels.views import Spans, of_one
from training.models import Choice, PromotionState, RunState
from training.page_routes import router as page_router
from training.review.routes import router as review_router
from training.room import TrainingRoom

router = APIRouter(prefix="/api/training", tags=["training"])
router.include_router(review_router)
router.include_router(page_router)


def _room(held: Annotated[Any, Depends(services)]) -> TrainingRoom:
    room: TrainingRoom = held.training
    return room


Room = Annotated[TrainingRoom, Depends(_room)]
Intent = Annotated[str, Field(min_length=1, max_length=80)]
TurnIds = Annotated[list[UUID], Field(min_length=1, max_length=AT_ONCE)]
Why = Annotated[str, Field(max_length=500)]


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class IntentView(View):
    name: str
    examples: int


class RefusedView(View):
    turn_id: UUID
    problem: str


class LabelledView(View):
    done: list[UUID]
    refused: list[RefusedView]
    asked: list[UUID] = []
    """Those of `refused` that wait for a second opinion now: nothing is wrong with them."""


class RunView(View):
    id: UUID
    state: RunState
    lines: list[dict[str, Any]]
    labels: int
    started_at: datetime
    finished_at: datetime | None
    error: str | None
    figures: dict[str, Any]
    choice: Choice | None


class PromotionView(View):
    id: UUID
    state: PromotionState
    rollback: bool
    error: str | None
    reason: str
    started_at: datetime
    finished_at: datetime | None


class StatusView(BaseModel):
    run: RunView | None
    promotion: PromotionView | None
    labels_waiting: int
    serving: str | None
    """File name of the model that answers customers."""
    earlier: str | None
    """File name of the model that a roll-back leads to."""


class ToLabel(BaseModel):
    turn_ids: TurnIds
    intent: Intent
    spans: Spans = []
    """Entities marked in it, with one message."""


class ToIgnore(BaseModel):
    turn_ids: TurnIds


class ToTrain(BaseModel):
    promote: bool = False
    """Put the model into service by itself unless it is worse."""


class ToPromote(BaseModel):
    even_if_worse: bool = False
    reason: Why = ""
    confirm: Annotated[str, Field(max_length=200)] = ""
    """The model's name, typed by somebody who wants a worse one knowingly."""


class ToRollBack(BaseModel):
    reason: Why = ""
    to: Annotated[str | None, Field(max_length=200)] = None
    """Name of a kept model that served (`GET /api/training/models`); null: the one before."""


@router.get("/intents")
async def intents(room: Room, _: CurrentTrainer) -> list[IntentView]:
    return [IntentView.model_validate(intent) for intent in await room.labels.intents()]


@router.post("/labels")
async def label(room: Room, staff: CurrentTrainer, body: ToLabel) -> LabelledView:
    """Give messages their right intent; those that can't be labelled come back with the reason."""
    spans = of_one(body.turn_ids, body.spans)
    done = await room.labels.label(body.turn_ids, body.intent, staff, spans=spans)
    return LabelledView.model_validate(done)


@router.delete("/labels/{turn_id}", status_code=204)
async def undo(room: Room, _: CurrentTrainer, turn_id: UUID) -> Response:
    """Take a label, or an "ignore", back."""
    await room.labels.undo(turn_id)
    return Response(status_code=204)


@router.post("/ignore")
async def ignore(room: Room, staff: CurrentTrainer, body: ToIgnore) -> LabelledView:
    return LabelledView.model_validate(await room.labels.ignore(body.turn_ids, staff))


@router.get("/status")
async def status(room: Room, _: CurrentTrainer) -> StatusView:
    now = await room.status()
    return StatusView(
        run=RunView.model_validate(now.run) if now.run else None,
        promotion=PromotionView.model_validate(now.promotion) if now.promotion else None,
        labels_waiting=now.labels_waiting,
        serving=_name(now.serving),
        earlier=_name(now.earlier),
    )


@router.post("/runs", status_code=202)
async def train(room: Room, staff: CurrentTrainer, body: ToTrain) -> RunView:
    """Begin a training; 409 `already_training` while one runs."""
    return RunView.model_validate(await room.train(staff, promote=body.promote))


@router.post("/cancel", status_code=204)
async def cancel(room: Room, staff: CurrentTrainer) -> Response:
    """Stop the training that runs, in whichever process."""
    await room.job.cancel(staff)
    return Response(status_code=204)


@router.post("/runs/{run_id}/promote", status_code=202)
async def promote(
    room: Room, staff: CurrentTrainer, run_id: UUID, body: ToPromote
) -> PromotionView:
    """Put a training's model into service; 409 `not_better` when it lost the comparison, 409
    `stale_comparison` when another model has come into service since."""
    begun = await room.promotions.promote(
        run_id,
        staff,
        reason=body.reason,
        even_if_worse=body.even_if_worse,
        confirm=body.confirm,
    )
    return PromotionView.model_validate(begun)


@router.post("/runs/{run_id}/keep-old", status_code=204)
async def keep_old(room: Room, staff: CurrentTrainer, run_id: UUID) -> Response:
    """Decide against a training's model."""
    await room.promotions.keep_old(run_id, staff)
    return Response(status_code=204)


@router.post("/roll-back", status_code=202)
async def roll_back(room: Room, staff: CurrentTrainer, body: ToRollBack) -> PromotionView:
    """Put the model that served before, or another one that served, back into service."""
    begun = await room.promotions.roll_back(staff, reason=body.reason, to=body.to)
    return PromotionView.model_validate(begun)


def _name(model: Path | None) -> str | None:
    return model.name if model else None
