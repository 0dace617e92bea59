"""What the desk's week holds; what customers wrote in it is masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

#: Lines of each list: what a lead can look at in a week.
MOST = 8


@dataclass(frozen=True)
class ChatLine:
    """A chat to look at."""

    conversation_id: UUID
    quote: str
    """What the customer wrote, masked; empty when it is not known or says nothing."""
    what: str
    """Why it stands here."""


@dataclass(frozen=True)
class Chats:
    """How many in the week and in the week before, and the ones to look at first."""

    now: int
    before: int
    lines: tuple[ChatLine, ...]


@dataclass(frozen=True)
class CauseLine:
    """A root cause that agents gave to cases of the week."""

    text: str
    now: int
    before: int
    action: str
    """What is done about it; empty: nothing is planned."""
    done: bool
    late: bool


@dataclass(frozen=True)
class Causes:
    now: int
    """Cases of the week with a root cause."""
    before: int
    lines: tuple[CauseLine, ...]


@dataclass(frozen=True)
class Finding:
    """A practice chat, or a try at one, that a lead scored low in something."""

    id: UUID
    tried: bool
    """An agent's try; otherwise how a real chat was handled."""
    topic: str
    low: Mapping[str, int]
    """The standards (acknowledge, clarify, resolve, confirm) with their low scores of 5."""
    why: str


@dataclass(frozen=True)
class Findings:
    scored: int
    """Everything that leads scored in the week."""
    now: int
    """Of it, what had a low score."""
    before: int
    lines: tuple[Finding, ...]


@dataclass(frozen=True)
class DeskWeek:
    low_ratings: Chats
    not_helped: Chats
    somebody_else: Chats
    late: Chats
    causes: Causes
    findings: Findings
