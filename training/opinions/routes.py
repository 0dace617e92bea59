"""Second opinions over HTTP: `/api/training/opinions`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from server.auth import CurrentTrainer, Role, Staff, allow, services
from server.clock import Clock
from training.opinions.models import CaseState
from training.opinions.rules import MOST_INTENTS, Rules
from training.opinions.service import Opinions

router = APIRouter(prefix="/api/training/opinions", tags=["training"])


def _opinions(held: Annotated[Any, Depends(services)]) -> Opinions:
    opinions: Opinions = held.training.opinions
    return opinions


def _clock(held: Annotated[Any, Depends(services)]) -> Clock:
    clock: Clock = held.clock
    return clock


Here = Annotated[Opinions, Depends(_opinions)]
Now = Annotated[Clock, Depends(_clock)]
Reader = Annotated[Staff, Depends(allow(Role.TRAINER, Role.SUPERVISOR))]
Lead = Annotated[Staff, Depends(allow(Role.SUPERVISOR))]
Intent = Annotated[str, Field(min_length=1, max_length=80)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ToGiveView(View):
    """What the first person said is not in here, nor who it was, nor why a second is asked."""

    id: UUID
    text: str
    guesses: list[tuple[str, float]]


class OwnView(View):
    id: UUID
    text: str
    intent: str
    at: datetime


class SaidView(View):
    name: str
    intent: str
    later: str | None
    reason: str


class DisputedView(View):
    id: UUID
    text: str
    said: list[SaidView]
    own: bool


class SettledView(View):
    id: UUID
    text: str
    intent: str
    names: list[str]
    differed: bool
    reason: str
    problem: str
    at: datetime


class ListsView(View):
    to_give: list[ToGiveView]
    own: list[OwnView]
    disagreed: list[DisputedView]
    settled: list[SettledView]


class OutcomeView(View):
    case_id: UUID
    state: CaseState
    intent: str | None
    problem: str


class AgreementView(View):
    pairs: int
    same: int
    kappa: float | None
    low: float | None
    high: float | None


class ConfusedView(View):
    intents: tuple[str, str]
    times: int
    of: int


class TogetherView(View):
    names: tuple[str, str]
    pairs: int
    same: int
    kappa: float | None


class MeasuredView(View):
    all: AgreementView
    drawn: AgreementView
    confused: list[ConfusedView]
    people: list[TogetherView]


class RulesView(View):
    version: int
    enabled: bool
    share: float
    new_intents: bool
    intents: list[str]
    by: str | None
    note: str
    at: datetime | None


class ToAsk(BaseModel):
    turn_id: UUID
    intent: Intent | None = None
    """What one would say; not needed where the message carries one's own label."""


class ToSay(BaseModel):
    intent: Intent


class ToArgue(BaseModel):
    intent: Intent
    reason: Reason


class ToRule(BaseModel):
    version: Annotated[int, Field(ge=0)]
    """Of the rules that these replace; 409 `rules_changed` when others hold meanwhile."""
    enabled: bool
    share: Annotated[float, Field(ge=0, le=1)]
    new_intents: bool
    intents: Annotated[list[Intent], Field(max_length=MOST_INTENTS)] = []
    note: Annotated[str, Field(max_length=500)] = ""


@router.get("")
async def listed(here: Here, staff: CurrentTrainer) -> ListsView:
    """What waits for this person's opinion, blind; their own that wait; what is disputed, and settled."""
    return ListsView.model_validate(await here.lists(staff))


@router.post("", status_code=201)
async def ask(here: Here, staff: CurrentTrainer, body: ToAsk) -> OutcomeView:
    """Ask for a second opinion on one's own label."""
    return OutcomeView.model_validate(await here.ask(body.turn_id, body.intent, staff))


@router.get("/agreement")
async def agreement(
    here: Here, clock: Now, _: Reader, days: Annotated[int | None, Query(ge=1, le=3650)] = None
) -> MeasuredView:
    """Cohen's kappa of what two people said blind, with its interval; what they confuse; who with whom."""
    since = None if days is None else clock.now() - timedelta(days=days)
    return MeasuredView.model_validate(await here.agreement(since))


@router.get("/rules")
async def rules(here: Here, _: Reader) -> RulesView:
    return RulesView.model_validate(await here.rules())


@router.put("/rules")
async def set_rules(here: Here, staff: Lead, body: ToRule) -> RulesView:
    """Decide which labels need a second opinion from now on."""
    wanted = Rules(
        version=body.version, enabled=body.enabled, share=body.share,
        new_intents=body.new_intents, intents=tuple(body.intents), note=body.note,
    )  # fmt: skip
    return RulesView.model_validate(await here.set_rules(wanted, staff))


@router.post("/{case_id}")
async def give(here: Here, staff: CurrentTrainer, case_id: UUID, body: ToSay) -> OutcomeView:
    """Give the second opinion; 409 `own_opinion` to the author of the first."""
    return OutcomeView.model_validate(await here.give(case_id, body.intent, staff))


@router.post("/{case_id}/revise")
async def revise(here: Here, staff: CurrentTrainer, case_id: UUID, body: ToArgue) -> OutcomeView:
    """Change one's opinion after talking about it, with the reason."""
    return OutcomeView.model_validate(await here.revise(case_id, body.intent, body.reason, staff))


@router.post("/{case_id}/settle")
async def settle(here: Here, staff: CurrentTrainer, case_id: UUID, body: ToArgue) -> OutcomeView:
    """Decide between two others, with the reason."""
    return OutcomeView.model_validate(await here.settle(case_id, body.intent, body.reason, staff))


@router.delete("/{case_id}", status_code=204)
async def withdraw(here: Here, staff: CurrentTrainer, case_id: UUID) -> Response:
    """Take one's first opinion back."""
    await here.withdraw(case_id, staff)
    return Response(status_code=204)
