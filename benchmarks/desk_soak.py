"""The desk under load and kills: customers, agents, app processes that die; then the books are compared.

Two houses: one app process on SQLite, and two on PostgreSQL and Redis. At the end everybody comes to rest,
somebody closes what is left, every client reads what it missed, and benchmarks/desk_check.py compares what
each of them saw with the log.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.markdown import Markdown

from benchmarks.desk_day import Outcome, Plan, grown_site, soak, sqlite_site
from benchmarks.desk_race import race
from benchmarks.desk_site import Site, StandIn
from benchmarks.machine import description
from server.settings import ROOT

REPORT = ROOT / "docs" / "benchmarks" / "handoff-soak.md"
ROUNDS = 1000


def table(outcomes: list[Outcome]) -> str:
    """Markdown, one column for each house."""
    lines = [
        "| | " + " | ".join(one.name for one in outcomes) + " |",
        "|---|" + "---|" * len(outcomes),
    ]
    lines += [
        f"| {rows[0][0]} | " + " | ".join(value for _, value in rows) + " |"
        for rows in zip(*(one.rows() for one in outcomes), strict=True)
    ]
    return "\n".join(lines)


def main(minutes: float, houses: Literal["both", "sqlite", "postgres"] = "both") -> int:
    """Race and soak in one house or both, print the table; write it if it is of both. The exit status."""
    from tests.servers import postgres_server, redis_server

    console = Console()
    plan = Plan(seconds=minutes * 60)
    outcomes: list[Outcome] = []

    def run(name: str, site: Site, bot: StandIn) -> None:
        console.print(f"{name}: {ROUNDS} races, then {minutes:g} minutes …")
        raced = asyncio.run(race(site, bot, ROUNDS))
        outcome = asyncio.run(soak(name, site, bot, plan))
        outcome.raced = raced
        outcome.problems += raced.problems
        outcomes.append(outcome)

    with tempfile.TemporaryDirectory(prefix="handrail-desk-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if houses in ("both", "sqlite"):
            bot = StandIn(random.Random(plan.seed))  # noqa: S311 - no secret
            with sqlite_site(folder / "small", bot.port) as site:
                run("one process, SQLite", site, bot)
        if houses in ("both", "postgres"):
            bot = StandIn(random.Random(plan.seed))  # noqa: S311 - no secret
            (folder / "redis").mkdir()
            with (
                postgres_server() as url,
                redis_server(folder / "redis") as redis,
                grown_site(folder / "grown", bot.port, url, redis) as site,
            ):
                run("two processes, PostgreSQL and Redis", site, bot)
    report = f"# The desk under kills\n\n{description()}\n\n{table(outcomes)}\n\n{__doc__}"
    console.print(Markdown(report))
    if houses == "both":
        REPORT.write_text(report, "utf-8")
    for outcome in outcomes:
        console.print(dict(outcome.tally.done), dict(outcome.tally.refused))
        for line in [*outcome.problems, *(f"logged: {one}" for one in outcome.complaints[:20])]:
            console.print(line, markup=False)
    return 1 if any(one.problems for one in outcomes) else 0
