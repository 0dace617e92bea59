"""What people did in the files themselves: seen, never undone by us."""

from __future__ import annotations

import asyncio
from uuid import UUID

from sqlalchemy import select

from server.auth import Staff
from server.errors import NotFound
from training.labels.results import EditedByHand, Intent, Origin
from training.labels.shelf import Shelf, example_of
from training.models import IGNORED, Label
from training.texts import key


async def counts(shelf: Shelf) -> list[Intent]:
    """Return every intent that a message may be given, with the number of examples in the files now."""
    names = await shelf.intents()
    examples = await asyncio.to_thread(shelf.folder.examples)
    found = dict.fromkeys(names, 0)
    for example in examples:
        if example.intent in found:
            found[example.intent] += 1
    return [Intent(name, count) for name, count in found.items()]


async def edited(shelf: Shelf) -> list[EditedByHand]:
    """Return the labels whose examples stand elsewhere now, or nowhere; the newest first.

    Raises:
        NotReadable: a file was edited into an unknown form.
    """
    there = await asyncio.to_thread(_places, shelf)
    async with shelf.database.read() as db:
        ours = select(Label).where(Label.written, Label.intent != IGNORED)
        labels = list(await db.scalars(ours.order_by(Label.at.desc(), Label.id)))
    return [
        EditedByHand(
            label.id, label.text, label.intent, next(iter(there.get(label.key, ())), None), label.at
        )
        for label in labels
        if label.intent not in there.get(label.key, ())
    ]


async def accept(shelf: Shelf, label_id: UUID, by: Staff | None) -> None:
    """Let a label say what the person did: the other intent, or that the message is no example.

    Raises:
        NotFound: there is no such label, or nobody edited its example.
    """
    async with shelf.alone():
        label, now = await _edited_label(shelf, label_id)
        async with shelf.database.write() as db:
            await shelf.change(
                db, label, intent=now or IGNORED, history=[*label.history, label.intent],
                by=by.id if by else None, approved_by=None, at=shelf.clock.now(),
                written=now is not None,
            )  # fmt: skip


async def put_back(shelf: Shelf, label_id: UUID) -> None:
    """Write the example again where its label says.

    Raises:
        NotFound: there is no such label, or nobody edited its example.
    """
    async with shelf.alone():
        label, _ = await _edited_label(shelf, label_id)
        await asyncio.to_thread(shelf.folder.move, [example_of(label)])


async def origin(shelf: Shelf, text: str) -> Origin | None:
    """Return where an example came from; None: it was written into its file by hand."""
    async with shelf.database.read() as db:
        row = (
            await db.execute(
                select(Label, Staff.roles)
                .outerjoin(Staff, Staff.id == Label.by)
                .where(Label.key == key(text))
            )
        ).first()
    if row is None:
        return None
    label, roles = row
    return Origin(
        source=label.source.value,
        role=role_of(roles),
        approved=label.approved_by is not None,
        at=label.at,
        turn_id=label.turn_id,
        history=tuple(label.history),
    )


def role_of(roles: list[str] | None) -> str | None:
    """Return how somebody is named outside of this house: as what they are, a trainer first."""
    return None if not roles else "trainer" if "trainer" in roles else roles[0]


async def _edited_label(shelf: Shelf, label_id: UUID) -> tuple[Label, str | None]:
    there = await asyncio.to_thread(_places, shelf)
    async with shelf.database.read() as db:
        label = await db.get(Label, label_id)
    if label is None or label.intent == IGNORED or label.intent in there.get(label.key, ()):
        raise NotFound("This example was not edited by hand.")
    return label, next(iter(there.get(label.key, ())), None)


def _places(shelf: Shelf) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for example in shelf.folder.examples():
        found.setdefault(key(example.text), []).append(example.intent)
    return found
