"""What happens at the desk: on the queue's topic or the journal's; customers' sockets hear neither."""

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


class CardCorrected(Event):
    """An agent corrected something on the card, or took that back."""

    conversation_id: uuid.UUID

    @property
    def topics(self) -> tuple[str, ...]:
        return (QUEUE,)


class _OfCase(Event):
    """About one request for a person, for everybody at the desk."""

    conversation_id: uuid.UUID
    handoff_id: uuid.UUID

    @property
    def topics(self) -> tuple[str, ...]:
        return (QUEUE,)


class ClockWarned(_OfCase):
    """Most of a promised time has passed; `clock` is first, next or resolve."""

    clock: str


class ClockBreached(_OfCase):
    """A promise was not kept."""

    clock: str


class AlarmRaised(_OfCase):
    """A moment of truth: somebody has to own it."""


class AlarmOwned(_OfCase):
    """Somebody does."""


class HandoffNoted(Event):
    """A line was added to a request's journal (handoff.journal)."""

    conversation_id: uuid.UUID
    handoff_id: uuid.UUID
    what: str

    @property
    def topics(self) -> tuple[str, ...]:
        return (JOURNAL,)
