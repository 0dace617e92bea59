"""Marking entities in a message that is labelled already."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from server.errors import Conflict, NotFound
from training.labels import noting
from training.labels.shelf import Shelf
from training.models import IGNORED, Label
from training.nlu_files import Example
from training.spans import Span, check
from training.texts import key, prepare


async def mark(shelf: Shelf, turn_id: UUID, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Mark these entities in a labelled message, and no others; returns them in the order of the text.

    Raises:
        NotFound: the message has no label.
        Invalid: a mark does not fit.
        Conflict: a person moved or reworded the example.
    """
    entities = await shelf.entities()
    async with shelf.alone():
        async with shelf.database.read() as db:
            turn = (await noting.turns_of(db, [turn_id]))[turn_id]
            name = key(prepare(turn.text, turn.parse))
            label = await db.scalar(select(Label).where(Label.key == name))
        if label is None or label.intent == IGNORED:
            raise NotFound("This message has no label. Choose its intent first.")
        found = check(label.text, spans, entities)
        example = Example(label.intent, label.text, found)
        if not await asyncio.to_thread(shelf.folder.mark, example):
            raise Conflict("This example was edited by hand: mark the entity in its file.")
        async with shelf.database.write() as db:
            await shelf.change(db, label, spans=[span.as_dict() for span in found])
    return found
