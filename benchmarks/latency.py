"""One customer message, frame to frame, and how many of them a second the system sustains.

Two systems are measured in turns, some messages each: a machine that others use as well is slower in one
minute than in the next, by half as was seen, and a comparison must not depend on it.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import httpx

from benchmarks.machine import pace_ms
from server.commands.client import Customer, Frame, Socket

MESSAGES = 200
ROUNDS = 5
"""Long enough that a system's first messages after the other's turn, whose memory is cold, count for little."""
WARM_UP = 30
LATE_TURN = 30
LAST_TURN = 39
LATE_CHATS = MESSAGES // ROUNDS // (LAST_TURN - LATE_TURN + 1)
"""In each round."""
PARALLEL = 32
PARALLEL_MESSAGES = 10
PARALLEL_ROUNDS = 3
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


class Subject(Protocol):
    """A running system."""

    async def first(self) -> float:
        """Seconds of the first message of a new conversation."""
        ...

    async def late(self) -> list[float]:
        """Seconds of a conversation's messages from LATE_TURN on."""
        ...

    async def sustained(self) -> float:
        """Answered messages per second over PARALLEL conversations."""
        ...


async def interleaved(subjects: Sequence[Subject]) -> tuple[list[Figures], float]:
    """Measure all in turns; also the machine's own pace between them (machine.pace_ms), the median."""
    paces: list[float] = []
    first: list[list[float]] = [[] for _ in subjects]
    late: list[list[float]] = [[] for _ in subjects]
    sustained: list[list[float]] = [[] for _ in subjects]
    for subject in subjects:
        for _ in range(WARM_UP):
            await subject.first()
    for _ in range(ROUNDS):
        for place, subject in enumerate(subjects):
            first[place] += [await subject.first() for _ in range(MESSAGES // ROUNDS)]
        for place, subject in enumerate(subjects):
            for _ in range(LATE_CHATS):
                late[place] += await subject.late()
        paces.append(pace_ms())
    for _ in range(PARALLEL_ROUNDS):
        for place, subject in enumerate(subjects):
            sustained[place].append(await subject.sustained())
    figures = [
        Figures(Spread.of(one), Spread.of(two), statistics.median(three))
        for one, two, three in zip(first, late, sustained, strict=True)
    ]
    return figures, statistics.median(paces)


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

    owners = [frame["owner"] for frame in socket.seen if frame["type"] == "state"]
    if owners and owners[-1] != "bot":
        raise HandedOver
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


def signed(number: int) -> str:
    """A name that nobody has: with it no question is asked twice, and no cache knows its answer."""
    syllables = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "ro", "tu")
    return "".join(syllables[int(digit)] for digit in str(number)).capitalize()


class Ours:
    """Our own stack, over the customer's socket; every text is new to it."""

    def __init__(self, base_url: str, questions: Sequence[str]) -> None:
        self._base_url = base_url
        self._all = list(questions)
        self._asks = itertools.cycle(questions)
        self._plain: dict[str, None] = {}
        self._names = map(signed, itertools.count(1000))

    def _new(self, text: str) -> str:
        return f"{text} {next(self._names)}"

    async def first(self) -> float:
        visitor = await arrive(self._base_url)
        async with visitor.connect() as socket:
            # What a new connection still is told must not count as part of the message.
            await asyncio.sleep(PAUSE)
            text = next(self._asks)
            started = time.perf_counter()
            frame = await answered(socket, self._new(text))
            seconds = time.perf_counter() - started
        if frame["payload"].get("kind") in ("answer", "choose"):
            self._plain[text] = None
        return seconds

    def _questions(self) -> Iterator[str]:
        """Questions answered by an article or a choice of them: longer conversations stay with the bot."""
        return itertools.cycle(list(self._plain) or self._all)

    async def late(self) -> list[float]:
        # Who asks the same thing again and again is noticed, and gets a person: no question comes twice.
        for _ in self._all:
            if len(self._plain) >= LAST_TURN:
                break
            await self.first()
        late: list[float] = []
        while not late:
            visitor = await arrive(self._base_url)
            async with visitor.connect() as socket:
                for turn, text in enumerate(random.sample(list(self._plain), LAST_TURN), start=1):
                    await asyncio.sleep(PAUSE)
                    started = time.perf_counter()
                    try:
                        await answered(socket, self._new(text))
                    except HandedOver:
                        break
                    if turn >= LATE_TURN:
                        late.append(time.perf_counter() - started)
        return late

    async def sustained(self) -> float:
        asks = self._questions()

        async def converse() -> None:
            left = PARALLEL_MESSAGES
            while left > 0:
                visitor = await arrive(self._base_url)
                async with visitor.connect() as socket:
                    with suppress(HandedOver):
                        while left > 0:
                            await answered(socket, self._new(next(asks)))
                            left -= 1

        seconds = await timed(lambda: asyncio.gather(*(converse() for _ in range(PARALLEL))))
        return PARALLEL * PARALLEL_MESSAGES / seconds


class Stock:
    """Stock Rasa, over its REST channel."""

    def __init__(self, http: httpx.AsyncClient, texts: Sequence[str]) -> None:
        self._http = http
        self._asks = itertools.cycle(texts)
        self._senders = (f"customer{number}" for number in itertools.count())

    async def _say(self, sender: str) -> None:
        body = {"sender": sender, "message": next(self._asks)}
        (await self._http.post("/webhooks/rest/webhook", json=body)).raise_for_status()

    async def first(self) -> float:
        sender = next(self._senders)
        await asyncio.sleep(PAUSE)
        return await timed(lambda: self._say(sender))

    async def late(self) -> list[float]:
        sender = next(self._senders)
        late: list[float] = []
        for turn in range(1, LAST_TURN + 1):
            await asyncio.sleep(PAUSE)
            seconds = await timed(lambda: self._say(sender))
            if turn >= LATE_TURN:
                late.append(seconds)
        return late

    async def sustained(self) -> float:
        async def converse() -> None:
            sender = next(self._senders)
            for _ in range(PARALLEL_MESSAGES):
                await self._say(sender)

        seconds = await timed(lambda: asyncio.gather(*(converse() for _ in range(PARALLEL))))
        return PARALLEL * PARALLEL_MESSAGES / seconds
