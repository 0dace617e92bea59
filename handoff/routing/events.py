"""What the consoles hear of offers."""

from __future__ import annotations

import uuid

from conversations.events import QUEUE
from server.events import Event


class OfferChanged(Event):
    """A chat was offered to somebody, or the offer has ended."""

    conversation_id: uuid.UUID

    @property
    def topics(self) -> tuple[str, ...]:
        return (QUEUE,)
