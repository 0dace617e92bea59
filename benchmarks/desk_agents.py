"""A simulated agent: takes chats, answers, passes them on, closes them, goes away, and sometimes just vanishes."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any

from benchmarks.desk_doors import GONE, Doors, Dropped, Frame, Refused, Wire
from benchmarks.desk_log import End, Log, Outbox, Tally

# With these the message will never be written: it is not the agent's chat any more.
FOR_GOOD = {"not_owner", "not_found", "invalid", "client_id_reused"}
WATCHES = 40

WITH_CHAT = {
    "say": 40, "say by REST": 4, "note": 6, "see": 10, "type": 6, "transfer": 3, "release": 3,
    "hand back": 4, "close": 12, "escalate": 1, "someone else": 1,
}  # fmt: skip
ANYWAY = {
    "take": 30,
    "away": 2,
    "back": 4,
    "look": 5,
    "join": 2,
    "leave": 2,
    "vanish": 1,
    "drop": 1,
}


class SimulatedAgent:
    def __init__(
        self, doors: Doors, login: str, cookie: str, chance: random.Random, tally: Tally
    ) -> None:
        self.login = login
        self.logs: dict[str, Log] = defaultdict(Log)
        self.outbox = Outbox()
        self.epochs: dict[str, int] = {}
        self.faults: list[str] = []
        self._doors = doors
        self._cookie = cookie
        self._chance = chance
        self._tally = tally
        self._watched: set[str] = set()
        self._queue: Frame = {"waiting": [], "mine": [], "colleagues": []}
        self._moved = asyncio.Event()

    async def call(self, method: str, path: str, body: object = None) -> Any:
        """A call to any process of the house: the agent's session is everybody's."""
        return await self._doors.call(method, path, body, cookie=self._cookie)

    async def work(self, end: End, pause: float) -> None:
        while not end.reached:
            away = 0.3
            try:
                away = await self._shift(end, pause)
            except (Dropped, Refused, *GONE) as error:
                self._refused("connects", error)
            self._tally.drops += 1
            await asyncio.sleep(away)

    async def settle(self, seconds: float) -> bool:
        """Come back until every message has arrived or was refused; whether that worked."""
        until = time.monotonic() + seconds
        while self.outbox.pending and time.monotonic() < until:
            one = self.outbox.pending[0]
            body = {"client_id": one.client_id, "text": one.text}
            try:
                await self._say_by_rest(one.conversation, body)
            except GONE:
                await asyncio.sleep(0.5)
        return not self.outbox.pending

    async def _shift(self, end: End, pause: float) -> float:
        """One connection, from ticket to drop; returns how long the agent then stays away."""
        url = self._doors.any()  # the ticket is good at its own process only (design.md §8)
        ticket = await self._doors.call("POST", "/api/staff/ticket", cookie=self._cookie, url=url)
        async with self._doors.socket("/ws/staff", url=url) as wire:
            await wire.send(type="hello", ticket=ticket["ticket"])
            self._watched.clear()
            tasks: list[asyncio.Task[float]] = [
                asyncio.create_task(self._read(wire)),
                asyncio.create_task(self._act(wire, end, pause)),
            ]
            try:
                for conversation in list(self.logs)[-8:]:
                    await self._watch(wire, conversation)
                for one in self.outbox.pending:
                    await self._post(wire, one.client_id)
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                return min(task.result() for task in done)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, wire: Wire) -> float:
        while True:
            frame = await wire.next()
            conversation = str(frame.get("conversation", ""))
            match frame["type"]:
                case "message":
                    self.logs[conversation].take(frame)
                case "ack":
                    fault = self.outbox.acknowledged(frame["client_id"], frame["seq"])
                    if fault:
                        self.faults.append(fault)
                case "queue":
                    self._moved.set()
                case "error":
                    self._tally.refused[f"agent's frame: {frame['code']}"] += 1
                    if frame.get("client_id"):
                        final = frame["code"] in FOR_GOOD
                        self.outbox.failed(frame["client_id"], frame["code"], for_good=final)

    async def _act(self, wire: Wire, end: End, pause: float) -> float:
        while not end.reached:
            await asyncio.sleep(self._chance.expovariate(1 / pause))
            for one in self.outbox.pending:
                if one.retried_after_error and one.tries < 20:
                    await self._post(wire, one.client_id)
            try:
                if self._moved.is_set():
                    self._moved.clear()
                    self._queue = await self.call("GET", "/api/queue")
                    for entry in self._queue["mine"]:
                        await self._watch(wire, entry["conversation"])
                gone = await self._deed(wire)
                if gone is not None:
                    return gone
            except (Refused, *GONE) as error:
                self._moved.set()
                self._refused("acts", error)
            if len(self._watched) >= WATCHES:
                return 0.1  # a new page: nothing is watched twice on one connection
        return 0.1

    async def _deed(self, wire: Wire) -> float | None:
        mine = [entry["conversation"] for entry in self._queue["mine"]]
        deeds = {**ANYWAY, **(WITH_CHAT if mine else {})}
        deed = self._chance.choices(list(deeds), list(deeds.values()))[0]
        chat = self._chance.choice(mine) if mine else ""
        self._tally.done[f"agent: {deed}"] += 1
        match deed:
            case "vanish":
                wire.cut()
                return self._chance.uniform(3, 12)
            case "drop":
                wire.cut()
                return 0.1
            case "say":
                text = f"{self.login} says line {len(self.outbox.sent) + 1}"
                await self._post(wire, self.outbox.write(chat, text).client_id)
            case "say by REST":
                text = f"{self.login} says line {len(self.outbox.sent) + 1}"
                one = self.outbox.write(chat, text)
                one.tries, one.overtaken = 1, True
                await self._say_by_rest(chat, {"client_id": one.client_id, "text": text})
            case "see":
                await wire.send(type="seen", conversation=chat, seq=self.logs[chat].last)
            case "type":
                await wire.send(type="typing", conversation=chat, on=self._chance.random() < 0.5)
            case "away" | "back":
                await self.call("PUT", "/api/desk/presence", {"away": deed == "away"})
            case _:
                await self._rest(wire, deed, chat)
        return None

    async def _rest(self, wire: Wire, deed: str, chat: str) -> None:
        """What goes over REST: about one of the own chats, or one that waits."""
        waiting = self._queue["waiting"]
        entry = self._chance.choice(waiting[:5]) if waiting else None
        doing: Callable[[], Coroutine[Any, Any, Any]] | None = None
        match deed:
            case "take" if entry is not None:
                what = (
                    ("accept" if self._chance.random() < 0.8 else "decline")
                    if entry["offered"]
                    else "claim"
                )
                chat = entry["conversation"]
                over = {"over_capacity": self._chance.random() < 0.2}
                doing = lambda: self._do(chat, what, over if what == "claim" else None)  # noqa: E731
            case "look":
                chat = entry["conversation"] if entry else chat
                if chat:
                    await self._look(chat)
                return
            case "join" | "leave":
                others = self._queue.get("with_colleagues") or []
                if others:
                    chat = self._chance.choice(others)["conversation"]
                    doing = lambda: self._do(chat, deed)  # noqa: E731
            case "transfer":
                online = [one["id"] for one in self._queue["colleagues"] if one["online"]]
                if online:
                    body = {"to": self._chance.choice(online), "note": "Please take over."}
                    doing = lambda: self._do(chat, "transfer", body)  # noqa: E731
            case "note":
                doing = lambda: self._do(chat, "note", {"text": f"A note by {self.login}"})  # noqa: E731
            case "close":
                doing = lambda: self._do(chat, "close", {"outcome": "solved"})  # noqa: E731
            case "escalate" | "someone else":
                doing = lambda: self._do(chat, deed.replace(" ", "-"), {"note": ""})  # noqa: E731
            case "release" | "hand back":
                doing = lambda: self._do(chat, deed.replace(" ", "-"))  # noqa: E731
        if doing is not None:
            await doing()
            self._moved.set()
            if deed in ("take", "join"):
                await self._watch(wire, chat)

    async def _do(self, chat: str, what: str, body: object = None) -> None:
        await self.call("POST", f"/api/conversations/{chat}/{what}", body)
        self._tally.done[f"agent did: {what}"] += 1

    async def _look(self, chat: str) -> None:
        """Read the card, whose epoch must never go back."""
        card = await self.call("GET", f"/api/conversations/{chat}/card")
        if card["epoch"] < self.epochs.get(chat, 0):
            self.faults.append(f"the epoch of {chat} went back to {card['epoch']}")
        self.epochs[chat] = card["epoch"]

    async def _say_by_rest(self, chat: str, body: dict[str, str]) -> None:
        try:
            answer = await self.call("POST", f"/api/conversations/{chat}/messages", body)
        except Refused as error:
            final = error.code in FOR_GOOD
            self.outbox.failed(body["client_id"], error.code, for_good=final)
            self._refused("says", error)
            return
        fault = self.outbox.acknowledged(body["client_id"], answer["seq"])
        if fault:
            self.faults.append(fault)

    async def _watch(self, wire: Wire, conversation: str) -> None:
        if conversation not in self._watched and len(self._watched) < WATCHES:
            self._watched.add(conversation)
            await wire.send(
                type="watch", conversation=conversation, after=self.logs[conversation].last
            )

    async def _post(self, wire: Wire, client_id: str) -> None:
        one = self.outbox.sent[client_id]
        one.tries += 1
        await wire.send(
            type="message", conversation=one.conversation, client_id=client_id, text=one.text
        )

    def _refused(self, what: str, error: BaseException) -> None:
        if isinstance(error, Refused):
            self._tally.refused[f"agent {what}: {error.code}"] += 1
            if error.status == 500:
                self.faults.append(f"met {error}")
