"""A long day in short: many customers, dropped sockets, killed processes; then the books are checked.

What must hold at the end: every acknowledged message is stored once, in one unbroken order, nothing is stored
twice, and memory has not run away.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import secrets
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from rich.console import Console
from websockets.exceptions import WebSocketException

from benchmarks.bench import LOOSE_LIMITS, questions
from benchmarks.machine import memory_mb
from server.commands.client import Customer
from server.trial import Trial

GONE = (WebSocketException, OSError, TimeoutError, httpx.HTTPError)


@dataclass
class Books:
    """What the customers' clients believe."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    """client id → text"""
    drops: int = 0
    kills: int = 0


async def converse(base_url: str, books: Books, until: float, chance: random.Random) -> None:
    """One customer: says things, leaves without a word, comes back, repeats what was not acknowledged."""
    asks = questions()
    customer: Customer | None = None
    pending: dict[str, str] = {}
    while time.monotonic() < until or pending:
        try:
            customer = customer or await Customer.arrive(base_url)
            async with customer.connect(after=0) as socket:
                for client_id, text in pending.items():
                    await socket.send(type="message", client_id=client_id, text=text)
                for _ in range(chance.randint(1, 6)):
                    if time.monotonic() < until:
                        text = chance.choice(asks)
                        client_id = secrets.token_hex(12)
                        pending[client_id] = text
                        await socket.send(type="message", client_id=client_id, text=text)
                    while pending and chance.random() < 0.9:
                        frame = await socket.next(15)
                        if frame["type"] == "ack" and frame["client_id"] in pending:
                            books.acknowledged[frame["client_id"]] = pending.pop(frame["client_id"])
            books.drops += 1
        except GONE:
            await asyncio.sleep(0.3)
        if time.monotonic() > until + 60:
            break


async def disturb(system: Trial, books: Books, until: float, pause: float) -> None:
    """Kill one of the two processes now and then; the supervisor brings it back."""
    names = ("app", "rasa")
    while time.monotonic() + pause < until:
        await asyncio.sleep(pause)
        record = json.loads((system.folder / "supervisor.json").read_text("utf-8"))
        with contextlib.suppress(ProcessLookupError, KeyError, TypeError):
            os.kill(int(record["services"][names[books.kills % 2]]["pid"]), signal.SIGKILL)
            books.kills += 1


def check(system: Trial, books: Books) -> list[str]:
    """Compare the books with the database; an empty list means that all is well."""
    with contextlib.closing(sqlite3.connect(system.folder / "handrail.db")) as db:
        stored = Counter(
            row[0]
            for row in db.execute("SELECT client_id FROM messages WHERE client_id IS NOT NULL")
        )
        holes = db.execute(
            "SELECT conversation_id FROM messages GROUP BY conversation_id HAVING max(seq) <> count(*)"
        ).fetchall()
        whole = db.execute("PRAGMA integrity_check").fetchone()[0]
    lost = [one for one in books.acknowledged if stored[one] == 0]
    doubled = [one for one, count in stored.items() if count > 1]
    problems = []
    if lost:
        problems.append(f"{len(lost)} acknowledged messages are lost")
    if doubled:
        problems.append(f"{len(doubled)} messages are stored twice")
    if holes:
        problems.append(f"{len(holes)} conversations have holes in their order")
    if whole != "ok":
        problems.append(f"the database is damaged: {whole}")
    return problems


async def soak(system: Trial, seconds: float, *, customers: int, kill_every: float | None) -> Books:
    """Let customers talk for so long, with or without kills; returns what their clients believe."""
    books = Books()
    until = time.monotonic() + seconds
    seed = 20261122
    work = [
        converse(system.base_url, books, until, random.Random(seed + number))  # noqa: S311 - no secret
        for number in range(customers)
    ]
    if kill_every is not None:
        work.append(disturb(system, books, until, kill_every))
    await asyncio.gather(*work)
    return books


def main(minutes: float) -> int:
    """Start a system of its own, soak it, check it; returns the exit status."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="handrail-soak-") as name:
        with Trial(Path(name), **LOOSE_LIMITS) as system:
            before = memory_mb(system.pid)
            console.print(f"{minutes:g} minutes, 12 customers, a kill every 30 s …")
            books = asyncio.run(soak(system, minutes * 60, customers=12, kill_every=30))
            after = memory_mb(system.pid)
            problems = check(system, books)
        console.print(
            f"{len(books.acknowledged)} acknowledged, {books.drops} connections, {books.kills} kills; "
            f"memory {before:.0f} → {after:.0f} MB"
        )
        for problem in problems:
            console.print(f"PROBLEM: {problem}")
    return 1 if problems else 0
