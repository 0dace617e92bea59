"""One customer message, frame to frame, and how many of them a second the system sustains."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx

from server.commands.client import Customer, Socket

MESSAGES = 200
LATE_TURN = 30
PARALLEL = 32
PARALLEL_MESSAGES = 10


@dataclass(frozen=True)
class Spread:
    """Milliseconds."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Spread:
        cuts = statistics.quantiles(seconds, n=20)
        return cls(statistics.median(seconds) * 1000, cuts[18] * 1000)


@dataclass(frozen=True)
class Figures:
    first_turn: Spread
    late_turn: Spread
    sustained: float
    """Answered messages per second over 32 parallel conversations."""


async def timed(action: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await action()
    return time.perf_counter() - started


async def _answered(socket: Socket, text: str) -> None:
    await socket.say(text)
    await socket.hear("bot", "system", seconds=60)


async def ours(base_url: str, questions: Sequence[str]) -> Figures:
    """Measure our own stack over the customer's socket."""
    asks = itertools.cycle(questions)
    for _ in range(5):
        visitor = await Customer.arrive(base_url)
        async with visitor.connect() as socket:
            await _answered(socket, next(asks))
    first = []
    for _ in range(MESSAGES):
        visitor = await Customer.arrive(base_url)
        async with visitor.connect() as socket:
            first.append(await timed(lambda socket=socket: _answered(socket, next(asks))))  # type: ignore[misc]
    late: list[float] = []
    while len(late) < MESSAGES:
        visitor = await Customer.arrive(base_url)
        async with visitor.connect() as socket:
            for turn in range(1, LATE_TURN + 10):
                seconds = await timed(lambda socket=socket: _answered(socket, next(asks)))  # type: ignore[misc]
                if turn >= LATE_TURN:
                    late.append(seconds)
                else:
                    # A person never writes 30 messages in 3 s; the rate limit is there to stop it.
                    await asyncio.sleep(0)
    return Figures(
        Spread.of(first), Spread.of(late[:MESSAGES]), await _sustained_ours(base_url, asks)
    )


async def _sustained_ours(base_url: str, asks: itertools.cycle[str]) -> float:
    async def converse() -> None:
        visitor = await Customer.arrive(base_url)
        async with visitor.connect() as socket:
            for _ in range(PARALLEL_MESSAGES):
                await _answered(socket, next(asks))

    seconds = await timed(lambda: asyncio.gather(*(converse() for _ in range(PARALLEL))))
    return PARALLEL * PARALLEL_MESSAGES / seconds


async def stock(base_url: str, texts: Sequence[str]) -> Figures:
    """Measure stock Rasa over its REST channel."""
    asks = itertools.cycle(texts)
    async with httpx.AsyncClient(base_url=base_url, timeout=120, trust_env=False) as http:

        async def say(sender: str) -> None:
            body = {"sender": sender, "message": next(asks)}
            (await http.post("/webhooks/rest/webhook", json=body)).raise_for_status()

        for number in range(5):
            await say(f"warm{number}")
        first = [await timed(lambda n=n: say(f"first{n}")) for n in range(MESSAGES)]  # type: ignore[misc]
        late: list[float] = []
        for number in itertools.count():
            if len(late) >= MESSAGES:
                break
            for turn in range(1, LATE_TURN + 10):
                seconds = await timed(lambda n=number: say(f"late{n}"))  # type: ignore[misc]
                if turn >= LATE_TURN:
                    late.append(seconds)

        async def converse(number: int) -> None:
            for _ in range(PARALLEL_MESSAGES):
                await say(f"parallel{number}")

        seconds = await timed(lambda: asyncio.gather(*(converse(n) for n in range(PARALLEL))))
    return Figures(
        Spread.of(first), Spread.of(late[:MESSAGES]), PARALLEL * PARALLEL_MESSAGES / seconds
    )
