"""The test console over HTTP: `/api/training/try` and `/api/training/stories`. Only a story is ever written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from server.auth import CurrentTrainer
from training.routes import Room, View
from training.trying import choices
from training.trying.choices import Kind
from training.trying.walks import CHARACTERS, MESSAGES, Said, Tried, Walk

router = APIRouter(prefix="/api/training", tags=["training"])

MODELS = 3
Model = Annotated[str, Field(min_length=1, max_length=200)]


class ToSay(BaseModel):
    text: Annotated[str, Field(min_length=1, max_length=CHARACTERS)]
    """Words, or a button's payload such as ``/affirm``."""
    intent: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    """What it shall count as, whatever the model reads in it."""

    def said(self) -> Said:
        return Said(self.text.strip(), self.intent)


Conversation = Annotated[list[ToSay], Field(min_length=1, max_length=MESSAGES)]


class ToTry(BaseModel):
    said: Conversation
    models: Annotated[list[Model], Field(max_length=MODELS)] = []
    """Names; without any the serving model beside the candidate."""


class ToKeep(BaseModel):
    said: Conversation
    model: Model
    title: Annotated[str, Field(max_length=200)] = ""
    instead: bool = False
    """Write over the test of the same conversation."""


class ToRun(BaseModel):
    model: Model


class ChoiceView(View):
    name: str
    kind: Kind


class WouldView(View):
    task: str
    subject: str
    values: Mapping[str, str]


class TriedView(View):
    intent: str | None
    confidence: float
    ranking: list[tuple[str, float]]
    parse: Mapping[str, Any]
    form: str | None
    rule: str | None
    ran: list[str]
    searched: bool
    found: Mapping[str, Any]
    records: list[Mapping[str, Any]]
    would: list[WouldView]
    messages: list[Mapping[str, Any]]
    steps: list[Mapping[str, Any]]
    failed: str | None
    milliseconds: float


class WalkView(BaseModel):
    model: str
    turns: list[TriedView]
    problem: str | None

    @classmethod
    def of(cls, walk: Walk) -> WalkView:
        return cls(
            model=walk.model, turns=[_view(turn) for turn in walk.turns], problem=walk.problem
        )


class SaidView(View):
    text: str
    intent: str | None


class EpisodeView(BaseModel):
    said: list[SaidView]
    left_out: int


class StoryView(BaseModel):
    title: str
    file: str
    messages: int


class ResultView(View):
    title: str
    file: str
    passed: bool
    failures: list[str]


class KeptView(BaseModel):
    file: str


@router.get("/try/models")
async def models(room: Room, _: CurrentTrainer) -> list[ChoiceView]:
    """What can be tried, the serving model first."""
    return [ChoiceView.model_validate(one) for one in await room.trying.choices()]


@router.post("/try")
async def try_out(room: Room, _: CurrentTrainer, body: ToTry) -> list[WalkView]:
    """Walk a conversation with kept models, side by side. No effect is had and nothing is kept."""
    names = body.models or choices.usual(await room.trying.choices())
    walks = await room.trying.side_by_side([one.said() for one in body.said], names)
    return [WalkView.of(walk) for walk in walks]


@router.get("/try/episode/{turn_id}")
async def episode(room: Room, _: CurrentTrainer, turn_id: UUID) -> EpisodeView:
    """What a customer said in the episode of this turn, masked, to be tried again."""
    stored = await room.trying.episode(turn_id)
    said = [
        SaidView(text=one.text, intent=intent)
        for one, intent in zip(stored.said, stored.intents, strict=True)
    ]
    return EpisodeView(said=said, left_out=stored.left_out)


@router.get("/stories")
async def stories(room: Room, _: CurrentTrainer) -> list[StoryView]:
    """The story tests that every model is tried with."""
    return [
        StoryView(title=one.title, file=one.file, messages=len(one.turns))
        for one in await room.trying.saved()
    ]


@router.post("/stories", status_code=201)
async def keep(room: Room, _: CurrentTrainer, body: ToKeep) -> KeptView:
    """Keep a conversation as a story test; 409 `story_exists` when it is one already."""
    path = await room.trying.save_story(
        [one.said() for one in body.said], body.model, body.title, instead=body.instead
    )
    return KeptView(file=path.name)


@router.post("/stories/run")
async def run(room: Room, _: CurrentTrainer, body: ToRun) -> list[ResultView]:
    """Try every story test with a model."""
    model = choices.named(await room.trying.choices(), body.model)
    return [ResultView.model_validate(one) for one in await room.trying.run(model.path)]


def _view(turn: Tried) -> TriedView:
    return TriedView.model_validate(turn, from_attributes=True)
