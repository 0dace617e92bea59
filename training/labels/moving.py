"""Relabel and undo: an example moves from one intent's file to another's, and can be taken back.

What was noted before is kept in ``Label.history``; undo goes back one step of it.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from conversations.models import Turn
from server.errors import NotFound
from training import proposals
from training.labels import noting, uncreating, writing
from training.labels.noting import Wish
from training.labels.results import Labelled
from training.labels.shelf import Shelf, example_of
from training.models import IGNORED, Label, Source
from training.nlu_files import Example
from training.texts import key, normalise, prepare

#: So many steps can be taken back.
KEPT_STEPS = 20


async def relabel(shelf: Shelf, turn_id: UUID, wish: Wish) -> Labelled:
    """Give a message another intent, whatever was said of it before: a label, an "ignore" or an example."""
    async with shelf.alone():
        await _check(shelf, wish)
        async with shelf.database.read() as db:
            turn = (await noting.turns_of(db, [turn_id]))[turn_id]
            text = prepare(turn.text, turn.parse)
            label = await _label_of(shelf, text, turn_id)
        if label is None:
            there = (await _known(shelf)).get(normalise(text))
            if there is None or not text:
                return await _first(shelf, turn_id, wish)
            if there.intent == wish.intent:
                return Labelled((turn_id,), ())
            label = _adopted(shelf, there, turn)
        if label.intent != wish.intent:
            await _move(shelf, label, wish)
        elif wish.intent != IGNORED:  # perhaps a person moved it meanwhile
            await asyncio.to_thread(shelf.folder.move, [example_of(label)])
    return Labelled((turn_id,), ())


async def move_example(shelf: Shelf, text: str, intent: str, wish: Wish) -> None:
    """Move an example of the files from `intent` to another one, or out of them with ``ignored``.

    Raises:
        NotFound: it does not stand there (any more).
    """
    async with shelf.alone():
        await _check(shelf, wish)
        there = (await _known(shelf)).get(normalise(text))
        if there is None or there.intent != intent:
            raise NotFound(f"This is no example of “{intent[:80]}” any more.")
        if wish.intent == intent:
            return
        label = await _label_of(shelf, there.text)
        if label is None or label.intent != intent:
            # A label that says otherwise was overruled by hand: what the file says counts.
            label = await _replace(shelf, label, there)
        await _move(shelf, label, wish)


async def undo(shelf: Shelf, turn_id: UUID) -> None:
    """Take back what was said of a message last.

    Raises:
        NotFound: the message has no label. Conflict: somebody else took it back first.
    """
    async with shelf.alone():
        async with shelf.database.read() as db:
            turn = await db.get(Turn, turn_id)
            text = prepare(turn.text, turn.parse) if turn else ""
            label = await _label_of(shelf, text, turn_id)
        await _undo(shelf, label)


async def undo_example(shelf: Shelf, text: str) -> None:
    """Take back what was said of an example last, whether it was a customer's message or not.

    Raises:
        NotFound: it has no label. Conflict: somebody else took it back first.
    """
    async with shelf.alone():
        await _undo(shelf, await _label_of(shelf, text))


async def _undo(shelf: Shelf, label: Label | None) -> None:
    if label is None:
        raise NotFound("This message has no label.")
    before = label.history[-1] if label.history else None
    if before is None or before == IGNORED:
        if label.intent != IGNORED:
            await asyncio.to_thread(shelf.folder.remove, Example(label.intent, label.text))
    else:
        back = Example(before, label.text, example_of(label).spans)
        await asyncio.to_thread(shelf.folder.move, [back])
    if before is None or (label.source is Source.FILE and len(label.history) == 1):
        await shelf.forget([label])
        async with shelf.database.write() as db:
            await proposals.reopen(db, label.key, label.at)
        await uncreating.after(shelf, label)
        return
    async with shelf.database.write() as db:
        await shelf.change(
            db, label, intent=before, history=label.history[:-1], run_id=None,
            written=before != IGNORED, at=shelf.clock.now(),
        )  # fmt: skip


async def _move(shelf: Shelf, label: Label, wish: Wish) -> None:
    """Note another intent for a label, then move its example."""
    values: dict[str, Any] = {
        "intent": wish.intent,
        "history": [*label.history, label.intent][-KEPT_STEPS:],
        "by": wish.by.id if wish.by else None,
        "approved_by": wish.approved_by.id if wish.approved_by else None,
        "at": shelf.clock.now(),
        "run_id": None,
        "written": False,
    }
    before = {name: getattr(label, name) for name in values}
    moved = Example(wish.intent, label.text, example_of(label).spans)
    if wish.intent == IGNORED and label.intent != IGNORED:
        # First out of the file: what is ignored waits for no file, so a crash could not be made good.
        await asyncio.to_thread(shelf.folder.remove, Example(label.intent, label.text))
    fresh = label.id is None
    async with shelf.noting() as db:
        if fresh:
            for name, value in values.items():
                setattr(label, name, value)
            db.add(label)
        else:
            await shelf.change(db, label, **values)
        if wish.intent == IGNORED:
            await shelf.dealt_with(db, [label])
    if wish.intent == IGNORED:
        return
    try:
        await asyncio.to_thread(shelf.folder.move, [moved])
    except Exception:
        if fresh:
            await shelf.forget([label])
        else:
            async with shelf.database.write() as db:
                await db.execute(update(Label).where(Label.id == label.id).values(**before))
        raise
    await writing.written(shelf, [label])


async def _first(shelf: Shelf, turn_id: UUID, wish: Wish) -> Labelled:
    """The message was never dealt with: a label like any other."""
    noted, refused = await noting.note(shelf, [turn_id], wish)
    if wish.intent == IGNORED:
        return Labelled((turn_id,) if noted else (), tuple(refused))
    done, known = await writing.write(shelf, noted)
    return Labelled((turn_id,) if done else (), (*refused, *writing.to_refused(known)))


async def _replace(shelf: Shelf, label: Label | None, there: Example) -> Label:
    if label is not None:
        await shelf.forget([label])
    return _adopted(shelf, there, None)


def _adopted(shelf: Shelf, there: Example, turn: Turn | None) -> Label:
    """A label, not stored yet, for an example that stood in the files before."""
    return Label(
        turn_id=turn.id if turn else None,
        key=key(there.text),
        text=there.text,
        predicted=turn.intent if turn else None,
        confidence=turn.confidence if turn else None,
        intent=there.intent,
        at=shelf.clock.now(),
        written=True,
        source=Source.FILE,
        spans=[span.as_dict() for span in there.spans],
        history=[],
    )


async def _check(shelf: Shelf, wish: Wish) -> None:
    if wish.intent != IGNORED:
        await shelf.check_intent(wish.intent)


async def _known(shelf: Shelf) -> dict[str, Example]:
    return await asyncio.to_thread(shelf.folder.known)


async def _label_of(shelf: Shelf, text: str, turn_id: UUID | None = None) -> Label | None:
    async with shelf.database.read() as db:
        found: Label | None = await db.scalar(select(Label).where(Label.key == key(text)))
        if found is None and turn_id is not None:
            found = await db.scalar(select(Label).where(Label.turn_id == turn_id))
    return found
