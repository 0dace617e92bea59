"""What other systems are told: read from the desk's own records, so that nothing is lost with an event.

No customer's words are in it: ids, codes, and a link that asks for a sign-in.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.models import Handoff, HandoffEvent, Mention, Note
from handoff.teams.models import Team
from server.auth import Staff

ALARM, BREACHED, NOBODY, MENTION, TEST = (
    "alarm_raised", "breached", "nobody_online", "mention", "test",
)  # fmt: skip
EVENTS: Final = {
    ALARM: "An alarm was raised",
    BREACHED: "A promised time was missed",
    NOBODY: "Somebody asked for a person, and nobody was there",
    MENTION: "A colleague was mentioned in a note",
}
_OF_JOURNAL: Final = {
    "alarm_raised": ALARM,
    "breached": BREACHED,
    "promised": NOBODY,
    "promise_missed": BREACHED,
}
_DETAILS: Final = ("promise", "until")
BATCH = 500


@dataclass(frozen=True)
class Happening:
    source: str
    """Names the record it comes from, for ever the same."""
    event: str
    at: datetime
    data: dict[str, Any]


async def since(db: AsyncSession, moment: datetime, base_url: str) -> list[Happening]:
    """What happened after this moment, oldest first, at most `BATCH` of the desk and of notes each."""
    return sorted(
        [*await _of_desk(db, moment, base_url), *await _of_notes(db, moment, base_url)],
        key=lambda one: one.at,
    )


async def _of_desk(db: AsyncSession, moment: datetime, base_url: str) -> list[Happening]:
    found = await db.execute(
        select(HandoffEvent, Handoff, Team.name)
        .join(Handoff, Handoff.id == HandoffEvent.handoff_id)
        .outerjoin(Team, Team.id == Handoff.team_id)
        .where(HandoffEvent.at > moment, HandoffEvent.what.in_(_OF_JOURNAL))
        .order_by(HandoffEvent.id.desc())
        .limit(BATCH)
    )
    return [
        Happening(
            source=f"desk:{line.id}",
            event=_OF_JOURNAL[line.what],
            at=line.at,
            data={
                **_place(handoff.conversation_id, base_url),
                "request": str(handoff.id),
                "what": line.what,
                "reason": handoff.reason,
                "priority": handoff.priority,
                "team": team,
                "by": str(line.staff_id) if line.staff_id else None,
                **{name: line.detail[name] for name in _DETAILS if name in line.detail},
            },
        )
        for line, handoff, team in found
    ]


async def _of_notes(db: AsyncSession, moment: datetime, base_url: str) -> list[Happening]:
    found = await db.execute(
        select(Note, Mention.staff_id, Staff.name)
        .join(Mention, Mention.note_id == Note.id)
        .join(Staff, Staff.id == Mention.staff_id)
        .where(Note.created_at > moment)
        .order_by(Note.created_at.desc())
        .limit(BATCH)
    )
    return [
        Happening(
            source=f"note:{note.id}:{staff_id}",
            event=MENTION,
            at=note.created_at,
            data={
                **_place(note.conversation_id, base_url),
                "note": str(note.id),
                "by": {"id": str(note.staff_id), "name": note.staff_name},
                "mentioned": {"id": str(staff_id), "name": name},
            },
        )
        for note, staff_id, name in found
    ]


def _place(conversation_id: uuid.UUID, base_url: str) -> dict[str, Any]:
    return {
        "conversation": str(conversation_id),
        "url": f"{base_url}/staff/chat/{conversation_id}",
    }
