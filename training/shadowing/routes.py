"""Shadowing over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from server.auth import CurrentTrainer
from server.errors import NotFound
from training.routes import Room, View
from training.shadowing.models import ShadowTrial, TrialState
from training.shadowing.results import Results
from training.shadowing.shadowing import MOST, WANTED

router = APIRouter(prefix="/api/training/shadow", tags=["training"])


class ToShadow(View):
    run_id: UUID
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Of the messages that customers type."""
    wanted: Annotated[int, Field(ge=1, le=MOST)] = WANTED
    """It ends after so many messages."""


class TrialView(View):
    id: UUID
    state: TrialState
    run_id: UUID
    share: float
    wanted: int
    dropped: int
    started_at: datetime
    finished_at: datetime | None
    why: str


class SpeedView(View):
    p50: float
    p95: float


class DifferenceView(View):
    turn_id: UUID
    text: str
    serving: str | None
    shadow: str | None
    confidence: float | None
    at: datetime


class ResultsView(View):
    trial: TrialView
    model: str
    read: int
    agreed: int
    share: float | None
    errors: int
    dropped: int
    serving_speed: SpeedView | None
    shadow_speed: SpeedView | None
    differing: list[DifferenceView]


@router.post("", status_code=202)
async def begin(room: Room, staff: CurrentTrainer, body: ToShadow) -> TrialView:
    """Have a training's model read along; 409 `already_shadowing` while another one does."""
    trial: ShadowTrial = await room.shadowing.shadow(
        body.run_id, staff, share=body.share, wanted=body.wanted
    )
    return TrialView.model_validate(trial)


@router.get("")
async def results(room: Room, _: CurrentTrainer) -> ResultsView:
    """What came of the latest trial by now, with the messages that both models understand differently.

    Raises:
        NotFound: no model has ever read along.
    """
    found: Results | None = await room.shadowing.results()
    if found is None:
        raise NotFound("No model has read along yet.")
    return ResultsView.model_validate(found)


@router.post("/stop", status_code=204)
async def stop(room: Room, _: CurrentTrainer) -> Response:
    """End it; 409 `not_shadowing` when no model reads along."""
    await room.shadowing.stop()
    return Response(status_code=204)
