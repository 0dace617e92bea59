"""What a threshold would have made of past chats; pure arithmetic on scores.

The score does not depend on the threshold, and a chat that goes to a person is no longer scored. So a
chat's fate at any threshold follows from its scores, its real handoff, and the words written while waiting.
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from conversations.desk import Reason
from conversations.models import Outcome

FRUSTRATION = Reason.FRUSTRATION.value
#: 1 to 5 stars; these say that it went badly, or well.
BAD, GOOD = 2, 4
WEEK = 7.0


@dataclass(frozen=True)
class Said:
    """One thing that the customer said to the bot, or typed while waiting for a person."""

    first_seq: int
    score: float | None
    """None: not known yet."""
    counts: bool = True
    """Typed and answered: a pressed button, or a turn that failed, hands nobody over."""
    turn_id: uuid.UUID | None = None
    version: str = ""
    waiting: bool = False
    """Typed after the chat was handed over and before a person answered."""


@dataclass(frozen=True)
class Handed:
    """The real handoff: after `said[place]`; -1 is before the first."""

    place: int
    reason: str


@dataclass(frozen=True)
class Chat:
    """One episode."""

    conversation_id: uuid.UUID
    episode: int
    started_at: datetime
    said: tuple[Said, ...]
    handed: Handed | None = None
    outcome: Outcome | None = None
    rating: int | None = None

    @property
    def ours(self) -> bool:
        """Whether the threshold could have mattered to its ending: no other reason took it to a person."""
        return self.handed is None or self.handed.reason == FRUSTRATION

    @property
    def ended_badly(self) -> bool:
        rated = self.rating is not None and self.rating <= BAD
        return self.ours and (rated or self.outcome is Outcome.ABANDONED)

    @property
    def ended_well(self) -> bool:
        """With the assistant alone, and the customer said so."""
        if self.handed is not None or (self.rating is not None and self.rating < GOOD):
            return False
        return self.outcome is Outcome.CONFIRMED or self.rating is not None

    @property
    def open_to_it(self) -> Sequence[Said]:
        """What could have crossed a threshold: all of it, or what came before another reason."""
        if self.ours or self.handed is None:
            return self.said
        return self.said[: max(0, self.handed.place)]


class Change(enum.StrEnum):
    NEW = "new"
    EARLIER = "earlier"
    LATER = "later"
    GONE = "gone"


@dataclass(frozen=True)
class Changed:
    """A chat that the threshold treats otherwise than it went."""

    chat: Chat
    change: Change
    place: int | None
    """After which of `chat.said` it would be handed over; None: not at all."""


@dataclass(frozen=True)
class Counts:
    handed: int
    """Chats that would go to a person for frustration."""
    a_week: float
    bad: int
    caught: int
    """Of the chats that ended badly: would have gone to a person."""
    well: int
    needless: int
    """Of the chats that ended well: would have gone to a person."""


def crossing(chat: Chat, threshold: float) -> int | None:
    """Return the place of the first thing said that hands the chat over for frustration."""
    for place, said in enumerate(chat.open_to_it):
        if said.counts and said.score is not None and said.score >= threshold:
            return place
    return None


def fate(chat: Chat, threshold: float) -> Handed | None:
    """Return when and why the chat would go to a person."""
    place = crossing(chat, threshold)
    if place is not None:
        return Handed(place, FRUSTRATION)
    return None if chat.ours else chat.handed


def change_of(chat: Chat, threshold: float) -> Changed | None:
    """Compare with what really happened; None: the chat would go the same way."""
    would, did = fate(chat, threshold), chat.handed
    if would == did:
        return None
    if would is None:
        return Changed(chat, Change.GONE, None)
    if did is None:
        return Changed(chat, Change.NEW, would.place)
    return Changed(chat, Change.EARLIER if would.place < did.place else Change.LATER, would.place)


class Replay:
    """Past chats, ready to be asked about one threshold after another."""

    def __init__(self, chats: Sequence[Chat], days: float) -> None:
        self.chats = tuple(chats)
        #: Less than a week of chats is not blown up to one.
        self.weeks = max(1.0, days / WEEK)

    @cached_property
    def _peaks(self) -> NDArray[np.float64]:
        return np.array([_peak(chat) for chat in self.chats], dtype=np.float64)

    @cached_property
    def _bad(self) -> NDArray[np.bool_]:
        return np.array([chat.ended_badly for chat in self.chats], dtype=np.bool_)

    @cached_property
    def _well(self) -> NDArray[np.bool_]:
        return np.array([chat.ended_well for chat in self.chats], dtype=np.bool_)

    def counts(self, threshold: float) -> Counts:
        over = self._peaks >= threshold
        handed = int(over.sum())
        return Counts(
            handed=handed,
            a_week=handed / self.weeks,
            bad=int(self._bad.sum()),
            caught=int((over & self._bad).sum()),
            well=int(self._well.sum()),
            needless=int((over & self._well).sum()),
        )

    def curve(self, thresholds: Sequence[float]) -> list[tuple[float, Counts]]:
        return [(threshold, self.counts(threshold)) for threshold in thresholds]

    def changed(self, threshold: float) -> list[Changed]:
        """Return the chats that would go otherwise than they went, the newest first."""
        found = [one for chat in self.chats if (one := change_of(chat, threshold)) is not None]
        return sorted(found, key=lambda one: one.chat.started_at, reverse=True)


def _peak(chat: Chat) -> float:
    scores = [said.score for said in chat.open_to_it if said.counts and said.score is not None]
    return max(scores, default=-1.0)
