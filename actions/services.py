"""What the actions need of others. ``server.app`` passes the implementations in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from server.clock import Clock
from understanding.language import ENGLISH


@dataclass(frozen=True)
class QuestionContext:
    """What is known beside the question's words; the fields of the knowledge base's own context."""

    intent: str | None
    confidence: float
    excluded: frozenset[UUID] = frozenset()
    """Articles that were shown and did not help, or were offered and turned down."""
    topic: str | None = None
    """Topic of the issue so far; the question may be a follow-up to it."""
    audience: str = "public"
    language: str | None = ENGLISH


class Candidate(Protocol):
    @property
    def article_id(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def probability(self) -> float: ...
    @property
    def context(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def signals(self) -> Mapping[str, Any]: ...


class Decision(Protocol):
    @property
    def kind(self) -> str:
        """``answer``, ``choose`` or ``nothing``."""
        ...

    @property
    def probability(self) -> float: ...
    @property
    def candidates(self) -> Sequence[Candidate]: ...
    @property
    def versions(self) -> Mapping[str, Any]: ...
    @property
    def milliseconds(self) -> float: ...


class Knowledge(Protocol):
    async def decide(self, question: str, context: Any) -> Decision:
        """``context`` is a QuestionContext; rooms don't share classes, so the fields are the contract."""
        ...

    async def article(self, article_id: UUID) -> Candidate | None:
        """The published article, or None when it is gone."""
        ...


class Item(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def quantity(self) -> int: ...


class Order(Protocol):
    """A purchase as ``business.protocol.Order`` describes it."""

    @property
    def number(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def postcode(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def items(self) -> Sequence[Item]: ...
    @property
    def total_cents(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def courier(self) -> str | None: ...
    @property
    def tracking_url(self) -> str | None: ...
    @property
    def expected_on(self) -> date | None: ...
    @property
    def delivered_on(self) -> date | None: ...
    @property
    def return_until(self) -> date | None: ...
    @property
    def cannot_cancel(self) -> str | None: ...
    @property
    def cannot_return(self) -> str | None: ...


class Subscription(Protocol):
    @property
    def postcode(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def price_cents(self) -> int: ...
    @property
    def paid_until(self) -> date: ...
    @property
    def ended(self) -> bool: ...


class Receipt(Protocol):
    @property
    def reference(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def amount_cents(self) -> int | None: ...
    @property
    def currency(self) -> str: ...
    @property
    def label_url(self) -> str | None: ...
    @property
    def ends_on(self) -> date | None: ...


class BusinessSystem(Protocol):
    """What the tasks call; ``business.protocol`` says it in full.

    Effects raise the kernel's errors: ``NotFound`` (unknown), ``Conflict`` (its rules forbid it; the
    code says why), ``Unavailable`` (it does not answer; the same key may be tried again).
    """

    async def find_order(self, order_number: str) -> Order | None: ...
    async def find_subscription(self, email: str) -> Subscription | None: ...
    async def return_order(self, order_number: str, reason: str, *, key: str) -> Receipt: ...
    async def cancel_order(self, order_number: str, *, key: str) -> Receipt: ...
    async def cancel_subscription(self, email: str, reason: str, *, key: str) -> Receipt: ...


class TurnGuard(Protocol):
    async def still_owned(self, turn_id: UUID, epoch: int) -> bool:
        """True while this turn runs, its conversation is the bot's, and no owner change came in."""
        ...


@dataclass(frozen=True)
class Thresholds:
    tries: int = 3
    """Wrong or missing details in a form before a person takes over."""
    attempts: int = 2
    """Answers that did not help before a person takes over."""
    choices: int = 4
    """Buttons of one choice at most; more is reading, not choosing."""


@dataclass(frozen=True)
class ActionServices:
    knowledge: Knowledge
    business: BusinessSystem
    guard: TurnGuard
    clock: Clock
    thresholds: Thresholds = field(default_factory=Thresholds)
    reserved: frozenset[str] = frozenset()
    """Topic intents that the house keeps for people: no article answers them."""
