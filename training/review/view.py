"""All that is worked out of the messages at one moment: what speaks for each, its cluster, its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from training.models import IGNORED
from training.proposals import Proposed
from training.review.cases import Case
from training.review.items import Opinion, Second, Show
from training.review.reasons import Reason
from training.review.said import Said
from training.review.taught import Example, Near


@dataclass(frozen=True)
class Label:
    """What a trainer said of a message."""

    intent: str
    predicted: str | None
    turn_id: UUID | None


class Shadowed(Protocol):
    """What a model that reads along made of a turn, where the serving one made something else of it."""

    @property
    def intent(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True)
class Inputs:
    """What a view is made of; equal inputs give the same view."""

    version: int
    """Of the log."""
    turns: Sequence[Said]
    low_rated: frozenset[tuple[UUID, int]]
    thumbs: Mapping[UUID, bool]
    proposals: Sequence[Proposed]
    labels: Mapping[str, Label]
    """By text key."""
    sent: Mapping[str, datetime]
    """When a text was sent to the editors, by its key."""
    opinions: Mapping[str, tuple[Opinion, ...]]
    asked: frozenset[str]
    """Keys of the texts that are before two people."""
    examples: Sequence[Example]
    now: datetime
    shadowed: Mapping[UUID, Shadowed] = field(default_factory=dict)

    def texts(self) -> dict[str, str]:
        """Key → text of all that a vector is wanted for: what customers wrote, newest first, then the examples."""
        found: dict[str, str] = {}
        for one in self.turns:
            if one.key:
                found.setdefault(one.key, one.text)
        for example in self.examples:
            found.setdefault(example.key, example.text)
        return found

    def same_as(self, other: Inputs, shelf: int, shelf_then: int) -> bool:
        """Whether nothing but the time has changed; a day counts."""
        return (
            shelf == shelf_then
            and self.version == other.version
            and self.examples is other.examples
            and self.labels == other.labels
            and self.sent == other.sent
            and self.proposals == other.proposals
            and self.opinions == other.opinions
            and self.shadowed == other.shadowed
            and self.asked == other.asked
            and self.now.date() == other.now.date()
        )


@dataclass(slots=True)
class Standing:
    """What is known of one case; a view's are never changed."""

    case: Case
    show: Show
    label: str | None
    reasons: tuple[Reason, ...]
    wrong: float
    near: Near | None
    second: Second | None
    cluster: str
    proposals: tuple[Proposed, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    sent_at: datetime | None = None
    value: float = 0.0
    crowded: bool = False
    """One like it stands further up, so that its own label adds less."""


@dataclass(frozen=True)
class View:
    standings: Mapping[str, Standing]
    """By text key, the one said last first."""
    ranked: Sequence[str]
    """Keys of the open ones, what a label promises most first."""
    key_of: Mapping[UUID, str]
    """The text key of each turn."""
    open_in: Mapping[str, int]
    """How many messages of each cluster nobody has dealt with."""
    unread: int
    """So many open ones have no vector yet."""


def show_of(label: str | None, *, sent: bool, asked: bool) -> Show:
    """What is labelled stays so while two people are asked about it."""
    if label is not None:
        return Show.IGNORED if label == IGNORED else Show.LABELLED
    if asked:
        return Show.ASKED
    return Show.SENT if sent else Show.OPEN
