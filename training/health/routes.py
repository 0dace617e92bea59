"""Data health over HTTP: `/api/training/health`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from server.auth import CurrentTrainer, services
from training.health import words
from training.health.desk import DataHealth
from training.health.findings import Finding, Kind
from training.health.golden import AT_ONCE
from training.nlu_files import Example

router = APIRouter(prefix="/api/training/health", tags=["training"])


def _desk(held: Annotated[Any, Depends(services)]) -> DataHealth:
    desk: DataHealth = held.health
    return desk


Desk = Annotated[DataHealth, Depends(_desk)]
Key = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class LineView(View):
    intent: str
    text: str
    message: bool


class FindingView(BaseModel):
    key: str
    kind: Kind
    title: str
    intents: list[str]
    figures: dict[str, float]
    lines: list[list[LineView]]
    mend: list[str]
    """The pages where it is mended; none: by its examples."""


class SettledView(View):
    key: str
    kind: Kind
    title: str
    by: str
    at: datetime


class ProgressView(View):
    running: bool
    doing: str
    done: int
    total: int
    problem: str


class HealthView(BaseModel):
    at: datetime | None
    seconds: float | None
    examples: int
    intents: int
    messages: int
    right: float | None
    drift: dict[str, Any]
    findings: list[FindingView]
    settled: list[SettledView]
    progress: ProgressView


Intent = Annotated[str, Field(min_length=1, max_length=80)]
Sentence = Annotated[str, Field(min_length=1, max_length=1000)]


class ToRemove(BaseModel):
    intent: Intent
    text: Sentence


class ToMove(ToRemove):
    to: Intent


class Golden(BaseModel):
    intent: Intent
    texts: Annotated[list[Sentence], Field(min_length=1, max_length=AT_ONCE)]


@router.get("")
async def health(desk: Desk, _: CurrentTrainer) -> HealthView:
    """The latest report, without what was settled or mended since."""
    standing = await desk.standing()
    report = standing.report
    return HealthView(
        at=report.at if report else None,
        seconds=report.seconds if report else None,
        examples=report.examples if report else 0,
        intents=report.intents if report else 0,
        messages=report.messages if report else 0,
        right=report.right if report else None,
        drift=report.drift if report else {},
        findings=[_view(finding) for finding in standing.findings],
        settled=[SettledView.model_validate(one) for one in standing.settled],
        progress=ProgressView.model_validate(standing.progress),
    )


@router.post("", status_code=202)
async def look(desk: Desk, _: CurrentTrainer) -> Response:
    """Begin to look at the training data; 409 `already_looking` while somebody does."""
    await desk.look()
    return Response(status_code=202)


@router.post("/findings/{key}/no-problem", status_code=204)
async def settle(desk: Desk, staff: CurrentTrainer, key: Key) -> Response:
    """Remember that a finding is no problem."""
    await desk.settle(key, staff)
    return Response(status_code=204)


@router.delete("/findings/{key}/no-problem", status_code=204)
async def unsettle(desk: Desk, _: CurrentTrainer, key: Key) -> Response:
    """Show a finding again."""
    await desk.unsettle(key)
    return Response(status_code=204)


@router.post("/examples/remove", status_code=204)
async def remove(desk: Desk, staff: CurrentTrainer, body: ToRemove) -> Response:
    """Take an example out of the training data."""
    await desk.mending.remove(Example(body.intent, body.text), staff)
    return Response(status_code=204)


@router.post("/examples/move", status_code=204)
async def move(desk: Desk, staff: CurrentTrainer, body: ToMove) -> Response:
    """Make an example one of another intent."""
    await desk.mending.move(Example(body.intent, body.text), body.to, staff)
    return Response(status_code=204)


@router.post("/golden", status_code=201)
async def add_golden(desk: Desk, _: CurrentTrainer, body: Golden) -> Golden:
    """Write golden messages, personal data masked; returns them as they stand."""
    added = await desk.add_golden(body.intent, body.texts)
    return Golden(intent=body.intent, texts=added)


@router.post("/golden/remove", status_code=204)
async def remove_golden(desk: Desk, _: CurrentTrainer, body: Golden) -> Response:
    """Take golden messages out again."""
    await desk.remove_golden(body.intent, body.texts)
    return Response(status_code=204)


def _view(finding: Finding) -> FindingView:
    return FindingView(
        key=finding.key,
        kind=finding.kind,
        title=words.title(finding),
        intents=list(finding.intents),
        figures=dict(finding.figures),
        lines=[[LineView.model_validate(line) for line in group] for group in finding.lines],
        mend=[address for _, address in words.where(finding)],
    )
