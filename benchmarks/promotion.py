"""Promotion and roll-back while customers talk: `python -m benchmarks.promotion`.

A whole system of its own, with real Rasa, gets a steady five messages a second. Meanwhile a second model is
put into service, and then the first one again. No turn may fail, none may be done twice.

The candidate is the serving model under another name and id: what is measured is the change, not the model.
"""

from __future__ import annotations

import asyncio
import io
import json
import statistics
import sys
import tarfile
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

import server.tables  # noqa: F401 - a run points to staff, whose table must be known
from benchmarks.bench import LOOSE_LIMITS
from benchmarks.machine import description, memory_mb, pace_ms
from benchmarks.promotion_check import Books, books
from benchmarks.promotion_load import RATE, Load, Message
from server.clock import SystemClock
from server.commands.client import Agent
from server.database import Database
from server.events import LocalBus
from server.settings import ROOT
from server.trial import Trial
from training.models import RunState, TrainingRun
from training.serving import serving_model

REPORT = ROOT / "docs" / "benchmarks" / "promotion.md"
SECONDS = 90.0
#: Seconds after which a customer was promised an answer, or an apology (server/settings.py: turn_timeout).
PROMISED = 8.0
CHANGE_LIMIT = 200.0
#: The old Rasa drains 10 s after the switch; a turn that dies with it would be seen within this.
AFTER, DRAINS = 12.0, 8.0


@dataclass(frozen=True)
class Phase:
    name: str
    began: float
    ended: float


@dataclass
class Outcome:
    """What came of one run. Times are of the monotonic clock."""

    messages: Sequence[Message]
    books: Books
    faults: Sequence[str]
    phases: list[Phase] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    """Seconds from the click to the new model in service."""
    memory: list[float] = field(default_factory=list)
    """MB of all processes: before, with two Rasas, at the end."""

    @property
    def late(self) -> int:
        return sum(one.seconds is not None and one.seconds > PROMISED for one in self.messages)

    @property
    def problems(self) -> list[str]:
        found = [*self.books.problems]
        silent = sum(one.answered_at is None for one in self.messages)
        if silent:
            found.append(f"{silent} messages got no answer")
        if self.late:
            found.append(f"{self.late} answers came after more than {PROMISED:.0f} s")
        if self.faults:
            found.append(f"{len(self.faults)} customers' lines broke: {sorted(set(self.faults))}")
        if len(self.books.by_model) < 2:
            found.append("only one model answered: nothing was changed")
        return found

    def seconds(self, phase: Phase | None = None) -> list[float]:
        """Return how long the answers took to messages that were due in a phase, or to all."""
        return [
            one.seconds
            for one in self.messages
            if one.seconds is not None and (phase is None or phase.began <= one.due < phase.ended)
        ]


def renamed(model: Path, target: Path) -> Path:
    """Write a copy of a model that Rasa knows by another id; return it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"training-{target.name}")
    with tarfile.open(model) as source, tarfile.open(draft, "w:gz") as copy:
        for member in source.getmembers():
            data = source.extractfile(member)
            if data is None:
                copy.addfile(member)
                continue
            body = data.read()
            if Path(member.name).name == "metadata.json" and "components" not in member.name:
                body = json.dumps({**json.loads(body), "model_id": uuid.uuid4().hex}).encode()
                member.size = len(body)
            copy.addfile(member, io.BytesIO(body))
    draft.replace(target)
    return target


async def candidate(system: Trial) -> uuid.UUID:
    """Note a copy of the serving model as a training that is over and found equal; return its run."""
    serving = serving_model(system.folder)
    if serving is None:
        raise RuntimeError("no model is in service")
    now = datetime.now(UTC)
    name = f"{now:%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:8]}.tar.gz"
    path = await asyncio.to_thread(renamed, serving, system.folder / "candidates" / name)
    database = Database(system.settings.database, LocalBus())
    try:
        async with database.write() as db:
            run = TrainingRun(
                state=RunState.DONE, lines=[], labels=0, model=str(path), serving=str(serving),
                started_at=SystemClock().now(), finished_at=SystemClock().now(),
                figures={"verdict": "equal", "points": 0.0, "chance": 1.0, "blocks": []},
            )  # fmt: skip
            db.add(run)
            await db.flush()
            return run.id
    finally:
        await database.close()


async def change(agent: Agent, path: str, **body: object) -> float:
    """Ask for a promotion or a roll-back; return the seconds until the other model is in service.

    Raises:
        RuntimeError: it failed, or took too long.
    """
    began = time.monotonic()
    begun = await agent.post(path, **body)
    while time.monotonic() - began < CHANGE_LIMIT:
        await asyncio.sleep(0.2)
        now = (await agent.get("/api/training/status"))["promotion"]
        if now["id"] == begun["id"] and now["state"] == "done":
            return time.monotonic() - began
        if now["id"] == begun["id"] and now["state"] == "failed":
            raise RuntimeError(f"the change failed: {now['error']}")
    raise RuntimeError(f"the change took more than {CHANGE_LIMIT:.0f} s")


async def measure(system: Trial, *, seconds: float, rate: float = RATE, calm: float) -> Outcome:
    """Promote and roll back under load; `calm` seconds pass before, between and after, `seconds` in all."""
    since, load = datetime.now(UTC), Load(system.base_url, rate)
    run_id = await candidate(system)
    password = system.settings.first_password.get_secret_value()
    phases: list[Phase] = []
    changes: list[float] = []
    memory = [memory_mb(system.pid)]

    async def calmly(name: str, pause: float) -> None:
        began = time.monotonic()
        await asyncio.sleep(pause)
        phases.append(Phase(name, began, time.monotonic()))

    async def changing(name: str, agent: Agent, path: str, **body: object) -> None:
        began = time.monotonic()
        changes.append(await change(agent, path, **body))
        # Both Rasas are there now. Looking at their memory holds them up: not in the moment of the switch.
        await asyncio.sleep(DRAINS)
        memory.append(await asyncio.to_thread(memory_mb, system.pid))
        await asyncio.sleep(AFTER - DRAINS)
        phases.append(Phase(name, began, time.monotonic()))

    talking = asyncio.create_task(load.run())
    began = time.monotonic()
    try:
        async with Agent.sign_in(system.base_url, "admin", password) as agent:
            await calmly("before", calm)
            await changing("promotion", agent, f"/api/training/runs/{run_id}/promote")
            await calmly("between", calm)
            await changing("roll-back", agent, "/api/training/roll-back", reason="as it was")
            await calmly("after", max(calm, seconds - (time.monotonic() - began)))
    finally:
        load.stop()
        await talking
    memory.append(memory_mb(system.pid))
    found = await asyncio.to_thread(books, system.folder / "handrail.db", since)
    return Outcome(load.messages, found, load.faults, phases, changes, memory)


def table(outcome: Outcome) -> str:
    """Return the figures as Markdown."""
    lines = ["| | messages | p50 (ms) | p95 (ms) | slowest (ms) |", "|---|---|---|---|---|"]
    for phase in (*outcome.phases, None):
        took = [1000 * one for one in outcome.seconds(phase)]
        if len(took) < 2:
            continue
        name = "all" if phase is None else phase.name
        p95 = statistics.quantiles(took, n=20)[18]
        lines.append(
            f"| {name} | {len(took)} | {statistics.median(took):.0f} | {p95:.0f} | {max(took):.0f} |"
        )
    said = outcome.books
    handed = sum(one.handed_over for one in outcome.messages)
    facts = [
        ("turns", said.turns),
        ("failed", said.failed.total()),
        ("done, or said, twice", said.doubled),
        ("never taken up", said.without_turn),
        (f"answered after more than {PROMISED:.0f} s", outcome.late),
        ("without an answer", sum(one.answered_at is None for one in outcome.messages)),
        ("handed over to a person, as the question asked for", handed),
        ("turns by model", " and ".join(map(str, said.by_model.values()))),
        ("from the click to the other model, promotion (s)", f"{outcome.changes[0]:.1f}"),
        ("from the click to the other model, roll-back (s)", f"{outcome.changes[1]:.1f}"),
        (
            "memory of all processes: before, with two Rasas, at the end (MB)",
            f"{outcome.memory[0]:.0f}, {outcome.memory[1]:.0f}, {outcome.memory[-1]:.0f}",
        ),
    ]
    lines += ["", "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts)]
    return "\n".join(lines)


def report(body: str, before: float, after: float) -> str:
    """Return the page; the paces are benchmarks.machine.pace_ms."""
    return (
        "# Promotion and roll-back under load\n\n"
        f"`python -m benchmarks.promotion`, {description()}; a fixed loop of plain Python took {before:.1f} ms "
        f"before and {after:.1f} ms after (benchmarks/machine.py).\n\n{body}\n\n"
        f"Customers write {RATE:g} messages a second, whether the answers come or not; each time is from the "
        "moment the\nmessage was due to the first answer on the customer's socket. “Promotion” and “roll-back” "
        "last from the click until\n12 s after the switch: the second Rasa starts, loads its model and is warmed "
        "on the same cores that answer,\nthen new turns go to it and the old one drains. The candidate is the "
        "serving model under another id, so that the\nlog tells which of the two answered.\n"
    )


def main() -> int:
    """Measure, print, write; returns the exit status."""
    console = Console()
    with (
        tempfile.TemporaryDirectory(prefix="handrail-promotion-") as name,
        Trial(Path(name), **LOOSE_LIMITS) as system,
    ):
        before = pace_ms()
        console.print(f"{RATE:g} messages a second for {SECONDS:g} s or more …")
        outcome = asyncio.run(measure(system, seconds=SECONDS, calm=10))
        after = pace_ms()
    body = table(outcome)
    console.print(body)
    for problem in outcome.problems:
        console.print(f"PROBLEM: {problem}")
    REPORT.write_text(report(body, before, after), "utf-8")
    console.print(f"Written to {REPORT.relative_to(ROOT)}")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
