"""What happens in conversations. Each event is a hint to read the database."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from pydantic import PrivateAttr

from conversations.models import Author, Message, Owner
from server.events import Event

QUEUE = "queue"
BOT = "bot"
PRESENCE = "presence"


def topic(conversation_id: uuid.UUID) -> str:
    return f"conversation:{conversation_id}"


def staff_topic(conversation_id: uuid.UUID) -> str:
    """What only consoles hear of a conversation."""
    return f"staff:{conversation_id}"


class MessagePosted(Event):
    """A message was committed; in the process that wrote it, the event brings the row along."""

    conversation_id: uuid.UUID
    seq: int
    _message: Message | None = PrivateAttr(default=None)

    @classmethod
    def of(cls, message: Message) -> MessagePosted:
        event = cls(conversation_id=message.conversation_id, seq=message.seq)
        event._message = message
        return event

    @property
    def message(self) -> Message | None:
        """The row as it was committed; None when the event came from another process."""
        return self._message

    @property
    def topics(self) -> tuple[str, ...]:
        return (topic(self.conversation_id),)


class OwnerChanged(Event):
    conversation_id: uuid.UUID
    owner: Owner
    epoch: int

    @property
    def topics(self) -> tuple[str, ...]:
        return (topic(self.conversation_id), QUEUE)


class MessageChanged(Event):
    """A message that was told already looks otherwise: its file is not kept any more."""

    conversation_id: uuid.UUID
    seq: int

    @property
    def topics(self) -> tuple[str, ...]:
        return (topic(self.conversation_id),)


class EpisodeRated(Event):
    conversation_id: uuid.UUID
    episode: int

    @property
    def topics(self) -> tuple[str, ...]:
        return (topic(self.conversation_id),)


class CustomerAsked(Event):
    """What the customer is asked, or has said to it, has changed: consent, form, thumbs or a survey."""

    conversation_id: uuid.UUID

    @property
    def topics(self) -> tuple[str, ...]:
        return (topic(self.conversation_id),)


class ThumbGiven(CustomerAsked):
    """The customer's word on the answer in message `seq`, as it is now."""

    seq: int
    up: bool


class Typing(Event):
    """Never stored: somebody types, or the bot thinks."""

    conversation_id: uuid.UUID
    author: Author
    on: bool

    @property
    def topics(self) -> tuple[str, ...]:
        return (topic(self.conversation_id),)


class ForStaff(Event):
    """Never stored, and told to consoles only."""

    conversation_id: uuid.UUID

    @property
    def topics(self) -> tuple[str, ...]:
        return (staff_topic(self.conversation_id),)


class Attending(ForStaff):
    """A member of staff has the chat open on the screen, or writes there, or does so no more."""

    staff_id: uuid.UUID
    name: str
    does: Literal["open", "types", "gone"]
    console: str
    asks: bool = False
    """Has just come, and wants to know who else is there."""


class Drafted(ForStaff):
    """What the customer has typed and not sent, where the house has switched this on."""

    text: str


class SeenMoved(Event):
    """One side has read further."""

    conversation_id: uuid.UUID
    side: str
    seq: int
    at: datetime

    @property
    def topics(self) -> tuple[str, ...]:
        return (topic(self.conversation_id),)


def person_topic(staff_id: uuid.UUID) -> str:
    """What only this person's consoles hear."""
    return f"person:{staff_id}"


class Mentioned(Event):
    """A colleague's note names this person."""

    conversation_id: uuid.UUID
    note_id: uuid.UUID
    staff_id: uuid.UUID

    @property
    def topics(self) -> tuple[str, ...]:
        return (person_topic(self.staff_id),)


class PresenceChanged(Event):
    """An agent came online or left, or takes no new chats for a while, or takes them again."""

    agent_id: uuid.UUID
    online: bool
    """Whether they take chats."""
    process: str = ""
    """The app process that knows it already."""

    @property
    def topics(self) -> tuple[str, ...]:
        return (QUEUE, PRESENCE)


class BotChanged(Event):
    """The bot stopped answering, or answers again."""

    ok: bool

    @property
    def topics(self) -> tuple[str, ...]:
        return (BOT,)
