"""All that is worked out of the messages at one moment: what speaks for each, its cluster, its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from training.models import IGNORED
from training.proposals import Proposed
from training.review.cases import Case
from training.review.items import Opinion, Show
from training.review.reasons import Reason
from training.review.said import Said
from training.review.taught import Example, Near


@dataclass(frozen=True)
class Label:
    """What a trainer said of a message."""

    intent: str
    predicted: str | None
    turn_id: UUID | None


@dataclass(frozen=True)
class Inputs:
    """What a view is made of; equal inputs give the same view."""

    version: int
    """Of the log."""
    turns: Sequence[Said]
    low_rated: frozenset[tuple[UUID, int]]
    proposals: Sequence[Proposed]
    labels: Mapping[str, Label]
    """By text key."""
    sent: Mapping[str, datetime]
    """When a text was sent to the editors, by its key."""
    opinions: Mapping[str, tuple[Opinion, ...]]
    examples: Sequence[Example]
    now: datetime

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
            and self.now.date() == other.now.date()
        )


@dataclass
class Standing:
    """What is known of one case; a view's are never changed."""

    case: Case
    show: Show
    label: str | None
    reasons: tuple[Reason, ...]
    wrong: float
    near: Near | None
    second: str | None
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


def show_of(label: str | None, sent: bool) -> Show:
    if label is not None:
        return Show.IGNORED if label == IGNORED else Show.LABELLED
    return Show.SENT if sent else Show.OPEN
