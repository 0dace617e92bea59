"""A steady stream of customer messages, each noted: what was said when, and when an answer came.

The stream does not wait for answers: a system that slows down gets the same messages, and every second of
waiting counts, also that before a message could be sent.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

from websockets.exceptions import WebSocketException

from benchmarks.bench import questions
from benchmarks.latency import HandedOver, answered, arrive, signed
from server.commands.client import Socket

#: Messages a second.
RATE = 5.0
#: The next ones come from another customer: who asks much is offered a person.
MESSAGES_EACH = 8
CUSTOMERS = 16


@dataclass
class Message:
    """One thing a customer said. Times are of the monotonic clock."""

    due: float
    answered_at: float | None = None
    handed_over: bool = False
    """A person is to answer it: right for some questions, and no failure."""

    @property
    def seconds(self) -> float | None:
        return None if self.answered_at is None else self.answered_at - self.due


@dataclass
class Customer:
    socket: Socket
    stack: AsyncExitStack
    said: int = 0


@dataclass
class Load:
    """Customers who talk until `stop` is called; `messages` is what came of it."""

    base_url: str
    rate: float = RATE
    messages: list[Message] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What went wrong on a customer's line."""

    def __post_init__(self) -> None:
        self._free: asyncio.Queue[Customer] = asyncio.Queue()
        self._asks = _questions()
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Talk until told to stop; return when every message has its answer or has waited too long."""
        await asyncio.gather(*(self._arrive() for _ in range(CUSTOMERS)))
        began, said = time.monotonic(), []
        for number in itertools.count():
            pause = began + number / self.rate - time.monotonic()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), max(0.0, pause))
            if self._over.is_set():
                break
            message = Message(began + number / self.rate)
            self.messages.append(message)
            said.append(asyncio.create_task(self._say(message, next(self._asks))))
        await asyncio.gather(*said)
        while not self._free.empty():
            await self._free.get_nowait().stack.aclose()

    def stop(self) -> None:
        self._over.set()

    async def _say(self, message: Message, text: str) -> None:
        customer = await self._free.get()
        customer.said += 1
        leaves = customer.said >= MESSAGES_EACH
        try:
            await answered(customer.socket, text)
            message.answered_at = time.monotonic()
        except HandedOver:
            message.answered_at, message.handed_over, leaves = time.monotonic(), True, True
        except (WebSocketException, OSError, TimeoutError) as error:
            self.faults.append(type(error).__name__)
            leaves = True
        if not leaves:
            self._free.put_nowait(customer)
            return
        with suppress(WebSocketException, OSError):
            await customer.stack.aclose()
        await self._arrive()

    async def _arrive(self) -> None:
        visitor = await arrive(self.base_url)
        stack = AsyncExitStack()
        self._free.put_nowait(Customer(await stack.enter_async_context(visitor.connect()), stack))


def _questions() -> Iterator[str]:
    """Starter questions with a made-up name: no question is asked twice, and no cache knows its answer."""
    names = map(signed, itertools.count(5000))
    return (f"{text} {next(names)}" for text in itertools.cycle(questions()))
