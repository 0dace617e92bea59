"""What the desk needs to know about who is there; conversations.presence keeps it."""

from __future__ import annotations

import uuid
from typing import Protocol


class Presence(Protocol):
    def online(self) -> frozenset[uuid.UUID]:
        """The staff whose console is open now."""
        ...

    def gone_for(self, agent_id: uuid.UUID) -> float:
        """Seconds since this person was last there; 0 while their console is open."""
        ...

    def seen(self, agent_id: uuid.UUID) -> None:
        """Note a sign of life, for example a request over REST."""
        ...
