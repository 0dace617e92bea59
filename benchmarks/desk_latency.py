"""How long a customer waits for the desk's own machinery, with 500 widgets and 20 consoles open.

(i) From "a person, please" to the whole card on an agent's client: the queue frame, which brings the desk along,
and GET card, while the 19 other consoles are told of the same change.
(ii) From the agent's message on the staff socket to the message frame on the customer's socket.

The clients live in this process, the app in its own, so that both have a core; how busy each was is told.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console as Terminal
from rich.markdown import Markdown

from benchmarks.desk_doors import Doors, Refused
from benchmarks.desk_screens import LIMIT, Console, Widget
from benchmarks.desk_site import PASSWORD, Site, StandIn
from benchmarks.latency import Spread
from benchmarks.machine import description, memory_mb, pace_ms
from server.settings import ROOT

REPORT = ROOT / "docs" / "benchmarks" / "handoff-latency.md"
CARD_TARGET, MESSAGE_TARGET = 300.0, 150.0
"""Milliseconds, p95."""


@dataclass(frozen=True)
class Scene:
    widgets: int = 500
    consoles: int = 20
    chats: int = 3
    """Of each console."""
    seconds: float = 60.0
    asks: float = 1.5
    """Seconds between two customers who ask for a person."""
    lines: float = 0.25
    """Seconds between two lines of agents, and between two of their customers."""
    to_bot: float = 1.0
    """Seconds between two lines to the bot."""
    seed: int = 20261123


@dataclass
class Timings:
    card: list[float] = field(default_factory=list)
    message: list[float] = field(default_factory=list)
    missed: int = 0


class Stage:
    """The whole scene, running."""

    def __init__(self, scene: Scene, widgets: list[Widget], consoles: list[Console]) -> None:
        self._scene = scene
        self._widgets = widgets
        self._consoles = consoles
        self._chance = random.Random(scene.seed)  # noqa: S311 - no secret
        self.timings = Timings()

    async def settle(self) -> list[tuple[Console, Widget]]:
        """Every console gets its chats."""
        pairs: list[tuple[Console, Widget]] = []
        for number in range(self._scene.chats * len(self._consoles)):
            console, widget = self._consoles[number % len(self._consoles)], self._widgets[number]
            widget.busy = True
            await widget.say()
            await widget.send(type="person")
            await widget.becomes("queued")
            await console.do(widget.conversation, "claim", {"over_capacity": True})
            pairs.append((console, widget))
        return pairs

    async def play(self, pairs: list[tuple[Console, Widget]], seconds: float) -> None:
        """Everything at its own pace, side by side."""
        until = time.monotonic() + seconds
        scene = self._scene
        await asyncio.gather(
            self._repeat(until, scene.asks, self._ask),
            self._repeat(until, scene.lines, lambda: self._line(pairs)),
            self._repeat(until, scene.lines, lambda: self._chance.choice(pairs)[1].say()),
            self._repeat(until, scene.to_bot, self._to_bot),
        )

    async def _repeat(
        self, until: float, pause: float, deed: Callable[[], Awaitable[None]]
    ) -> None:
        """Begin a deed every so often, whether or not the one before has ended."""
        async with asyncio.TaskGroup() as group:
            while time.monotonic() < until:
                await asyncio.sleep(self._chance.expovariate(1 / pause))
                group.create_task(self._timely(deed))

    async def _timely(self, deed: Callable[[], Awaitable[None]]) -> None:
        try:
            await asyncio.wait_for(deed(), LIMIT)
        except (TimeoutError, Refused):
            self.timings.missed += 1

    async def _line(self, pairs: list[tuple[Console, Widget]]) -> None:
        console, widget = self._chance.choice(pairs)
        await self._say(console, widget)

    async def _say(self, console: Console, widget: Widget) -> None:
        heard = widget.hears(console.next_text())
        started = time.perf_counter()
        await console.say(widget.conversation)
        self.timings.message.append(await heard - started)

    async def _to_bot(self) -> None:
        free = [one for one in self._widgets if not one.busy and one.owner == "bot"]
        await self._chance.choice(free).say()

    async def _ask(self) -> None:
        """A customer talks with the bot, asks for a person, is answered, and helped."""
        free = [one for one in self._widgets if not one.busy]
        widget, console = self._chance.choice(free), self._chance.choice(self._consoles)
        widget.busy = True
        try:
            await widget.say()
            await widget.becomes("bot")
            await asyncio.sleep(1)
            shown = console.card_of(widget.conversation)
            started = time.perf_counter()
            await widget.send(type="person")
            self.timings.card.append(await shown - started)
            await console.do(widget.conversation, "claim", {"over_capacity": True})
            await self._say(console, widget)
            await asyncio.sleep(1)
            await console.do(widget.conversation, "close", {"outcome": "solved"})
            await widget.becomes("closed")
        finally:
            widget.busy = False


@dataclass(frozen=True)
class Result:
    scene: Scene
    card: Spread
    message: Spread
    counts: tuple[int, int, int]
    app_cpu: float
    client_cpu: float
    memory: float
    pace: float

    @property
    def met(self) -> bool:
        return self.card.p95 < CARD_TARGET and self.message.p95 < MESSAGE_TARGET


async def measure(site: Site, bot: StandIn, scene: Scene, say: Callable[[str], None]) -> Result:
    """Build the scene on a started or prepared site, warm it up, play it."""
    chance = random.Random(scene.seed)  # noqa: S311 - no secret
    async with (
        bot.serving(),
        Doors(site.urls, site.origin, chance) as doors,
        AsyncExitStack() as stack,
    ):
        await site.start_all()
        tasks: list[asyncio.Task[None]] = []
        try:
            consoles = await _consoles(doors, scene, stack, tasks)
            widgets = [Widget(doors, number) for number in range(scene.widgets)]
            tasks += [await widget.open(stack) for widget in widgets]
            say(f"{len(widgets)} widgets and {len(consoles)} consoles are open …")
            stage = Stage(scene, widgets, consoles)
            pairs = await stage.settle()
            await stage.play(pairs, min(15, scene.seconds / 4))
            stage.timings = Timings()
            pace = pace_ms()
            busy, own, started = _cpu(site.pid(0)), time.process_time(), time.monotonic()
            await stage.play(pairs, scene.seconds)
            spent = time.monotonic() - started
            client = (time.process_time() - own) / spent
            return Result(
                scene,
                Spread.of(stage.timings.card),
                Spread.of(stage.timings.message),
                (len(stage.timings.card), len(stage.timings.message), stage.timings.missed),
                (_cpu(site.pid(0)) - busy) / spent,
                client,
                memory_mb(site.pid(0)),
                max(pace, pace_ms()),
            )
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _consoles(
    doors: Doors, scene: Scene, stack: AsyncExitStack, tasks: list[asyncio.Task[None]]
) -> list[Console]:
    admin = await doors.sign_in("admin", PASSWORD)
    consoles = []
    for number in range(scene.consoles):
        login = f"agent{number:02}"
        person = {"login": login, "name": login.title(), "password": PASSWORD, "roles": ["agent"]}
        await doors.call("POST", "/api/staff", person, cookie=admin)
        console = Console(doors, login, await doors.sign_in(login, PASSWORD))
        tasks += await console.open(stack)
        consoles.append(console)
    return consoles


def _cpu(pid: int) -> float:
    """Seconds of processor time that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def table(result: Result) -> str:
    scene = result.scene
    rows = [
        (
            "asked for a person → card on the agent's client",
            result.card,
            CARD_TARGET,
            result.counts[0],
        ),
        ("agent's message → customer's socket", result.message, MESSAGE_TARGET, result.counts[1]),
    ]
    lines = ["| | p50 (ms) | p95 (ms) | target p95 | samples |", "|---|---|---|---|---|"]
    lines += [
        f"| {name} | {spread.p50:.0f} | {spread.p95:.0f} | {target:.0f} | {count} |"
        for name, spread, target, count in rows
    ]
    lines += [
        "",
        f"{scene.widgets} open widgets, {scene.consoles} consoles with {scene.chats} chats each; "
        f"meanwhile a request for a person every {scene.asks:g} s, {1 / scene.lines:g} lines of agents and as "
        f"many of their customers a second, a line to the bot every {scene.to_bot:g} s. "
        f"Not answered within {LIMIT:g} s: {result.counts[2]}.",
        "",
        f"App process: {100 * result.app_cpu:.0f} % of a core, {result.memory:.0f} MB. Clients: "
        f"{100 * result.client_cpu:.0f} % of a core. Pace of the machine: {result.pace:.1f} ms "
        "(benchmarks/machine.py; 6 on a quiet one).",
    ]
    return "\n".join(lines)


def main(seconds: float = 60.0) -> int:
    """Measure, print, write; the status says whether both targets were met."""
    terminal = Terminal()
    scene = Scene(seconds=seconds)
    bot = StandIn(random.Random(scene.seed), thinks=0.2, fails=0.0)  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory(prefix="handrail-desk-") as name:
        site = Site(Path(name), bot.port)
        site.prepare("articles", "index")
        try:
            result = asyncio.run(measure(site, bot, scene, terminal.print))
        finally:
            site.stop()
    report = f"# The desk's latency\n\n{description()}\n\n{table(result)}\n\n{__doc__}"
    terminal.print(Markdown(report))
    REPORT.write_text(report, "utf-8")
    terminal.print(json.dumps({"met": result.met}))
    return 0 if result.met else 1
