"""What labelling answers: what was done, and what was refused and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.errors import Conflict

#: So many messages may be dealt with by one click.
AT_ONCE = 100


class Busy(Conflict):
    code, message = "labels_busy", "Another process is writing labels. Please try again."


class IntentExists(Conflict):
    code, message = "intent_exists", "There is an intent of this name already."


@dataclass(frozen=True)
class Refused:
    turn_id: UUID
    problem: str
    """Why, in words for the trainer."""


@dataclass(frozen=True)
class Labelled:
    done: tuple[UUID, ...]
    refused: tuple[Refused, ...]

    def __add__(self, other: Labelled) -> Labelled:
        return Labelled(self.done + other.done, self.refused + other.refused)


@dataclass(frozen=True)
class Intent:
    name: str
    examples: int


@dataclass(frozen=True)
class Created:
    """A new intent and what became of the examples given for it."""

    intent: Intent
    refused: tuple[tuple[str, str], ...]
    """Masked text, and why it is no example."""


@dataclass(frozen=True)
class EditedByHand:
    """A label whose example somebody took out of its file, or moved to another intent's."""

    label_id: UUID
    text: str
    intent: str
    """What the label says."""
    now: str | None
    """The intent where the example stands; None: nowhere."""
    at: datetime
    """When it was labelled."""


@dataclass(frozen=True)
class Origin:
    """Where an example came from; nothing of it stands in the files."""

    source: str
    role: str | None
    """Of who labelled it."""
    approved: bool
    at: datetime
    turn_id: UUID | None
    history: tuple[str, ...]
    """Its intents before, oldest first."""
