"""The trainer's room over HTTP: `/api/training`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from server.auth import CurrentTrainer, services
from training.inbox import Filter, Order, Show
from training.labels import AT_ONCE
from training.models import Choice, PromotionState, RunState
from training.reasons import Reason
from training.room import TrainingRoom

router = APIRouter(prefix="/api/training", tags=["training"])


def _room(held: Annotated[Any, Depends(services)]) -> TrainingRoom:
    room: TrainingRoom = held.training
    return room


Room = Annotated[TrainingRoom, Depends(_room)]
Intent = Annotated[str, Field(min_length=1, max_length=80)]
TurnIds = Annotated[list[UUID], Field(min_length=1, max_length=AT_ONCE)]
Why = Annotated[str, Field(max_length=500)]


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ProposalView(View):
    """What an agent said on the handoff card."""

    intent: str
    name: str
    at: datetime


class ItemView(View):
    turn_id: UUID
    text: str
    intent: str | None
    confidence: float | None
    candidates: list[tuple[str, float]]
    reasons: list[Reason]
    times: int
    at: datetime
    label: str | None
    proposals: list[ProposalView]


class InboxView(View):
    items: list[ItemView]
    total: int
    number: int
    pages: int
    reasons: dict[Reason, int]


class IntentView(View):
    name: str
    examples: int


class RefusedView(View):
    turn_id: UUID
    problem: str


class LabelledView(View):
    done: list[UUID]
    refused: list[RefusedView]


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


class ToIgnore(BaseModel):
    turn_ids: TurnIds


class ToTrain(BaseModel):
    promote: bool = False
    """Put the model into service by itself unless it is worse."""


class ToPromote(BaseModel):
    even_if_worse: bool = False
    reason: Why = ""


class ToRollBack(BaseModel):
    reason: Why = ""


@router.get("/inbox")
async def inbox(
    room: Room,
    _: CurrentTrainer,
    show: Show = Show.OPEN,
    reason: Reason | None = None,
    doubtful: bool = False,
    intent: Annotated[str | None, Query(max_length=80)] = None,
    search: Annotated[str, Query(max_length=200)] = "",
    order: Order = Order.DOUBT,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=100)] = 25,
) -> InboxView:
    """What customers wrote, each distinct message once, personal data masked."""
    wanted = Filter(show, reason, doubtful, intent, search, order)
    return InboxView.model_validate(await room.inbox.page(wanted, page, size))


@router.get("/intents")
async def intents(room: Room, _: CurrentTrainer) -> list[IntentView]:
    return [IntentView.model_validate(intent) for intent in await room.labels.intents()]


@router.post("/labels")
async def label(room: Room, staff: CurrentTrainer, body: ToLabel) -> LabelledView:
    """Give messages their right intent; those that can't be labelled come back with the reason."""
    return LabelledView.model_validate(await room.labels.label(body.turn_ids, body.intent, staff))


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
async def cancel(room: Room, _: CurrentTrainer) -> Response:
    """Stop the training that runs."""
    await room.job.cancel()
    return Response(status_code=204)


@router.post("/runs/{run_id}/promote", status_code=202)
async def promote(
    room: Room, staff: CurrentTrainer, run_id: UUID, body: ToPromote
) -> PromotionView:
    """Put a training's model into service; 409 `not_better` when it lost the comparison."""
    begun = await room.promotions.promote(
        run_id, staff, reason=body.reason, even_if_worse=body.even_if_worse
    )
    return PromotionView.model_validate(begun)


@router.post("/runs/{run_id}/keep-old", status_code=204)
async def keep_old(room: Room, staff: CurrentTrainer, run_id: UUID) -> Response:
    """Decide against a training's model."""
    await room.promotions.keep_old(run_id, staff)
    return Response(status_code=204)


@router.post("/roll-back", status_code=202)
async def roll_back(room: Room, staff: CurrentTrainer, body: ToRollBack) -> PromotionView:
    """Put the model that served before back into service."""
    return PromotionView.model_validate(await room.promotions.roll_back(staff, reason=body.reason))


def _name(model: Path | None) -> str | None:
    return model.name if model else None
