"""One day of the desk in short, in a house whose app processes are killed; see benchmarks/desk_soak.py."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from benchmarks import desk_check
from benchmarks.desk_agents import SimulatedAgent
from benchmarks.desk_customers import SimulatedCustomer
from benchmarks.desk_doors import GONE, Doors, Refused
from benchmarks.desk_log import End, Tally
from benchmarks.desk_race import Race
from benchmarks.desk_site import PASSWORD, Site, StandIn
from benchmarks.machine import memory_mb
from conversations.models import Owner

GRACE = 4.0
"""Seconds after which a vanished agent's chats go back to the queue."""
QUIET_LIMIT = 90.0
LATEST = 120.0
"""Seconds by which a day may be put off until enough has happened."""


@dataclass(frozen=True)
class Plan:
    customers: int = 50
    agents: int = 5
    seconds: float = 600.0
    """In which all processes run."""
    kill_every: float = 25.0
    down: float = 2.0
    """Seconds at most until a killed process is started again."""
    pause: float = 3.0
    """Seconds between two things that a customer does; an agent does five times as many."""
    least: Mapping[str, int] = field(default_factory=dict)
    """What has to have happened, by its name in the tally; until then the day is put off, on a slow machine."""
    seed: int = 20261123


@dataclass
class Outcome:
    name: str
    plan: Plan
    tally: Tally
    problems: list[str] = field(default_factory=list)
    messages: int = 0
    cases: int = 0
    conversations: int = 0
    closed_at_the_end: int = 0
    memory: tuple[float, float] = (0, 0)
    raced: Race | None = None
    complaints: list[str] = field(default_factory=list)

    def rows(self) -> list[tuple[str, str]]:
        done = self.tally.done
        did = sum(count for name, count in done.items() if name.startswith("agent did"))
        return [
            ("customers, agents", f"{self.plan.customers}, {self.plan.agents}"),
            ("seconds", f"{self.plan.seconds:.0f}"),
            ("kills of app processes", str(self.tally.kills)),
            ("connections that ended", str(self.tally.drops)),
            ("messages in the log", str(self.messages)),
            ("requests for a person", str(self.cases)),
            ("claims, transfers, closes … by agents", str(did)),
            ("refusals (races lost)", str(sum(self.tally.refused.values()))),
            ("closed by whoever came last", str(self.closed_at_the_end)),
            ("memory before, after (MB)", f"{self.memory[0]:.0f}, {self.memory[1]:.0f}"),
            ("races for one chat, by winner", self._races()),
            ("lost, doubled, disordered, orphaned", str(len(self.problems))),
        ]

    def _races(self) -> str:
        return " and ".join(map(str, self.raced.won.values())) if self.raced else "none"


@contextmanager
def sqlite_site(folder: Path, bot_port: int) -> Iterator[Site]:
    """One process on a file."""
    site = Site(folder, bot_port, HANDRAIL_AGENT_GRACE=str(GRACE))
    site.prepare()
    try:
        yield site
    finally:
        site.stop()


@contextmanager
def grown_site(folder: Path, bot_port: int, database_url: str, redis_url: str) -> Iterator[Site]:
    """Two processes on one PostgreSQL, telling each other over Redis."""
    site = Site(
        folder, bot_port, processes=2, database_url=database_url, redis_url=redis_url,
        HANDRAIL_AGENT_GRACE=str(GRACE),
    )  # fmt: skip
    site.prepare()
    try:
        yield site
    finally:
        site.stop()


async def soak(name: str, site: Site, bot: StandIn, plan: Plan) -> Outcome:
    """Run the plan on a prepared site; returns what happened and everything that is wrong."""
    outcome = Outcome(name, plan, Tally())
    async with (
        bot.serving(),
        Doors(site.urls, site.origin, random.Random(plan.seed)) as doors,  # noqa: S311 - no secret
    ):
        await site.start_all()
        before = _memory(site)
        closer, agents = await _hire(doors, plan, outcome.tally)
        customers = [
            SimulatedCustomer(doors, number, random.Random(plan.seed + number), outcome.tally)  # noqa: S311
            for number in range(plan.customers)
        ]
        end = End(time.monotonic() + plan.seconds)
        await asyncio.gather(
            *(one.live(end, plan.pause) for one in customers),
            *(one.work(end, plan.pause / 5) for one in agents),
            _kill(site, outcome.tally, end, plan),
            _put_off(end, outcome.tally, plan),
        )
        bot.fails = 0.0
        outcome.problems += await _settle(site, customers, agents)
        outcome.closed_at_the_end = await _close_all(doors, closer)
        outcome.problems += await _settle(site, customers, [])
        outcome.memory = (before, _memory(site))
        await _compare(site, outcome, customers, agents)
    outcome.complaints = site.complaints()
    return outcome


async def _hire(
    doors: Doors, plan: Plan, tally: Tally
) -> tuple[SimulatedAgent, list[SimulatedAgent]]:
    """The one who closes everything at the end, and the agents; one of them is a supervisor and may join."""
    admin = await doors.sign_in("admin", PASSWORD)
    agents = []
    for number in range(plan.agents):
        login = f"agent{number}"
        roles = ["agent", "supervisor"] if number == 0 else ["agent"]
        person = {"login": login, "name": login.title(), "password": PASSWORD, "roles": roles}
        await doors.call("POST", "/api/staff", person, cookie=admin)
        chance = random.Random(plan.seed - 1 - number)  # noqa: S311 - no secret
        cookie = await doors.sign_in(login, PASSWORD)
        agents.append(SimulatedAgent(doors, login, cookie, chance, tally))
    return SimulatedAgent(doors, "admin", admin, random.Random(plan.seed), tally), agents  # noqa: S311


async def _kill(site: Site, tally: Tally, end: End, plan: Plan) -> None:
    """Kill one process, sometimes all, and start what was killed again; at the end all run.

    While one is down, the day does not pass: a slow machine gets as many kills as a fast one.
    """
    chance = random.Random(plan.seed + 1_000_000)  # noqa: S311 - no secret
    while True:
        pause = plan.kill_every * chance.uniform(0.6, 1.4)
        if time.monotonic() + pause > end.at:
            return
        await asyncio.sleep(pause)
        numbers = list(range(len(site.ports)))
        killed = numbers if chance.random() < 0.2 else [chance.choice(numbers)]
        since = time.monotonic()
        for number in killed:
            site.kill(number)
            tally.kills += 1
        await asyncio.sleep(chance.uniform(0, plan.down))
        await asyncio.gather(*(site.start(number) for number in killed))
        end.at += time.monotonic() - since


async def _put_off(end: End, tally: Tally, plan: Plan) -> None:
    until = time.monotonic() + plan.seconds + LATEST
    while time.monotonic() < until and any(tally.done[what] < n for what, n in plan.least.items()):
        end.at = max(end.at, time.monotonic() + 1)
        await asyncio.sleep(0.2)


async def _settle(
    site: Site, customers: list[SimulatedCustomer], agents: list[SimulatedAgent]
) -> list[str]:
    """Everybody comes back once more and the bot finishes; then look whether somebody is left alone."""
    came = await asyncio.gather(
        *(one.settle(60) for one in customers), *(one.settle(60) for one in agents)
    )
    problems = [f"{came.count(False)} clients did not come to rest"] if not all(came) else []
    async with _reading(site) as db:
        until = time.monotonic() + QUIET_LIMIT
        while True:
            stored = await desk_check.read(db)
            found = [*desk_check.unanswered(stored), *desk_check.cases(stored)]
            if not found or time.monotonic() > until:
                return problems + found
            await db.rollback()
            db.expunge_all()
            await asyncio.sleep(1)


async def _close_all(doors: Doors, closer: SimulatedAgent) -> int:
    """An agent comes, takes whatever waits, and closes it; what others left comes back to the queue."""
    closed = 0
    until = time.monotonic() + QUIET_LIMIT
    quiet = 0
    while quiet < 2 and time.monotonic() < until:
        try:
            desk = await closer.call("GET", "/api/queue")
            for entry in [*desk["waiting"], *desk["mine"]]:
                path = f"/api/conversations/{entry['conversation']}"
                if entry["owner"] == Owner.QUEUED:
                    await closer.call("POST", f"{path}/claim", {"over_capacity": True})
                await closer.call("POST", f"{path}/close", {"outcome": "solved"})
                closed += 1
        except Refused:
            quiet = 0  # somebody was faster: look again
            continue
        except GONE:
            await asyncio.sleep(0.5)
            continue
        quiet = 0 if desk["waiting"] or desk["mine"] or desk["with_colleagues"] else quiet + 1
        await asyncio.sleep(0.5)
    return closed


async def _compare(
    site: Site, outcome: Outcome, customers: list[SimulatedCustomer], agents: list[SimulatedAgent]
) -> None:
    async with _reading(site) as db:
        stored = await desk_check.read(db)
        problems = await desk_check.damage(db)
    problems += desk_check.in_the_log(stored)
    problems += desk_check.all_closed(stored)
    for customer in customers:
        who = f"customer {customer.number}"
        problems += desk_check.seen(who, stored, customer.conversation, customer.log, whole=True)
        problems += desk_check.arrived(who, stored, customer.outbox)
    for agent in agents:
        problems += [f"{agent.login}: {fault}" for fault in agent.faults]
        for conversation, log in agent.logs.items():
            problems += desk_check.seen(agent.login, stored, conversation, log, whole=False)
        problems += desk_check.arrived(agent.login, stored, agent.outbox)
    written = desk_check.texts(
        [*(one.outbox for one in customers), *(one.outbox for one in agents)]
    )
    problems += desk_check.doubled(stored, written)
    outcome.problems += problems + outcome.tally.faults
    outcome.messages = stored.count
    outcome.cases = sum(map(len, stored.handoffs.values()))
    outcome.conversations = len(stored.conversations)


def _reading(site: Site) -> _Reading:
    return _Reading(site.settings.database)


class _Reading:
    """A session of one's own on the site's database."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url)

    async def __aenter__(self) -> AsyncSession:
        self._session = AsyncSession(self._engine, expire_on_commit=False)
        return self._session

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._engine.dispose()


def _memory(site: Site) -> float:
    return sum(memory_mb(site.pid(number)) for number in range(len(site.ports)))
