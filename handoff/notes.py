"""Notes: written by staff for staff."""

from __future__ import annotations

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from conversations import text as texts
from handoff.desk import HandoffDesk
from handoff.events import NoteAdded
from handoff.library import mentions
from handoff.models import NOTE_LIMIT, Note
from server.auth import Staff
from server.errors import Invalid, TooLarge
from server.events import record_event


async def add(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, staff: Staff, text: str
) -> Note:
    """Write something for colleagues. It is not a message and never reaches the customer.

    Who is named in it ("@ada") is told.

    Raises:
        Invalid: nothing but white space. TooLarge: more than 4,000 characters.
    """
    body = texts.clean(text)
    if texts.is_blank(body):
        raise Invalid("The note is empty.")
    if len(body) > NOTE_LIMIT:
        raise TooLarge()
    note = Note(
        conversation_id=conversation_id,
        staff_id=staff.id,
        staff_name=staff.name,
        text=body,
        created_at=desk.clock.now(),
    )
    db.add(note)
    await db.flush()
    await mentions.record(db, note)
    record_event(db, NoteAdded(conversation_id=conversation_id))
    return note
