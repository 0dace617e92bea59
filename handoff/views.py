"""What the desk's routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conversations.frames import ClientId, Text
from conversations.models import Owner
from handoff.cases.inputs import Closing
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
    agent_id: UUID | None
    team: str
    team_id: UUID | None
    skill: str | None
    level: str
    language: str | None
    topic: str | None
    segment: str | None
    tags: list[str]
    routed_because: str
    can_take: bool
    overflowed: bool
    wanted: bool
    offered_to: UUID | None
    offered_until: datetime | None
    offered: bool
    alarm: bool
    next_due_at: datetime | None
    resolve_due_at: datetime | None
    joined: bool

    @classmethod
    def of(cls, entry: Entry) -> EntryView:
        return cls.model_validate(entry)


class Colleague(BaseModel):
    id: UUID
    name: str
    online: bool
    """Takes chats now."""
    state: str
    """online, full (online, without room for more), away or offline."""
    chats: int
    capacity: int


class TeamView(BaseModel):
    """A team that chats can be transferred to."""

    id: UUID
    name: str
    online: bool


class Me(BaseModel):
    """The reader: what the console's own presence button shows."""

    state: str
    automatic: bool
    """Away because nobody touched the console for a while."""
    chats: int
    capacity: int
    leads: bool
    """Sees every chat and may join."""


class QueueView(BaseModel):
    now: datetime
    """The server's time: the console's clocks run from it, not from the agent's machine."""
    waiting: list[EntryView]
    mine: list[EntryView]
    colleagues: list[Colleague]
    with_colleagues: list[EntryView]
    """For supervisors and leads: the chats that others have."""
    teams: list[TeamView]
    me: Me


class ClaimRequest(BaseModel):
    over_capacity: bool = False
    """Take it though one has no room: asked after the error `over_capacity`."""


class NoteRequest(BaseModel):
    """What the next person should know."""

    note: Annotated[str, Field(max_length=3800)] = ""


class PresenceRequest(BaseModel):
    away: bool
    automatic: bool = False


class PresenceView(BaseModel):
    state: str
    automatic: bool


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


class CloseRequest(Closing):
    """How it ended, and what else the agent says of the case (all of it may be left out)."""

    outcome: CloseOutcome = CloseOutcome.SOLVED

    def given(self) -> Closing:
        return Closing.model_construct(
            **{name: getattr(self, name) for name in Closing.model_fields}
        )


class TransferRequest(BaseModel):
    """To a colleague or to a team, one of the two."""

    to: UUID | None = None
    team: UUID | None = None
    note: Annotated[str, Field(max_length=4000)] = ""
    over_capacity: bool = False

    @model_validator(mode="after")
    def _to_one(self) -> TransferRequest:
        if (self.to is None) == (self.team is None):
            raise ValueError("name a colleague or a team")
        return self


class NewNote(BaseModel):
    text: Annotated[str, Field(max_length=16_384)]
