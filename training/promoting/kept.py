"""Which models are kept, when each served, and why another took its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth import Staff
from training.models import Promotion, PromotionState, RunState, TrainingRun
from training.promoting.models import ModelStep, What
from training.promoting.steps import name_of
from training.serving import candidates, is_kept

#: A model that served is kept so long after its last day: a fault is found by its complaints, which take weeks.
SERVED_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class TakeOver:
    """From here on a model answers customers."""

    model: Path
    at: datetime | None
    """None: before anything was noted."""
    what: What
    why: str = ""
    by: str | None = None


@dataclass(frozen=True)
class Span:
    """A time in service."""

    since: datetime | None
    until: datetime | None
    """None: it serves."""


@dataclass(frozen=True)
class KeptModel:
    name: str
    path: Path
    size: int
    """Bytes."""
    trained_at: datetime | None
    run_id: UUID | None
    verdict: str | None
    """Of its comparison: better, equal, worse, first; None when it was not compared."""
    share: float | None
    """Of the golden messages that it understood when it was compared."""
    served: tuple[Span, ...]
    serving: bool
    previous: bool
    """A roll-back leads here, unless another model is named."""
    replaced_by: str | None = None
    """The model that took its place, the last time."""
    replaced_why: str = ""

    @property
    def can_return(self) -> bool:
        """Whether a roll-back may lead to it."""
        return bool(self.served) and not self.serving


async def history(db: AsyncSession) -> list[TakeOver]:
    """Return every change of the serving model, oldest first."""
    promoted = await db.execute(
        select(Promotion, Staff.name)
        .outerjoin(Staff, Staff.id == Promotion.by)
        .where(Promotion.state == PromotionState.DONE)
    )
    found = await db.execute(select(ModelStep).where(ModelStep.what == What.FOUND))
    changes = [
        ((row.finished_at or row.started_at, 1), row.previous, _take_over(row, name))
        for row, name in promoted.all()
    ]
    changes += [
        ((step.at, 0), None, TakeOver(Path(step.model), step.at, What.FOUND, step.why))
        for step in found.scalars()
        if step.model
    ]
    told: list[TakeOver] = []
    for _, previous, change in sorted(changes, key=lambda change: change[0]):
        # What served before anybody took notes is known from the first promotion that replaced it.
        if previous and (not told or told[-1].model != Path(previous)):
            told.append(TakeOver(Path(previous), None, What.FOUND))
        told.append(change)
    return told


def _take_over(row: Promotion, by: str | None) -> TakeOver:
    what = What.ROLLED_BACK if row.rollback else What.PROMOTED
    return TakeOver(Path(row.model), row.finished_at or row.started_at, what, row.reason, by)


def earlier(told: Sequence[TakeOver], serving: Path | None) -> Path | None:
    """Return the model that served last before this one, and is still there."""
    for change in reversed(told):
        if change.model != serving and is_kept(change.model):
            return change.model
    return None


def since(told: Sequence[TakeOver], serving: Path | None) -> datetime | None:
    """Return when the serving model took over; None when nobody noted it."""
    last = told[-1] if told else None
    return last.at if last is not None and last.model == serving else None


def needed(
    told: Sequence[TakeOver], serving: Path | None, now: datetime, others: Iterable[Path] = ()
) -> set[Path]:
    """Return the models that must stay: serving, the one before, and what served within thirty days."""
    must = set(others)
    if serving is not None:
        must.add(serving)
    before = earlier(told, serving)
    if before is not None:
        must.add(before)
    for model, spans in _spans(told).items():
        ends = [span.until or now for span in spans]
        if any(now - end <= SERVED_WITHIN for end in ends):
            must.add(model)
    return must


async def models_of(db: AsyncSession, folder: Path, serving: Path | None) -> list[KeptModel]:
    """Return every kept model: the one that serves, then by their last day in service, then by age."""
    told = await history(db)
    spans, before = _spans(told), earlier(told, serving)
    rows = await db.scalars(
        select(TrainingRun)
        .where(TrainingRun.state == RunState.DONE, TrainingRun.model.is_not(None))
        # Of a model that came back with a later start, the latest word on it.
        .order_by(TrainingRun.finished_at)
    )
    runs = {Path(run.model): run for run in rows if run.model}
    paths = set(candidates(folder))
    paths |= {path for path in spans if is_kept(path)}
    if serving is not None and is_kept(serving):
        paths.add(serving)
    models = [
        _kept(path, runs.get(path), spans.get(path, ()), path == serving, path == before)
        for path in paths
    ]
    return sorted((_replaced(model, told) for model in models), key=_order)


async def trained_on(db: AsyncSession, model: Path | None) -> datetime | None:
    """Return when the data of a model was read: when its training began, or else its file's own time."""
    if model is None:
        return None
    began: datetime | None = await db.scalar(
        select(TrainingRun.started_at).where(TrainingRun.model == str(model)).limit(1)
    )
    return began or _file_time(model)


def _spans(told: Sequence[TakeOver]) -> dict[Path, tuple[Span, ...]]:
    found: dict[Path, tuple[Span, ...]] = {}
    for number, change in enumerate(told):
        following = told[number + 1] if number + 1 < len(told) else None
        span = Span(change.at, following.at if following else None)
        found[change.model] = (*found.get(change.model, ()), span)
    return found


def _kept(
    path: Path, run: TrainingRun | None, spans: tuple[Span, ...], serving: bool, previous: bool
) -> KeptModel:
    figures: dict[str, Any] = run.figures if run is not None else {}
    candidate = figures.get("candidate")
    share = candidate.get("share") if isinstance(candidate, dict) else None
    return KeptModel(
        name=name_of(path),
        path=path,
        size=path.stat().st_size if path.exists() else 0,
        trained_at=(run.finished_at or run.started_at) if run is not None else _file_time(path),
        run_id=run.id if run is not None else None,
        verdict=str(figures["verdict"]) if figures.get("verdict") else None,
        share=float(share) if isinstance(share, int | float) else None,
        served=spans,
        serving=serving,
        previous=previous,
    )


def _replaced(model: KeptModel, told: Sequence[TakeOver]) -> KeptModel:
    if model.serving:
        return model
    for number in range(len(told) - 2, -1, -1):
        if told[number].model == model.path:
            after = told[number + 1]
            return replace(model, replaced_by=name_of(after.model), replaced_why=after.why)
    return model


def _order(model: KeptModel) -> tuple[bool, float, float, str]:
    last = model.served[-1].until if model.served else None
    return (
        not model.serving,
        -(last.timestamp() if last else 0.0),
        -(model.trained_at.timestamp() if model.trained_at else 0.0),
        model.name,
    )


def _file_time(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
