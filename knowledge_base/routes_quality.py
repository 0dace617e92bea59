"""The API of the answers' quality: what a target precision means here, setting it, and the house's own weights."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from knowledge_base.models import PolicyChange
from knowledge_base.quality import changes, settle
from knowledge_base.quality.fit import Figures, Outcome
from knowledge_base.quality.gauge import Gauge, Quality, fitted_at
from knowledge_base.quality.judged import Judged, Row
from knowledge_base.quality.policy import HIGHEST, LOWEST
from knowledge_base.review import gate
from knowledge_base.review.past import Question
from knowledge_base.views import Body, Note
from server.auth import Role, Staff, allow, services

router = APIRouter(prefix="/api/articles/quality", tags=["quality"])

Services = Annotated[Any, Depends(services)]
EditorOrLead = Annotated[Staff, Depends(allow(Role.EDITOR, Role.SUPERVISOR))]
Lead = Annotated[Staff, Depends(allow(Role.SUPERVISOR))]
Target = Annotated[float, Field(ge=LOWEST, le=HIGHEST)]
#: What a list of questions holds at most.
SHOWN = 100


class PrecisionBody(Body):
    answer_precision: Target | None
    """Null: as the settings say."""
    note: Note = ""
    """Why."""


class WhyBody(Body):
    note: Note = ""


class ChangeView(BaseModel):
    what: str
    before: str
    after: str
    by: str
    note: str
    at: datetime


class ShareView(BaseModel):
    value: float
    low: float
    high: float
    of: int


class RowView(BaseModel):
    target: float
    questions: int
    answered: int
    helped: int
    choices: int
    choices_with_it: int
    nothing: int
    coverage: ShareView | None
    precision: ShareView | None

    @classmethod
    def of(cls, row: Row) -> RowView:
        return cls.model_validate(row, from_attributes=True)


class JudgedView(BaseModel):
    text: str
    shown: str | None
    """Slug of the first article."""
    right: str | None
    """Slug of the right one; null: none, or nobody knows."""
    probability: float

    @classmethod
    def of(cls, one: Judged) -> JudgedView:
        return cls(
            text=one.label.text,
            shown=one.first.slug if one.first else None,
            right=one.right,
            probability=round(one.probability, 4),
        )


class QualityView(BaseModel):
    answer_precision: float
    """The target that is in force."""
    setting: float
    calibration: str
    fitted_at: datetime | None
    """When the house's own weights were fitted; null: the shipped ones judge."""
    fitted_by: str | None
    labelled: int
    answerable: int
    enough: bool
    """Whether there are enough labelled questions to measure; the rest is empty without."""
    new: int
    targets: list[RowView]
    wrong: list[JudgedView]
    """At the target asked about, the most certain first; 100 at most."""
    golden: int
    golden_lost: list[JudgedView]
    golden_failing: list[str]
    """Golden questions that don't get their right article at this moment, whatever took it away."""
    auroc: float | None
    calibration_error: float | None
    changes: list[ChangeView]
    """The last ten changes of what judges, newest first."""

    @classmethod
    def of(
        cls,
        quality: Quality,
        target: float | None,
        failing: list[Question],
        changed: list[PolicyChange],
    ) -> QualityView:
        about = quality.policy.calibration.about if quality.fitted else {}
        measured = quality.measured
        asked = quality.policy.precision if target is None else target
        return cls(
            answer_precision=quality.policy.precision,
            setting=quality.shipped.precision,
            calibration=quality.policy.calibration.version,
            fitted_at=fitted_at(quality.policy.calibration) if quality.fitted else None,
            fitted_by=str(about["by"])[:80] if "by" in about else None,
            labelled=quality.labels.labelled,
            answerable=quality.labels.answerable,
            enough=quality.labels.enough,
            new=quality.new,
            targets=[RowView.of(row) for row in quality.rows(asked)],
            wrong=[JudgedView.of(one) for one in measured.wrong(asked)[:SHOWN]] if measured else [],
            golden=len(measured.golden) if measured else 0,
            golden_lost=[JudgedView.of(one) for one in measured.golden_lost(asked)[:SHOWN]]
            if measured
            else [],
            golden_failing=[one.text for one in failing[:SHOWN]],
            auroc=measured.auroc if measured else None,
            calibration_error=measured.calibration_error if measured else None,
            changes=[ChangeView.model_validate(one, from_attributes=True) for one in changed],
        )


class FiguresView(BaseModel):
    questions: int
    answered: int
    precision: ShareView | None
    coverage: ShareView | None
    auroc: float | None
    calibration_error: float

    @classmethod
    def of(cls, figures: Figures) -> FiguresView:
        return cls.model_validate(figures, from_attributes=True)


class OutcomeView(BaseModel):
    kept: bool
    calibration: str
    questions: int
    answerable: int
    before: FiguresView
    after: FiguresView

    @classmethod
    def of(cls, outcome: Outcome) -> OutcomeView:
        return cls(
            kept=outcome.kept,
            calibration=outcome.calibration.version,
            questions=outcome.questions,
            answerable=outcome.answerable,
            before=FiguresView.of(outcome.before),
            after=FiguresView.of(outcome.after),
        )


@router.get("")
async def get_quality(
    app: Services, _: EditorOrLead, target: Annotated[Target | None, Query()] = None
) -> QualityView:
    """Figures on the labelled questions; `target` asks what another one would mean."""
    return await _view(app, target)


@router.put("")
async def set_answer_precision(app: Services, lead: Lead, body: PrecisionBody) -> QualityView:
    await settle.set_precision(app, body.answer_precision, lead.login, body.note)
    return await _view(app, None)


@router.post("/fit")
async def fit_to_our_questions(
    app: Services, lead: Lead, body: WhyBody | None = None
) -> OutcomeView:
    return OutcomeView.of(await settle.refit(app, lead.login, body.note if body else ""))


@router.delete("/fit", status_code=204)
async def undo_fit(app: Services, lead: Lead, body: WhyBody | None = None) -> None:
    await settle.undo(app, lead.login, body.note if body else "")


async def _view(app: Any, target: float | None) -> QualityView:
    quality = await Gauge.of(app).look()
    async with app.database.read() as db:
        changed = await changes.latest(db)
    return QualityView.of(quality, target, await gate.failing(app), changed)
