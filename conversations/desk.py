"""What conversations needs of the room that hands customers to people."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation, Turn
from server.auth import Staff


class Reason(enum.StrEnum):
    """Why a person is needed."""

    ASKED = "asked"
    ASKED_OTHER = "asked_other"
    NO_ANSWER = "no_answer"
    FRUSTRATION = "frustration"
    MOMENT_OF_TRUTH = "moment_of_truth"
    BOT_FAILURE = "bot_failure"
    RESERVED_TOPIC = "reserved_topic"
    STEPPED_IN = "stepped_in"
    """A supervisor took the chat over from the assistant."""


@dataclass(frozen=True)
class Standing:
    """What a waiting customer may know."""

    position: int | None
    """1 is next; None when not in the queue."""
    wait_seconds: int | None
    """The expected wait; None when it can't be told."""
    online: bool
    """Whether anybody is there to take the chat."""
    opens_at: datetime | None
    """When somebody will be, if nobody is."""
    wait_low_seconds: int | None = None
    wait_high_seconds: int | None = None
    """The expected wait's spread: half of all waits end between the two. None when it can't be told."""
    promised_at: datetime | None = None
    """Until when the waiting customer was promised an answer."""
    closes_at: datetime | None = None
    """Until when the team is there, if somebody is; None outside the hours and round the clock."""
    expected_seconds: int | None = None
    """What somebody who asked for a person now would wait; None when it can't be told."""
    mail: str | None = None
    """``ask``: an e-mail address is wanted; ``known``: the answer also goes there; None: no mail is sent."""


class Desk(Protocol):
    async def request(
        self,
        db: AsyncSession,
        conversation: Conversation,
        *,
        reason: str,
        detail: str,
        turn: Turn | None,
    ) -> None:
        """Make the card; called in the transaction that put the conversation into the queue."""
        ...

    async def other_person(self, db: AsyncSession, conversation: Conversation) -> Conversation:
        """Back into the queue for anybody but the agent who has the chat; called in one transaction."""
        ...

    async def standing(self, db: AsyncSession, conversation: Conversation) -> Standing:
        """Where the conversation stands in the queue, and who is online."""
        ...

    async def details_given(self, db: AsyncSession, conversation_id: uuid.UUID) -> None:
        """The customer has said how to reach them; called in that transaction."""
        ...

    async def rated(self, db: AsyncSession, conversation_id: uuid.UUID, episode: int) -> None:
        """The customer has rated an episode; called in that transaction."""
        ...

    async def file_removed(
        self, db: AsyncSession, conversation_id: uuid.UUID, staff: Staff, name: str
    ) -> None:
        """Somebody took a file out of the chat; called in that transaction."""
        ...

    async def matter_open(self, db: AsyncSession, conversation: Conversation) -> bool:
        """Whether something of the customer's is still to be done: no time to ask how easy it was."""
        ...

    async def may_read(self, db: AsyncSession, conversation_id: uuid.UUID, staff: Staff) -> bool:
        """Whether this agent or supervisor may read what is said in the conversation."""
        ...
