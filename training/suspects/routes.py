"""Suspicious training examples over HTTP: `/api/training/suspects`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from server.auth import CurrentTrainer, services
from training.suspects.models import Decision
from training.suspects.service import Suspects
from training.texts import LIMIT

router = APIRouter(prefix="/api/training/suspects", tags=["training"])


def _suspects(held: Annotated[Any, Depends(services)]) -> Suspects:
    suspects: Suspects = held.training.suspects
    return suspects


Here = Annotated[Suspects, Depends(_suspects)]
Intent = Annotated[str, Field(min_length=1, max_length=80)]
# Lines that a person wrote into the files may be longer than what is written here.
Text = Annotated[str, Field(min_length=1, max_length=4 * LIMIT)]


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class SuspectView(View):
    text: str
    intent: str
    likely: str
    probability: float
    likely_probability: float
    near: list[str]
    likely_near: list[str]


class FoundView(View):
    items: list[SuspectView]
    total: int
    looking: bool
    at: datetime | None
    changed: bool
    examples: int
    left_out: list[str]
    problem: str | None


class DecidedView(View):
    id: UUID
    decision: Decision


class Which(BaseModel):
    text: Text
    intent: Intent


class ToMove(Which):
    to: Intent


@router.get("")
async def found(
    here: Here, _: CurrentTrainer, size: Annotated[int, Query(ge=1, le=300)] = 50
) -> FoundView:
    """The examples that look wrong, the clearest first; a search begins where the list is missing or old."""
    return FoundView.model_validate(await here.page(size))


@router.post("/look", status_code=202)
async def look(here: Here, _: CurrentTrainer) -> Response:
    """Look through the examples again, in the background; 409 `already_looking` while that runs."""
    await here.look()
    return Response(status_code=202)


@router.post("/keep")
async def keep(here: Here, staff: CurrentTrainer, body: Which) -> DecidedView:
    """Its intent is right: never offer it again."""
    return DecidedView.model_validate(await here.keep(body.text, body.intent, staff))


@router.post("/relabel")
async def relabel(here: Here, staff: CurrentTrainer, body: ToMove) -> DecidedView:
    """Make it an example of another intent."""
    return DecidedView.model_validate(await here.relabel(body.text, body.intent, body.to, staff))


@router.post("/remove")
async def remove(here: Here, staff: CurrentTrainer, body: Which) -> DecidedView:
    """Take it out of the training files."""
    return DecidedView.model_validate(await here.remove(body.text, body.intent, staff))


@router.delete("/decisions/{decision_id}", status_code=204)
async def undo(here: Here, staff: CurrentTrainer, decision_id: UUID) -> Response:
    """Take a decision back: the example stands where it stood, and is offered again."""
    await here.undo(decision_id, staff)
    return Response(status_code=204)
