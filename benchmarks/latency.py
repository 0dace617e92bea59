"""One customer message, frame to frame, and how many of them a second the system sustains."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

import httpx

from server.commands.client import Customer, Frame, Socket

MESSAGES = 200
LATE_TURN = 30
PARALLEL = 32
PARALLEL_MESSAGES = 10
LIMIT = 60.0
PAUSE = 0.03
"""Seconds between a conversation's messages: the rest of a turn ends after its reply was seen."""


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


class HandedOver(Exception):
    """A person is to take over: nobody answers this conversation any more."""


async def answered(socket: Socket, text: str) -> Frame:
    """Say something; the first message of the bot that came after it.

    A reply is often two messages, so the next one to be heard may still belong to the turn before.

    Raises:
        HandedOver: the bot no longer owns the conversation.
    """
    client_id = await socket.say(text)
    ack = await socket.wait_for(
        lambda frame: frame["type"] == "ack" and frame["client_id"] == client_id, LIMIT
    )

    def fits(frame: Frame) -> bool:
        if frame["type"] == "state":
            return bool(frame["owner"] != "bot")
        return bool(
            frame["type"] == "message"
            and frame["author"] in ("bot", "system")
            and frame["seq"] > ack["seq"]
        )

    frame = await socket.wait_for(fits, LIMIT)
    if frame["type"] == "state":
        raise HandedOver
    return frame


async def arrive(base_url: str) -> Customer:
    """A new visitor; waits when so many arrived from this address that the app asks to."""
    while True:
        try:
            return await Customer.arrive(base_url)
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                raise
            await asyncio.sleep(0.5)


async def ours(base_url: str, questions: Sequence[str]) -> Figures:
    """Measure our own stack over the customer's socket."""
    asks = itertools.cycle(questions)
    for _ in range(5):
        await _first_turn(base_url, next(asks))
    first: list[float] = []
    plain: list[str] = []
    for _ in range(MESSAGES):
        text = next(asks)
        seconds, kind = await _first_turn(base_url, text)
        first.append(seconds)
        if kind == "answer":
            plain.append(text)
    # The longer conversations stay with the bot: questions that an article answers.
    asks = itertools.cycle(plain)
    late: list[float] = []
    while len(late) < MESSAGES:
        late += await _late_turns(base_url, asks)
    return Figures(
        Spread.of(first), Spread.of(late[:MESSAGES]), await _sustained_ours(base_url, asks)
    )


async def _first_turn(base_url: str, text: str) -> tuple[float, str | None]:
    """Seconds, and the kind of the answer."""
    visitor = await arrive(base_url)
    async with visitor.connect() as socket:
        # What a new connection still is told must not count as part of the message.
        await asyncio.sleep(PAUSE)
        started = time.perf_counter()
        frame = await answered(socket, text)
        return time.perf_counter() - started, frame["payload"].get("kind")


async def _late_turns(base_url: str, asks: Iterator[str]) -> list[float]:
    """Seconds of the turns from LATE_TURN on; none when a person took over before."""
    late: list[float] = []
    visitor = await arrive(base_url)
    async with visitor.connect() as socket:
        for turn in range(1, LATE_TURN + 10):
            await asyncio.sleep(PAUSE)
            started = time.perf_counter()
            try:
                await answered(socket, next(asks))
            except HandedOver:
                break
            if turn >= LATE_TURN:
                late.append(time.perf_counter() - started)
    return late


async def _sustained_ours(base_url: str, asks: Iterator[str]) -> float:
    async def converse() -> None:
        left = PARALLEL_MESSAGES
        while left > 0:
            visitor = await arrive(base_url)
            async with visitor.connect() as socket:
                try:
                    while left > 0:
                        await answered(socket, next(asks))
                        left -= 1
                except HandedOver:
                    continue

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
