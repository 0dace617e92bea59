"""What the desk needs to know about who is there; conversations.presence keeps it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Protocol


class Presence(Protocol):
    def online(self) -> frozenset[uuid.UUID]:
        """Who has a console open now, in any process, and takes chats."""
        ...

    def here(self) -> frozenset[uuid.UUID]:
        """Who has a console open now, away or not."""
        ...

    def away(self) -> Mapping[uuid.UUID, bool]:
        """Who takes no new chats; true: since nobody touched their console for a while."""
        ...

    def gone_for(self, agent_id: uuid.UUID) -> float:
        """Seconds since this person was last there; 0 while their console is open, away or not."""
        ...

    def seen(self, agent_id: uuid.UUID) -> None:
        """Note a sign of life, for example a request over REST."""
        ...
