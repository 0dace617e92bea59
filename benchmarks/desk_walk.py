"""Random days at the desk: everybody does anything at any time, and steps break in the middle.

After every step the desk's rules hold, and whatever was left behind comes to an end with an outcome as soon as
one agent comes to work: ``python -m benchmarks.desk_walk --sequences 5000``.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.desk_closing import close_all
from benchmarks.desk_faults import Broken, Faults, FaultyBus, Killed
from benchmarks.desk_house import JUMPS, Hand, House, Step
from benchmarks.desk_rules import Picture, RuleBroken, check, demand
from conversations.models import Conversation, Owner
from handoff.desk import latest
from server.auth import Staff
from server.database import Database
from server.errors import HandrailError
from server.tables import metadata

OPERATIONS = 40
# Steps are broken so often, after at most so many statements: a request for a person takes about as many.
BREAKS, STATEMENTS = 0.25, 30
# One thing at a time so often, or several at once; the rest is the clock, the sweeper, and who comes and goes.
IN_A_TRANSACTION, AT_ONCE = 0.65, 0.05
OUTSIDE = ("sweep", "sweep", "tick", "tick", "comes", "comes", "goes", "restart")
ENDS_ALARMS = frozenset({"claims", "accepts", "joins", "owns", "rush"})
_QUEUED, _AGENT = (Owner.QUEUED,), (Owner.AGENT,)
# In which state a chat is when this makes sense; without an entry: always.
FITS = {
    "request": (Owner.BOT, Owner.CLOSED), "bot_ends": (Owner.BOT,), "cancels": _QUEUED, "claims": _QUEUED,
    "accepts": _QUEUED, "declines": _QUEUED, "releases": _AGENT, "asks_other": _AGENT, "transfers": _AGENT,
    "leaves": _AGENT, "escalates": _AGENT, "closes": _AGENT, "hands_back": _AGENT, "writes": _AGENT,
    "joins": (*_QUEUED, *_AGENT), "owns": (*_QUEUED, *_AGENT),
}  # fmt: skip


@dataclass
class Tally:
    """What happened, for the reader of the run."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)


class Walk:
    """One desk, walked through many sequences."""

    def __init__(self, house: House, faults: Faults, tally: Tally) -> None:
        self.house = house
        self.faults = faults
        self.tally = tally
        self.trail: list[str] = []
        self._chance = house.chance
        self._acted = True
        self._seen: Picture = {}
        self._unsettled: set[uuid.UUID] = set()
        steps: dict[str, tuple[Step, int]] = {
            "request": (house.request, 8), "says": (house.says, 4), "cancels": (house.cancels, 2),
            "bot_ends": (house.bot_ends, 1), "claims": (house.claims, 8), "accepts": (house.accepts, 3),
            "declines": (house.declines, 2), "releases": (house.releases, 2),
            "asks_other": (house.asks_other, 1),
            "transfers": (house.transfers, 3), "joins": (house.joins, 2), "leaves": (house.leaves, 1),
            "escalates": (house.escalates, 2), "closes": (house.closes, 3),
            "hands_back": (house.hands_back, 2), "writes": (house.writes, 6),
            "alarms": (house.alarms, 2), "owns": (house.owns, 2),
        }  # fmt: skip
        self._steps = {name: step for name, (step, _) in steps.items()}
        self._names = [name for name, (_, often) in steps.items() for _ in range(often)]

    async def sequence(self, operations: int = OPERATIONS) -> None:
        """One random sequence with two new customers, then the closing script.

        Raises:
            RuleBroken: with the operations that led there.
        """
        self.trail, self._seen, self._unsettled = [], {}, set()
        await self.house.open_chats()
        try:
            for _ in range(operations):
                await self._step()
            await self._finish()
        except RuleBroken as error:
            raise RuleBroken(f"{error}\nafter: {' · '.join(self.trail)}") from error

    async def _step(self) -> None:
        self._acted = True
        name = "rush"
        dice = self._chance.random()
        if dice < IN_A_TRANSACTION:
            name, chat, agent = await self._pick()
            self._maybe_break()
            await self._do(name, chat, agent)
            # Leaving the queue closes no case, and a broken step may: the sweeper sees to both.
            if name == "cancels" or self.faults.struck:
                self._unsettled.add(chat)
        elif dice < IN_A_TRANSACTION + AT_ONCE:
            # Several at once, and the sweeper among them.
            self._unsettled.update(self.house.chats)
            picked = [await self._pick() for _ in range(3)]
            await asyncio.gather(
                self._guarded("sweep", self.house.sweep), *(self._do(*one) for one in picked)
            )
            self._acted = True
        else:
            name = self._chance.choice(OUTSIDE)
            await self._outside(name)
        # What was refused was rolled back: there is nothing new to see.
        if self._acted:
            await self._look(name)

    async def _pick(self) -> tuple[str, uuid.UUID, Staff]:
        """Mostly what may be done by whoever may do it; the rest is refused, which is tried often enough."""
        name, chat = self._chance.choice(self._names), self._chance.choice(self.house.chats)
        anybody = self._chance.choice(self.house.staff)
        if self._chance.random() < 0.2:
            return name, chat, anybody
        async with self.house.database.read() as db:
            conversation = await db.get_one(Conversation, chat)
            case = await latest(db, chat)
        fitting = [one for one in self._names if conversation.owner in FITS.get(one, tuple(Owner))]
        name = self._chance.choice(fitting)
        wanted = conversation.agent_id
        if name in ("accepts", "declines") and case is not None:
            wanted = case.offered_to
        return name, chat, next((one for one in self.house.staff if one.id == wanted), anybody)

    async def _do(self, name: str, chat: uuid.UUID, agent: Staff) -> None:
        self.trail.append(f"{name}({self.house.chats.index(chat)}, {agent.login})")

        async def act() -> None:
            async with self.house.database.write() as db:
                await self._steps[name](db, chat, agent)

        await self._guarded(name, act)

    async def _outside(self, name: str) -> None:
        agent = self._chance.choice(self.house.staff)
        self.trail.append(f"{name}({agent.login})" if name in ("comes", "goes") else name)
        match name:
            case "sweep":
                self._maybe_break()
                await self._guarded(name, self.house.sweep)
                if self.faults.struck:
                    self._unsettled.update(self.house.chats)
                else:
                    self._unsettled.clear()
            case "tick":
                seconds = self._chance.choice(JUMPS)
                self.trail[-1] = f"tick({seconds:g})"
                self.house.clock.advance(seconds)
            case "comes":
                await self.house.comes(agent)
            case "goes":
                await self.house.goes(agent)
            case "restart":
                self.house.restart()

    def _maybe_break(self) -> None:
        self.faults.struck = False
        if self._chance.random() < BREAKS:
            error = self._chance.choice((Killed, Broken))
            self.faults.arm(self._chance.choice((0, self._chance.randint(1, STATEMENTS))), error)

    async def _guarded(self, name: str, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await act()
            self.tally.done[name] += 1
        except HandrailError as error:
            self._acted = False
            self.tally.refused[f"{name}: {error.code}"] += 1
        except (Killed, Broken) as error:
            self.tally.broken[name] += 1
            if isinstance(error, Killed):
                self.house.restart()
        finally:
            self.faults.disarm()
            if self.faults.struck:
                self.trail[-1] += "!"

    async def _look(self, name: str) -> None:
        async with self.house.database.read() as db:
            self._seen = await check(
                db, self.house.desk, self.house.lead, self.house.chats, self._seen,
                unsettled=self._unsettled, may_end_alarm=name in ENDS_ALARMS,
            )  # fmt: skip

    async def _finish(self) -> None:
        """An agent comes online, sweeps, claims, closes: nothing is left."""
        self.house.restart()
        self.trail.append("closing")
        left = await close_all(self.house)
        demand(not left, "every case ends with an outcome", left)


async def walk(url: str, *, sequences: int, seed: int, operations: int = OPERATIONS) -> Tally:
    """Walk through a new, empty database.

    Raises:
        RuleBroken: a rule did not hold.
    """
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    faults, tally = Faults(), Tally()
    bus = FaultyBus(faults)
    database = Database(url, bus)
    house = House(database, bus, Hand(), random.Random(seed))  # noqa: S311 - no secret
    try:
        await house.hire()
        walking = Walk(house, faults, tally)
        with faults.watching():
            for _ in range(sequences):
                await walking.sequence(operations)
    finally:
        await database.close()
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=200)
    parser.add_argument("--operations", type=int, default=OPERATIONS)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'walk.db'}"
        tally = asyncio.run(
            walk(url, sequences=chosen.sequences, seed=chosen.seed, operations=chosen.operations)
        )
    print(f"{chosen.sequences} sequences in {time.monotonic() - began:.0f} s: every case ended.")  # noqa: T201
    for title, counted in (
        ("done", tally.done),
        ("broken", tally.broken),
        ("refused", tally.refused),
    ):
        print(f"{title}: " + ", ".join(f"{name} {count}" for name, count in counted.most_common()))  # noqa: T201


if __name__ == "__main__":
    main()
