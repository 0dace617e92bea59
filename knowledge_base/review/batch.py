"""The gate before a whole import: which of its articles would cost a golden question its right answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from knowledge_base import catalogue
from knowledge_base.review.desk import Desk
from knowledge_base.review.gate import clean_reason, is_lead
from knowledge_base.review.past import has_golden
from knowledge_base.review.publish_diff import Change
from knowledge_base.search.records import Record, Vector
from server.auth import Staff
from server.errors import HandrailError

#: Articles encoded between two looks at the event loop.
AT_ONCE = 20
#: Rounds of holding back and looking again; what still takes a golden question then is held back whole.
ROUNDS = 8


class NotALead(HandrailError):
    """Only a lead's reason lets an import go against the golden questions."""

    code, status = "not_a_lead", 403
    message = "Only a lead may publish against the golden questions."


def import_reason(staff: Staff, reason: str) -> str:
    """The reason for publishing everything of an import, "" without one.

    Raises:
        NotALead: somebody else gave it. Invalid: it is too short or too long.
    """
    if not reason.strip():
        return ""
    if not is_lead(staff):
        raise NotALead()
    return clean_reason(reason)


async def lost(
    app: Any, records: Sequence[Record], gone: Collection[UUID] = ()
) -> Mapping[UUID, tuple[str, ...]]:
    """The golden questions that each article takes or gives up, were all of them published and `gone` archived.

    Without the articles named here the others harm no golden question.

    Raises:
        Unavailable: the index is not there yet.
    """
    async with app.database.read() as db:
        if not await has_golden(db):
            return {}
        revision = await catalogue.content_revision(db)
    await app.knowledge.wait_for_revision(revision)
    encode = await _encoded(app, records)
    coming, going = {record.id: record for record in records}, set(gone)
    held: dict[UUID, list[str]] = {}
    for _ in range(ROUNDS):
        diff = await Desk.of(app).diff(
            publish=list(coming.values()), archive=going, golden_only=True, encode=encode
        )
        if not diff.regressions:
            break
        for change in diff.regressions:
            for at in _part_of(change) & (coming.keys() | going):
                held.setdefault(at, []).append(change.question.text)
        for at in held:
            coming.pop(at, None)
            going.discard(at)
    else:
        rest = [change.question.text for change in diff.regressions]
        held |= dict.fromkeys(coming.keys() | going, rest)
    return {at: tuple(dict.fromkeys(texts)) for at, texts in held.items()}


def _part_of(change: Change) -> set[UUID]:
    """The articles shown for the question before or after, and the right one."""
    right = change.question.right
    return {*change.before.shown, *change.after.shown, *([right] if right else [])}


async def _encoded(app: Any, records: Sequence[Record]) -> Callable[[str], Vector]:
    """An encoder that knows the records' texts: encoded here, before the desk's turn, that others wait for."""
    knowledge = app.knowledge
    alive = knowledge.snapshot.alive
    known: dict[str, Vector] = {}

    def encode(part: Sequence[Record]) -> None:
        for record in part:
            had = alive.get(record.id)
            old = {entry.text for entry in had.entries} if had else set()
            for entry in record.entries:
                if entry.text not in old and entry.text not in known:
                    known[entry.text] = knowledge.encoder.encode(entry.text)

    for at in range(0, len(records), AT_ONCE):
        await asyncio.to_thread(encode, records[at : at + AT_ONCE])

    def recall(text: str) -> Vector:
        found = known.get(text)
        return knowledge.encoder.encode(text) if found is None else found

    return recall
