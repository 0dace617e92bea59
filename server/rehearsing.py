"""The real actions without their effects, for the trainer's test console: they read, and only say what they
would do.

What is real: the words, the rules of the forms, the published articles and the decision about them, and orders
as the business system knows them. What is not: nothing is returned, cancelled or handed over, and no turn is
written down.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import Any, cast
from uuid import UUID

import structlog
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions import registry, turn
from actions.search import candidate
from actions.services import ActionServices, Knowledge, QuestionContext
from business.hold import unheld
from business.protocol import (
    BusinessSystem,
    Item,
    Order,
    OrderStatus,
    Receipt,
    Subscription,
    Task,
)
from server.clock import Clock
from server.database import Database
from server.settings import Settings

log = structlog.get_logger(__name__)

#: A stored conversation is masked: its numbers are zeros, its e-mail address is this one. They open a
#: stand-in, or its forms could not be walked to their end.
STAND_IN_EMAIL, STAND_IN_POSTCODE = "name@example.com", "1000"
REFERENCE = "TRIED-0000"
LIMIT = 10.0

_would: ContextVar[list[dict[str, Any]]] = ContextVar("handrail_would")


@dataclass(frozen=True)
class Ran:
    """What one action came to: rasa_sdk's answer, what the turn would carry, what would have been done."""

    status: int
    body: dict[str, Any]
    records: dict[str, Any] = field(default_factory=dict)
    would: list[dict[str, Any]] = field(default_factory=list)
    """``{"task": str, "subject": str, "with": {name: value}}``"""


@contextmanager
def _noting() -> Iterator[list[dict[str, Any]]]:
    found: list[dict[str, Any]] = []
    token = _would.set(found)
    try:
        yield found
    finally:
        _would.reset(token)


class SandboxShop:
    """A business system that is read but never written: effects are noted, with a receipt that says so."""

    def __init__(self, real: BusinessSystem, clock: Clock) -> None:
        self._real, self._clock = real, clock

    async def find_order(self, order_number: str) -> Order | None:
        if _is_masked(order_number):
            return self._order(order_number)
        return await self._real.find_order(order_number)

    async def find_subscription(self, email: str) -> Subscription | None:
        if email.strip().casefold() == STAND_IN_EMAIL:
            until = self._clock.now().date() + timedelta(days=14)
            return Subscription(email, STAND_IN_POSTCODE, "Stand-in subscription", 1990, until)
        return await self._real.find_subscription(email)

    async def return_order(self, order_number: str, reason: str, *, key: str) -> Receipt:
        values = {"order_number": order_number, "reason": reason}
        return await self._of_order(Task.RETURN_ORDER, order_number, values)

    async def cancel_order(self, order_number: str, *, key: str) -> Receipt:
        return await self._of_order(Task.CANCEL_ORDER, order_number, {"order_number": order_number})

    async def cancel_subscription(self, email: str, reason: str, *, key: str) -> Receipt:
        return self._noted(Task.CANCEL_SUBSCRIPTION, email, {"email": email, "reason": reason})

    async def _of_order(self, task: Task, number: str, values: dict[str, str]) -> Receipt:
        order = await self.find_order(number)
        return self._noted(task, number, values, order.total_cents if order else None)

    def _noted(
        self, task: Task, subject: str, values: dict[str, str], cents: int | None = None
    ) -> Receipt:
        _would.get().append({"task": task.value, "subject": subject, "with": values})
        return Receipt(REFERENCE, task, subject, self._clock.now(), amount_cents=cents)

    def _order(self, number: str) -> Order:
        today = self._clock.now().date()
        return Order(
            number=number,
            email=STAND_IN_EMAIL,
            postcode=STAND_IN_POSTCODE,
            status=OrderStatus.DELIVERED,
            placed_at=self._clock.now() - timedelta(days=6),
            items=(Item("stand-in article"),),
            total_cents=4990,
            courier="the courier",
            delivered_on=today - timedelta(days=2),
            return_until=today + timedelta(days=28),
        )


def _is_masked(number: str) -> bool:
    digits = [character for character in number if character.isdigit()]
    return bool(digits) and set(digits) == {"0"}


class _AlwaysOwned:
    async def still_owned(self, turn_id: UUID, epoch: int) -> bool:
        """Nobody else has a conversation that does not exist."""
        return True


class Session:
    """The actions for one conversation; wrong tries to open an order count within it alone."""

    def __init__(self, services: ActionServices) -> None:
        self._executor = ActionExecutor()
        for action in registry.build(services):
            self._executor.register_action(action)

    async def run(self, call: dict[str, Any]) -> Ran:
        """Run one action as Rasa asks for it; statuses are those of `conversations.action_endpoint`."""
        name = str(call.get("next_action"))[:80]
        with turn.recording() as records, _noting() as would:
            try:
                async with asyncio.timeout(LIMIT):
                    result = await self._executor.run(call)
                status, body = 200, result.model_dump() if result else {}
            except ActionExecutionRejection as error:
                status, body = 400, {"error": error.message, "action_name": name}
            except ActionNotFoundException as error:
                status, body = 404, {"error": error.message, "action_name": name}
            except Exception as error:
                # As for a customer: the turn fails, and the console says so.
                log.error("rehearsed_action_failed", action=name, exc_info=error)
                status, body = 500, {"error": type(error).__name__, "action_name": name}
        return Ran(status, body, _plain(records), would)


class Rehearsal:
    """Begins sessions, and asks the knowledge base what it would decide."""

    def __init__(
        self,
        knowledge: Knowledge,
        business: BusinessSystem,
        clock: Clock,
        reserved: frozenset[str] = frozenset(),
    ) -> None:
        shop = SandboxShop(business, clock)
        # Rooms don't share classes: the shop's orders have all fields that the actions read.
        self._services = ActionServices(
            knowledge, cast(Any, shop), _AlwaysOwned(), clock, reserved=reserved
        )

    async def begin(self) -> Session:
        """Return actions that remember nothing of earlier conversations."""
        # The words are read from their file: not on the event loop.
        return await asyncio.to_thread(Session, self._services)

    async def search(
        self, question: str, intent: str | None, confidence: float
    ) -> Mapping[str, Any]:
        """Return what the knowledge base decides about a question, in the form of a turn's decision."""
        context = QuestionContext(intent, confidence)
        found = await self._services.knowledge.decide(question, context)
        return _plain(
            {
                "kind": found.kind,
                "probability": found.probability,
                "question": question,
                "candidates": [candidate(one) for one in found.candidates],
            }
        )


def business_of(settings: Settings, database: Database, clock: Clock) -> BusinessSystem:
    """Return the house's business system, for who only reads it."""
    module, _, name = settings.business.partition(":")
    made: BusinessSystem = getattr(import_module(module), name)(database, clock, unheld)
    return made


def _plain(records: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(records, default=str))
    return plain
