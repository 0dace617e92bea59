"""What the review page asks for beside the queue itself: `/api/training/page`, `/undo`, `/conversations`."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from conversations.models import Author
from server.auth import CurrentTrainer, services
from server.database import Database
from server.errors import NotFound
from training import words
from training.around import around
from training.catalogue import known_intents, labelled_since, waiting_case
from training.labels import AT_ONCE
from training.room import TrainingRoom
from understanding import products
from understanding.entities import PRODUCT

router = APIRouter()


def _room(held: Annotated[Any, Depends(services)]) -> TrainingRoom:
    room: TrainingRoom = held.training
    return room


def _database(held: Annotated[Any, Depends(services)]) -> Database:
    database: Database = held.database
    return database


Room = Annotated[TrainingRoom, Depends(_room)]
Db = Annotated[Database, Depends(_database)]


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class KnownIntentView(View):
    name: str
    words: str
    examples: int
    samples: list[str]


class EntityView(View):
    name: str
    words: str
    learned: bool
    """Whether the next training learns what is marked as one."""
    known: list[str]
    """What it can be, where that is a list: a mark may say which."""


class PageView(BaseModel):
    """Everything that the page shows and no message holds."""

    intents: list[KnownIntentView]
    entities: list[EntityView]
    reasons: dict[str, tuple[str, str]]
    after: dict[str, str]
    decided: dict[str, str]
    shown: dict[str, str]
    orders: dict[str, str]
    empty: dict[str, tuple[str, str]]
    today: int
    """What this person labelled since `since`."""
    goal: int


class LineView(View):
    author: Author
    text: str
    at: datetime
    here: bool
    helped: bool | None
    comment: str


class AroundView(View):
    lines: list[LineView]


class ToUndo(BaseModel):
    turn_ids: Annotated[list[UUID], Field(min_length=1, max_length=AT_ONCE)]


@router.get("/page")
async def page(
    room: Room, database: Db, staff: CurrentTrainer, since: Annotated[AwareDatetime, Query()]
) -> PageView:
    """What the review page needs once: words, intents with examples, entities, today's count."""
    examples = await asyncio.to_thread(room.labels.folder.examples)
    intents = known_intents(await room.labels.names(), examples)
    entities = await room.labels.entities()
    async with database.read() as db:
        today = await labelled_since(db, staff, since)
    return PageView(
        intents=[KnownIntentView.model_validate(one) for one in intents],
        entities=[_entity(name) for name in entities],
        reasons={code.value: (said, words.EXPLAINED[code]) for code, said in words.REASONS.items()},
        after={code.value: said for code, said in words.AFTER.items()},
        decided=dict(words.DECIDED),
        shown={show.value: said for show, said in words.SHOWN.items()},
        orders={order.value: said for order, said in words.ORDERS.items()},
        empty=dict(words.EMPTY),
        today=today,
        goal=words.GOAL,
    )


def _entity(name: str) -> EntityView:
    learned = name == PRODUCT
    known = list(products.default().names) if learned else []
    return EntityView(name=name, words=words.intent(name).lower(), learned=learned, known=known)


@router.post("/undo", status_code=204)
async def undo(room: Room, database: Db, staff: CurrentTrainer, body: ToUndo) -> Response:
    """Take labels, "ignore" and first opinions back; a message that has none any more is passed over."""
    for turn_id in body.turn_ids:
        try:
            await room.labels.undo(turn_id)
        except NotFound:
            async with database.read() as db:
                waiting = await waiting_case(db, turn_id)
            if waiting is not None:
                await room.opinions.withdraw(waiting, staff)
    return Response(status_code=204)


@router.get("/conversations/{turn_id}")
async def conversation(database: Db, _: CurrentTrainer, turn_id: UUID) -> AroundView:
    """The episode around one message, personal data masked."""
    async with database.read() as db:
        lines = await around(db, turn_id)
    return AroundView(lines=[LineView.model_validate(line) for line in lines])
