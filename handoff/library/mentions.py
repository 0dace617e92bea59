"""Colleagues named in a note: who is meant by "@ada", and what waits to be read."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from conversations.events import Mentioned
from handoff.models import Handoff, Mention, Note
from server.auth import Role, Staff
from server.clock import Clock
from server.errors import NotFound
from server.events import record_event

SHOWN = 50
MOST_NAMED = 20
_AT = re.compile(r"(?<![\w@.])@(?=\w)")


@dataclass(frozen=True)
class Waiting:
    """What mentions this person, those not read first, then the newest first."""

    unread: int
    mentions: Sequence[Row[Mention, Note]]


def named(text: str, people: Iterable[Staff]) -> list[Staff]:
    """Whom a note names, in its order: ``@`` and a login, a whole name, or a first name only one person has.

    Anything else is just text.
    """
    staff = list(people)
    firsts = [one.name.split(" ")[0].casefold() for one in staff]
    many = Counter(firsts)
    keys = {first: one for one, first in zip(staff, firsts, strict=True) if many[first] == 1}
    keys |= {one.name.casefold(): one for one in staff}
    keys |= {one.login.casefold(): one for one in staff}
    longest_first = sorted(keys, key=len, reverse=True)
    found: dict[uuid.UUID, Staff] = {}
    folded = text.casefold()
    for at in _AT.finditer(folded):
        rest = folded[at.end() :]
        key = next((key for key in longest_first if _begins(rest, key)), None)
        if key is not None:
            found.setdefault(keys[key].id, keys[key])
    return list(found.values())[:MOST_NAMED]


def _begins(text: str, key: str) -> bool:
    """Whether the text begins with this name, and with no longer word."""
    after = text[len(key) : len(key) + 1]
    return text.startswith(key) and not (after.isalnum() or after == "_")


async def record(db: AsyncSession, note: Note) -> list[Staff]:
    """Note down whom a note names, other than its writer; each one's consoles hear of it after the commit."""
    if "@" not in note.text:
        return []
    people = await db.scalars(select(Staff).where(Staff.active))
    takers = [one for one in people if one.may(Role.AGENT, Role.SUPERVISOR)]
    meant = [one for one in named(note.text, takers) if one.id != note.staff_id]
    for one in meant:
        db.add(Mention(note_id=note.id, staff_id=one.id))
        record_event(
            db,
            Mentioned(conversation_id=note.conversation_id, note_id=note.id, staff_id=one.id),
        )
    await db.flush()
    return meant


async def of(db: AsyncSession, staff: Staff, limit: int = SHOWN) -> Waiting:
    """The notes that mention this person in conversations they may read."""
    mine = [Mention.staff_id == staff.id]
    if not staff.may(Role.SUPERVISOR):
        mine.append(exists().where(Handoff.conversation_id == Note.conversation_id))
    joined = select(Mention, Note).join(Note, Note.id == Mention.note_id).where(*mine)
    unread = await db.scalar(
        select(func.count())
        .select_from(Mention)
        .join(Note, Note.id == Mention.note_id)
        .where(*mine, Mention.read_at.is_(None))
    )
    read_at: InstrumentedAttribute[datetime | None] = Mention.read_at
    found = await db.execute(
        joined.order_by(read_at.is_not(None), Note.created_at.desc(), Note.id).limit(limit)
    )
    return Waiting(unread or 0, found.all())


async def mark_read(
    db: AsyncSession, clock: Clock, staff: Staff, note_id: uuid.UUID | None = None
) -> None:
    """Of one note, or of all (None).

    Raises:
        NotFound: this note does not mention this person.
    """
    if note_id is not None and await db.get(Mention, (note_id, staff.id)) is None:
        raise NotFound()
    change = update(Mention).where(Mention.staff_id == staff.id, Mention.read_at.is_(None))
    if note_id is not None:
        change = change.where(Mention.note_id == note_id)
    await db.execute(change.values(read_at=clock.now()))
