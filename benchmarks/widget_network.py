"""`python -m benchmarks.widget_network`: the customer's line dies in every way and moment; is anything lost?

Real Chromium, the real app on SQLite, a stand-in for the bot. Each case has a line of its own, and all cases of
one length go on at once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, async_playwright
from rich.console import Console
from rich.markdown import Markdown

from benchmarks.desk_doors import Doors
from benchmarks.desk_site import PASSWORD, Site, StandIn
from benchmarks.machine import description
from benchmarks.widget_line import Line, State
from benchmarks.widget_outage import CASES, Case, Outage, Result, Seat, run
from server.settings import ROOT
from server.trial import free_port

REPORT = ROOT / "docs" / "benchmarks" / "widget-network.md"
SECONDS = (1.0, 30.0, 300.0)
SEED = 20261123
AT_ONCE = 3
"""Pages that are opened together on a small machine."""


def house(folder: Path, bot: StandIn, ports: Sequence[int]) -> Site:
    """A prepared house that knows the lines' origins; call it outside any running event loop."""
    origins = [f"http://127.0.0.1:{port}" for port in ports]
    site = Site(
        folder,
        bot.port,
        HANDRAIL_WIDGET_ORIGINS=json.dumps(origins),
        # The agent's console is not open here: nobody is to think that they left.
        HANDRAIL_AGENT_GRACE="3600",
    )
    site.prepare()
    return site


class Rounds:
    """All cases of one length at once, then a restart of the house under two open widgets."""

    def __init__(
        self, site: Site, browser: Browser, doors: Doors, agent: str, ports: Sequence[int]
    ) -> None:
        self._site, self._browser, self._doors, self._agent = site, browser, doors, agent
        self._ports = list(ports)
        self._starting = asyncio.Semaphore(AT_ONCE)

    async def all(self, cases: Sequence[Case], seconds: float) -> list[Result]:
        ports = self._ports[: len(cases)]
        return await asyncio.gather(
            *(self._one(case, seconds, port) for case, port in zip(cases, ports, strict=True))
        )

    async def _one(self, case: Case, seconds: float, port: int) -> Result:
        async with Line(self._site.ports[0], port) as line:
            context = await self._browser.new_context()
            try:
                async with Doors(self._site.urls, line.origin, random.Random(SEED)) as own:  # noqa: S311
                    seat = Seat(context, line, self._doors, own, self._agent, self._starting)
                    return await run(case, seat, seconds)
            finally:
                await context.close()

    async def restart(self) -> Result:
        """The house is killed while a customer writes, and starts again."""

        async def killed(seat: Seat, outage: Outage) -> None:
            outage.begun = time.monotonic()
            await seat.write("Where is my parcel?")
            self._site.kill(0)
            await seat.write("It is order FW-204411.")
            await self._site.start(0)
            outage.back = time.monotonic()

        case = Case("the house is killed and starts again", killed, State.OPEN)
        result = await self._one(case, 0, self._ports[0])
        result.state = "kill -9"
        result.seconds = round(self._site.starts[-1], 1)
        return result


async def measure(
    site: Site, bot: StandIn, ports: Sequence[int], chromium: str, arguments: Sequence[str],
    cases: Sequence[Case], lengths: Sequence[float], *, say: bool = False,
) -> list[Result]:  # fmt: skip
    """Every case at every length, then the restart."""
    results: list[Result] = []
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(bot.serving())
        doors = await stack.enter_async_context(
            Doors(site.urls, site.origin, random.Random(SEED))  # noqa: S311 - no secret
        )
        await site.start_all()
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(arguments))
        stack.push_async_callback(browser.close)
        admin = await doors.sign_in("admin", PASSWORD)
        person = {"login": "ada", "name": "Ada", "password": PASSWORD, "roles": ["agent"]}
        await doors.call("POST", "/api/staff", person, cookie=admin)
        agent = await doors.sign_in("ada", PASSWORD)
        rounds = Rounds(site, browser, doors, agent, ports)
        for seconds in lengths:
            results += await rounds.all(cases, seconds)
            if say:
                count = sum(len(one.problems) for one in results)
                Console().print(f"{seconds:g} s: {count} problems so far")
        results.append(await rounds.restart())
    return results


def table(results: Sequence[Result]) -> list[str]:
    lines = [
        "| while | the line | for | written | received | lost | doubled | disordered "
        "| shown otherwise | whole again after |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in results:
        faults = (one.lost, one.doubled, one.disordered, one.differs)
        counts = " | ".join(str(len(found)) for found in faults)
        lines.append(
            f"| {one.case} | {one.state} | {one.seconds:g} s | {one.wrote} | {one.received} "
            f"| {counts} | {one.back:.1f} s |"
        )
    return lines


TEXT = """Real Chromium with the real widget, the real app on SQLite, a stand-in for the bot that answers within
0.8 s; each case has its own browser context and its own TCP relay, which dies as a line does: *no
packet passes* (what was sent waits and passes later, as in a tunnel), *nothing comes back* (the house
gets what is sent, its acknowledgements are lost), *connections break* (reset, and new ones refused). No
browser event tells the widget. Written: by the customer, in all tabs. The last column counts from the
line's return until each tab shows exactly what the house has stored, including a last message and its
answer; a widget that has given up a socket tries again after at most 30 s. An agent writes past the
dead line."""


def main() -> int:
    from tests.chromium import ARGUMENTS, executable

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", nargs="*", type=float, default=list(SECONDS))
    parser.add_argument("--out", type=Path, default=REPORT)
    wanted = parser.parse_args()
    bot = StandIn(random.Random(SEED), fails=0)  # noqa: S311 - no secret
    ports = [free_port() for _ in CASES]
    with tempfile.TemporaryDirectory(prefix="handrail-line-") as name:
        site = house(Path(name), bot, ports)
        try:
            work = measure(
                site, bot, ports, executable(), ARGUMENTS, CASES, wanted.seconds, say=True
            )
            results = asyncio.run(work)
        finally:
            site.stop()
    problems = [problem for one in results for problem in one.problems]
    lines = ["# The widget while its line dies", "", description(), "", TEXT, "", *table(results)]
    wanted.out.write_text("\n".join(lines) + "\n", "utf-8")
    Console().print(Markdown("\n".join(table(results))), *problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
