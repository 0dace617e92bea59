"""A simulated customer: talks, asks for a person, gives up, comes back, rates, and keeps losing the network."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress

from benchmarks.desk_doors import GONE, Doors, Dropped, Frame, Refused, Wire
from benchmarks.desk_log import End, Log, Outbox, Tally

FOR_GOOD = {"empty_message", "too_large", "client_id_reused", "invalid"}
CATCH_UP = 20.0

DEEDS = {"say": 10, "person": 5, "cancel": 1, "type": 2, "see": 2, "rate": 3, "drop": 2, "leave": 1}


class SimulatedCustomer:
    def __init__(self, doors: Doors, number: int, chance: random.Random, tally: Tally) -> None:
        self.number = number
        self.conversation = ""
        self.log = Log()
        self.outbox = Outbox()
        self.state: Frame = {}
        self._doors = doors
        self._chance = chance
        self._tally = tally
        self._token = ""
        self._told = asyncio.Event()
        self._caught_up = False

    async def live(self, end: End, pause: float) -> None:
        """Do something every ``pause`` seconds or so, to the end; drops and dead processes are part of it."""
        while not end.reached:
            try:
                await self._arrive()
                async with self._doors.socket("/ws/chat", number=self.number) as wire:
                    await self._with(wire, self._act(wire, end, pause))
            except (Dropped, Refused, *GONE) as error:
                self._note(error)
            self._tally.drops += 1
            await asyncio.sleep(self._chance.uniform(0.1, 1.5))

    async def settle(self, seconds: float) -> bool:
        """Come back until everything has arrived and everything was told; whether that worked."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                await self._arrive()
                async with self._doors.socket("/ws/chat", number=self.number) as wire:
                    await self._with(wire, self._catch_up())
                if not self.outbox.pending and self._caught_up:
                    return True
            except (Dropped, Refused, *GONE) as error:
                self._note(error)
            await asyncio.sleep(0.5)
        return False

    async def _arrive(self) -> None:
        if not self._token:
            made = await self._doors.call("POST", "/api/chat/visitors", {}, number=self.number)
            self._token, self.conversation = made["token"], made["conversation"]

    async def _with(self, wire: Wire, work: object) -> None:
        """Say hello, send what waits, then read while working, until one of the two ends."""
        assert asyncio.iscoroutine(work)
        self._caught_up = False
        tasks = [asyncio.create_task(self._read(wire)), asyncio.create_task(work)]
        try:
            await wire.send(type="hello", token=self._token, after=self.log.last)
            for one in self.outbox.pending:
                await self._post(wire, one.client_id)
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, wire: Wire) -> None:
        while True:
            frame = await wire.next()
            match frame["type"]:
                case "message":
                    self.log.take(frame)
                case "ack":
                    fault = self.outbox.acknowledged(frame["client_id"], frame["seq"])
                    if fault:
                        self.log.faults.append(fault)
                case "state":
                    self.state = frame
                case "welcome":
                    self.state = frame["state"]
                case "caught_up":
                    self._caught_up = True
                    if frame["last_seq"] != self.log.last:
                        self.log.faults.append(
                            f"caught up at {frame['last_seq']} but was told {self.log.last}"
                        )
                case "error":
                    self._refused(frame)
            self._told.set()

    def _refused(self, frame: Frame) -> None:
        self._tally.refused[f"customer: {frame['code']}"] += 1
        client_id = frame.get("client_id")
        if client_id:
            self.outbox.failed(client_id, frame["code"], for_good=frame["code"] in FOR_GOOD)

    async def _catch_up(self) -> None:
        """Wait until everything is there; what a failing database refused is sent on the next connection."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CATCH_UP):
                while self.outbox.pending or not self._caught_up:
                    self._told.clear()
                    await self._told.wait()

    async def _post(self, wire: Wire, client_id: str) -> None:
        one = self.outbox.sent[client_id]
        one.tries += 1
        await wire.send(type="message", client_id=client_id, text=one.text)

    async def _act(self, wire: Wire, end: End, pause: float) -> None:
        while not end.reached:
            await asyncio.sleep(self._chance.expovariate(1 / pause))
            deed = self._chance.choices(list(DEEDS), list(DEEDS.values()))[0]
            owner = self.state.get("owner")
            match deed:
                case "say":
                    for _ in range(self._chance.choice((1, 1, 1, 2, 3))):
                        text = f"Customer {self.number} says line {len(self.outbox.sent) + 1}"
                        await self._post(wire, self.outbox.write(self.conversation, text).client_id)
                case "person" if owner in ("bot", "closed"):
                    await wire.send(type="person")
                case "cancel" if owner == "queued":
                    await wire.send(type="cancel")
                case "type":
                    await wire.send(type="typing", on=self._chance.random() < 0.5)
                case "see":
                    await wire.send(type="seen", seq=self.log.last)
                case "rate" if self.state.get("rateable"):
                    score = self._chance.randint(1, 5)
                    await wire.send(type="rate", episode=self.state["rateable"], score=score)
                case "drop":
                    wire.cut()
                case "leave":
                    self._tally.done["customer leaves"] += 1
                    return
                case _:
                    continue
            self._tally.done[f"customer {deed}s"] += 1

    def _note(self, error: BaseException) -> None:
        if isinstance(error, Refused):
            self._tally.refused[f"customer: {error.code}"] += 1
            if error.status == 500:
                self._tally.faults.append(f"a customer met {error}")
