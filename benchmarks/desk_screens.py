"""A widget and a console as the server sees them, with no more work than that: hundreds live in one process."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, suppress
from typing import Any

from benchmarks.desk_doors import Doors, Frame, Refused, Wire

CARD_AFTER = 0.8
PING = 45.0
"""The console's own pace (handoff/static/reading.js, cards.js)."""
LIMIT = 30.0


class Widget:
    """One open chat of a customer."""

    def __init__(self, doors: Doors, number: int) -> None:
        self.number = number
        self.conversation = ""
        self.owner = "bot"
        self.busy = False
        """Somebody measures with it."""
        self._doors = doors
        self._said = 0
        self._hears: dict[str, asyncio.Future[float]] = {}
        self._owners: list[tuple[str, asyncio.Future[None]]] = []
        self._wire: Wire | None = None

    async def open(self, stack: AsyncExitStack) -> asyncio.Task[None]:
        made = await self._doors.call("POST", "/api/chat/visitors", {}, number=self.number)
        self.conversation = made["conversation"]
        self._wire = await stack.enter_async_context(
            self._doors.socket("/ws/chat", number=self.number)
        )
        await self._wire.send(type="hello", token=made["token"], after=0)
        return asyncio.create_task(self._read(self._wire))

    async def _read(self, wire: Wire) -> None:
        pinged = time.monotonic()
        while True:
            try:
                frame = await asyncio.wait_for(wire.next(), PING)
            except TimeoutError:
                frame = {"type": "nothing"}
            if time.monotonic() - pinged > PING:
                # As the widget does: the server ends a socket that says nothing for two minutes.
                pinged = time.monotonic()
                await self.send(type="ping")
            if frame["type"] == "message" and frame["author"] == "agent":
                heard = self._hears.pop(frame["text"], None)
                if heard is not None and not heard.done():
                    heard.set_result(time.perf_counter())
            elif frame["type"] in ("state", "welcome"):
                self.owner = frame.get("state", frame)["owner"]
                for wanted, seen in self._owners:
                    if wanted == self.owner and not seen.done():
                        seen.set_result(None)

    async def send(self, **frame: Any) -> None:
        assert self._wire is not None
        await self._wire.send(**frame)

    async def say(self) -> None:
        self._said += 1
        client_id = f"widget-{self.number}-{self._said}"
        text = f"Where is the parcel of order {self.number}{self._said}? It should be here by now."
        await self.send(type="message", client_id=client_id, text=text)

    def hears(self, text: str) -> asyncio.Future[float]:
        """When this line of an agent arrived."""
        return self._hears.setdefault(text, asyncio.get_running_loop().create_future())

    async def becomes(self, owner: str) -> None:
        if self.owner != owner:
            seen: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._owners.append((owner, seen))
            await asyncio.wait_for(seen, LIMIT)
            self._owners.remove((owner, seen))


class Console:
    """One agent's console, as much of it as the server notices."""

    def __init__(self, doors: Doors, login: str, cookie: str) -> None:
        self.mine: list[str] = []
        self._doors = doors
        self._login = login
        self._cookie = cookie
        self._wire: Wire | None = None
        self._watched: set[str] = set()
        self._card_due: asyncio.TimerHandle | None = None
        self._awaited: dict[str, asyncio.Future[float]] = {}
        self._said = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    async def open(self, stack: AsyncExitStack) -> list[asyncio.Task[None]]:
        ticket = (await self.call("POST", "/api/staff/ticket"))["ticket"]
        self._wire = await stack.enter_async_context(self._doors.socket("/ws/staff"))
        await self._wire.send(type="hello", ticket=ticket)
        return [asyncio.create_task(self._read(self._wire))]

    async def call(self, method: str, path: str, body: object = None) -> Any:
        return await self._doors.call(method, path, body, cookie=self._cookie)

    async def do(self, chat: str, what: str, body: object = None) -> None:
        await self.call("POST", f"/api/conversations/{chat}/{what}", body)

    def card_of(self, conversation: str) -> asyncio.Future[float]:
        """When this conversation's card was whole on this client."""
        return self._awaited.setdefault(conversation, asyncio.get_running_loop().create_future())

    async def say(self, chat: str) -> str:
        self._said += 1
        text = f"{self._login} line {self._said}"
        assert self._wire is not None
        client_id = f"{self._login}-{self._said:06}"
        await self._wire.send(type="message", conversation=chat, client_id=client_id, text=text)
        return text

    def next_text(self) -> str:
        return f"{self._login} line {self._said + 1}"

    async def _read(self, wire: Wire) -> None:
        while True:
            frame = await wire.next()
            if frame["type"] == "queue":
                await self._show(frame["desk"])
            elif frame["type"] == "message":
                await wire.send(type="queue")
                if self.mine and frame["conversation"] == self.mine[0]:
                    self._card_soon(self.mine[0])

    def _card_soon(self, chat: str) -> None:
        if self._card_due is not None:
            self._card_due.cancel()
        self._card_due = asyncio.get_running_loop().call_later(
            CARD_AFTER, lambda: self._keep(asyncio.create_task(self._read_card(chat)))
        )

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read_card(self, chat: str) -> None:
        with suppress(Refused, TimeoutError):
            await self.call("GET", f"/api/conversations/{chat}/card")

    async def _show(self, desk: Frame) -> None:
        for entry in desk["waiting"]:
            awaited = self._awaited.pop(entry["conversation"], None)
            if awaited is not None:
                self._keep(asyncio.create_task(self._await_card(entry["conversation"], awaited)))
        self.mine = [entry["conversation"] for entry in desk["mine"]]
        assert self._wire is not None
        for chat in self._watched - set(self.mine):
            await self._wire.send(type="unwatch", conversation=chat)
        for chat in self.mine:
            if chat not in self._watched:
                await self._wire.send(type="watch", conversation=chat, after=0)
        self._watched = set(self.mine)

    async def _await_card(self, chat: str, awaited: asyncio.Future[float]) -> None:
        with suppress(Refused, TimeoutError):
            await self.call("GET", f"/api/conversations/{chat}/card")
            if not awaited.done():
                awaited.set_result(time.perf_counter())
