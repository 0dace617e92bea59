"""The models of the house over HTTP: which are kept, and what happened to the model."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from server.auth import CurrentTrainer
from training.promoting.models import What
from training.routes import Room, View

router = APIRouter(prefix="/api/training", tags=["training"])


class SpanView(View):
    since: datetime | None
    """Null: before anything was noted."""
    until: datetime | None
    """Null: it serves."""


class KeptModelView(View):
    name: str
    size: int
    """Bytes."""
    trained_at: datetime | None
    run_id: UUID | None
    verdict: str | None
    share: float | None
    served: list[SpanView]
    serving: bool
    previous: bool
    can_return: bool
    """Whether a roll-back may lead to it."""
    replaced_by: str | None
    replaced_why: str


class StepView(View):
    at: datetime
    what: What
    model: str | None
    by: str | None
    why: str
    run_id: UUID | None


@router.get("/models")
async def models(room: Room, _: CurrentTrainer) -> list[KeptModelView]:
    """The kept models: the one that serves, then by their last day in service."""
    return [KeptModelView.model_validate(model) for model in await room.promotions.kept()]


@router.get("/steps")
async def steps(
    room: Room, _: CurrentTrainer, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> list[StepView]:
    """What happened to the model, newest first: for charts that mark it."""
    return [StepView.model_validate(step) for step in await room.promotions.steps(limit)]
