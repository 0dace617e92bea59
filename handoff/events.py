"""What happens at the desk. Both go to the queue's topic only: staff sockets hear it, customers' never do."""

from __future__ import annotations

import uuid

from conversations.events import QUEUE
from server.events import Event

JOURNAL = "desk:journal"


class NoteAdded(Event):
    conversation_id: uuid.UUID

    @property
    def topics(self) -> tuple[str, ...]:
        return (QUEUE,)


class HandoffOverdue(Event):
    """Nobody answered within the promised time."""

    conversation_id: uuid.UUID

    @property
    def topics(self) -> tuple[str, ...]:
        return (QUEUE,)


class HandoffNoted(Event):
    """A line was added to a request's journal (handoff.journal)."""

    conversation_id: uuid.UUID
    handoff_id: uuid.UUID
    what: str

    @property
    def topics(self) -> tuple[str, ...]:
        return (JOURNAL,)
