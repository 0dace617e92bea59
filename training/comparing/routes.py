"""Comparisons over HTTP: `/api/training/runs/{id}/comparison`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from server.auth import CurrentTrainer, services
from training.comparing.comparer import Comparer
from training.comparing.verdict import Verdict

router = APIRouter(prefix="/api/training", tags=["training"])


def _comparer(held: Annotated[Any, Depends(services)]) -> Comparer:
    comparer: Comparer = held.training.comparer
    return comparer


Compares = Annotated[Comparer, Depends(_comparer)]


class ComparisonView(BaseModel):
    """The sections are those of `training.comparing.comparison.Comparison`; texts are masked."""

    run_id: UUID
    at: str
    candidate: str
    serving: str | None
    verdict: Verdict
    blocks: list[str]
    golden: dict[str, Any]
    crossval: dict[str, Any]
    replay: dict[str, Any]
    intents: dict[str, Any]
    confusions: dict[str, Any]
    cost: dict[str, Any]
    stories: dict[str, Any]
    seconds: float


@router.get("/runs/{run_id}/comparison")
async def comparison(compares: Compares, _: CurrentTrainer, run_id: UUID) -> ComparisonView:
    """A training's model beside the one that served; 404 when they were never compared."""
    return ComparisonView(**asdict(await compares.read(run_id)))


@router.post("/runs/{run_id}/comparison", status_code=202)
async def compare(compares: Compares, _: CurrentTrainer, run_id: UUID) -> Response:
    """Compare anew, with the model that serves now; 409 `already_comparing` while another comparison runs."""
    await compares.start(run_id)
    return Response(status_code=202)
