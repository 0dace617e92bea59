"""What the desk's routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from conversations.frames import ClientId, Text
from conversations.models import Owner
from handoff.history import NoteView
from handoff.models import CloseOutcome
from handoff.queue import Entry

__all__ = [
    "AgentMessage",
    "CloseRequest",
    "Colleague",
    "EntryView",
    "MessagesView",
    "NewNote",
    "NoteView",
    "QueueView",
    "Sent",
    "TransferRequest",
]


class EntryView(BaseModel):
    """One line of the queue."""

    model_config = ConfigDict(from_attributes=True)
    conversation: UUID
    owner: Owner
    customer: str | None
    reason: str
    reason_words: str
    priority: str
    priority_reason: str
    moment_of_truth: bool
    first_ask: str | None
    queued_at: datetime
    due_at: datetime | None
    answered: bool
    overdue: bool
    excluded: bool
    last_seq: int

    @classmethod
    def of(cls, entry: Entry) -> EntryView:
        return cls.model_validate(entry)


class Colleague(BaseModel):
    id: UUID
    name: str
    online: bool


class QueueView(BaseModel):
    now: datetime
    """The server's time: the console's clocks run from it, not from the agent's machine."""
    waiting: list[EntryView]
    mine: list[EntryView]
    colleagues: list[Colleague]


class MessagesView(BaseModel):
    messages: list[dict[str, Any]]
    """As the socket's `message` frames (docs/frames.md)."""
    last_seq: int
    state: dict[str, Any]


class AgentMessage(BaseModel):
    client_id: ClientId
    text: Text


class Sent(BaseModel):
    seq: int


class CloseRequest(BaseModel):
    outcome: CloseOutcome = CloseOutcome.SOLVED


class TransferRequest(BaseModel):
    to: UUID
    note: Annotated[str, Field(max_length=4000)] = ""


class NewNote(BaseModel):
    text: Annotated[str, Field(max_length=16_384)]
