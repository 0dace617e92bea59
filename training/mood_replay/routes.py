"""The frustration threshold over HTTP: `/api/training/frustration`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from server.auth import CurrentTrainer, services
from training.mood_replay.desk import SHOWN, THRESHOLDS, MoodReplay
from training.mood_replay.replay import Change
from training.mood_replay.threshold import LEAST, MOST, REASON, REASON_LIMIT

router = APIRouter(prefix="/api/training/frustration", tags=["training"])


def _desk(held: Annotated[Any, Depends(services)]) -> MoodReplay:
    desk: MoodReplay = held.mood_replay
    return desk


Desk = Annotated[MoodReplay, Depends(_desk)]
Days = Annotated[Literal["30", "90"], Query()]
Score = Annotated[float, Field(ge=LEAST, le=MOST)]
Why = Annotated[str, Field(min_length=REASON, max_length=REASON_LIMIT)]
Version = Annotated[int, Field(ge=0, le=1_000_000)]


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ChangeView(View):
    version: int
    handoff: float
    before: float
    reason: str
    restores: int | None
    by: str
    at: datetime


class ThresholdView(BaseModel):
    version: int
    handoff: float
    shipped: float
    least: float = LEAST
    most: float = MOST
    history: list[ChangeView]


class CountsView(View):
    handed: int
    a_week: float
    bad: int
    caught: int
    well: int
    needless: int


class PointView(CountsView):
    handoff: float


class SignalView(BaseModel):
    name: str
    value: float
    evidence: str


class ShownView(BaseModel):
    conversation_id: UUID
    started_at: datetime
    change: Change
    text: str
    score: float | None
    signals: list[SignalView]
    number: int | None
    did_number: int | None
    did_reason: str | None
    outcome: str | None
    rating: int | None


class ReplayView(BaseModel):
    """What a threshold would have made of the last days' chats."""

    days: int
    chats: int
    handoff: float
    now: CountsView
    then: CountsView
    curve: list[PointView]
    changes: dict[Change, int]
    shown: list[ShownView]
    missing: int
    older: int


class ProgressView(View):
    running: bool
    done: int
    total: int
    problem: str


class ToSave(BaseModel):
    handoff: Score
    reason: Why
    seen: Version
    """The version that was looked at."""


class ToRestore(BaseModel):
    version: Version
    """0: the house's settings."""
    reason: Why
    seen: Version


@router.get("")
async def threshold(desk: Desk, _: CurrentTrainer) -> ThresholdView:
    """The threshold that holds, and how it came to be."""
    now = await desk.patience.now()
    history = await desk.patience.history()
    return ThresholdView(
        version=now.version,
        handoff=now.handoff,
        shipped=desk.patience.shipped,
        history=[ChangeView.model_validate(one) for one in history],
    )


@router.post("")
async def save(desk: Desk, staff: CurrentTrainer, body: ToSave) -> ThresholdView:
    """Set the threshold from the next turn on; 409 `threshold_changed` when somebody was faster."""
    await desk.patience.save(body.handoff, body.reason, staff, seen=body.seen)
    return await threshold(desk, staff)


@router.post("/restore")
async def restore(desk: Desk, staff: CurrentTrainer, body: ToRestore) -> ThresholdView:
    """Bring an earlier threshold back."""
    await desk.patience.restore(body.version, body.reason, staff, seen=body.seen)
    return await threshold(desk, staff)


@router.get("/replay")
async def replay(
    desk: Desk,
    _: CurrentTrainer,
    handoff: Annotated[float, Query(ge=LEAST, le=MOST)],
    days: Days = "30",
    change: Change | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = SHOWN,
) -> ReplayView:
    """Which past chats the threshold would have handed over; messages are masked."""
    loaded = await desk.load(int(days))
    changed = loaded.replay.changed(handoff)
    wanted = [one for one in changed if change is None or one.change is change][:limit]
    shown = await desk.show(wanted, loaded.version)
    return ReplayView(
        days=loaded.days,
        chats=len(loaded.replay.chats),
        handoff=handoff,
        now=CountsView.model_validate(loaded.replay.counts(loaded.setting.handoff)),
        then=CountsView.model_validate(loaded.replay.counts(handoff)),
        curve=[
            PointView(handoff=at, **CountsView.model_validate(counts).model_dump())
            for at, counts in loaded.replay.curve(THRESHOLDS)
        ],
        changes={kind: sum(one.change is kind for one in changed) for kind in Change},
        shown=[_view(one) for one in shown],
        missing=loaded.missing,
        older=loaded.older,
    )


@router.get("/scores")
async def progress(desk: Desk, _: CurrentTrainer) -> ProgressView:
    """How far the scoring with the present model is."""
    return ProgressView.model_validate(desk.scoring.progress())


@router.post("/scores", status_code=202)
async def refresh(desk: Desk, _: CurrentTrainer, days: Days = "30") -> Response:
    """Begin to score again what the present model has not scored; 409 `already_scoring`."""
    await desk.refresh(int(days))
    return Response(status_code=202)


def _view(one: Any) -> ShownView:
    fields = {name: getattr(one, name) for name in ShownView.model_fields if name != "signals"}
    signals = [SignalView(name=n, value=v, evidence=e) for n, v, e in one.signals]
    return ShownView(signals=signals, **fields)
