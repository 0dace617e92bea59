"""What the review queue shows: one item per distinct message, pages of them, clusters; and the filter."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from training.proposals import Proposed
from training.review.entities import Entity
from training.review.reasons import After, Reason
from training.review.said import FoundArticle

PAGE = 25
#: How many of a cluster's messages a page of clusters carries; the others are listed by `Filter.cluster`.
SHOWN_MEMBERS = 12


class Show(enum.StrEnum):
    OPEN = "open"
    """Nobody has dealt with it."""
    LABELLED = "labelled"
    IGNORED = "ignored"
    SENT = "sent"
    """Sent to the editors as a question without an article."""
    ASKED = "asked"
    """Before two people (training.opinions): nobody labels it from the main list meanwhile."""


class Order(enum.StrEnum):
    VALUE = "value"
    """What a label promises; agents' corrections first."""
    NEWEST = "newest"
    OFTEN = "often"
    UNSURE = "unsure"
    """The least sure first."""


@dataclass(frozen=True)
class Filter:
    show: Show = Show.OPEN
    reason: Reason | None = None
    doubtful: bool = False
    """Only messages that have a reason to be looked at."""
    intent: str | None = None
    """Of the label where there is one, else the predicted one."""
    search: str = ""
    """Words of the masked text, whatever their case and punctuation."""
    order: Order = Order.VALUE
    language: str | None = None
    """Code as the language detector gives it; "en" also finds what it could not tell."""
    since: datetime | None = None
    until: datetime | None = None
    """Last said at or after `since` and before `until`."""
    min_confidence: float | None = None
    max_confidence: float | None = None
    cluster: str | None = None
    """Only this cluster's messages."""
    folded: bool = False
    """One message of each cluster: the one that stands highest."""


@dataclass(frozen=True)
class Nearest:
    """The training example that reads most like the message."""

    text: str
    intent: str
    cosine: float


@dataclass(frozen=True)
class Second:
    """Another intent than the predicted one, and who says so."""

    intent: str
    model: str | None = None
    """The model that reads along with customers; None: the nearest examples' vote."""


@dataclass(frozen=True)
class Opinion:
    """What another trainer took a message for."""

    name: str
    intent: str


@dataclass(frozen=True)
class Item:
    """One message; ``turn_id`` is the latest turn in which it was said."""

    turn_id: UUID
    text: str
    """Masked, exactly as it would be written into the training files."""
    intent: str | None
    confidence: float | None
    candidates: tuple[tuple[str, float], ...]
    """The model's best intents with their probabilities, likeliest first."""
    reasons: tuple[Reason, ...]
    times: int
    at: datetime
    label: str | None
    """The right intent, ``ignored``, or None."""
    proposals: tuple[Proposed, ...] = ()
    """What agents said it was really about, and no trainer has dealt with."""
    conversation_id: UUID | None = None
    episode: int = 1
    key: str = ""
    """The same for all messages that read the same."""
    entities: tuple[Entity, ...] = ()
    found: tuple[FoundArticle, ...] = ()
    """What the search said, or would have said; best first."""
    decided: str | None = None
    """answer, choose or nothing; None when the bot did not search for this message."""
    searched: bool = False
    """`found` is what was searched then, not what would be found now."""
    after: After = After.NOTHING
    """What happened next, the most telling of all times it was said."""
    language: str | None = None
    wrong: float = 0.0
    """How likely the predicted intent is wrong, 0 to 1."""
    like: int = 1
    """In how many chats this, or something like it, was said."""
    value: float = 0.0
    """What a label promises: falls with the place in the list; comparable within one answer only."""
    why: str = ""
    """Why it stands where it stands, in words."""
    nearest: Nearest | None = None
    second: str | None = None
    """Another model's intent, where it disagrees with the predicted one."""
    second_model: str | None = None
    """That model's name; None: it is the vote of the nearest examples."""
    cluster: str = ""
    cluster_size: int = 1
    """Distinct messages in its cluster that are not dealt with, this one counted."""
    opinions: tuple[Opinion, ...] = ()
    sent_at: datetime | None = None
    """When it was sent to the editors."""


@dataclass(frozen=True)
class Page:
    items: tuple[Item, ...]
    total: int
    number: int
    """Counts from 1."""
    pages: int
    reasons: Mapping[Reason, int]
    """How many messages each reason lists, before the filters for reason and doubt."""
    all_time: int
    """Distinct messages in the horizon, labelled or not; 0 means that nobody has written yet."""
    languages: Mapping[str, int] | None = None
    """How many messages of each language, before the filter for it."""
    unread: int = 0
    """So many messages are still being compared with the others; until then they stand at the end."""


@dataclass(frozen=True)
class Cluster:
    """Messages that say nearly the same, and are dealt with together."""

    id: str
    """Of its first message; the same as long as that one is in the horizon."""
    text: str
    """Of the message that was said most often."""
    items: tuple[Item, ...]
    """At most `SHOWN_MEMBERS`, best first."""
    size: int
    """Distinct messages in it that fit the filter."""
    times: int
    """How often they were said in all."""
    intents: Mapping[str, int]
    """What they were taken for: intent → distinct messages, most first."""
    reasons: tuple[Reason, ...]
    value: float
    why: str


@dataclass(frozen=True)
class ClusterPage:
    clusters: tuple[Cluster, ...]
    total: int
    number: int
    pages: int
    unread: int = 0
