"""What a number was measured on: the machine's size, the commit, and a process's memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

from server.settings import ROOT


def commit() -> str:
    result = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - git from the PATH is meant
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout.strip() or "unknown"


def description() -> str:
    """One line for the head of a table: date, commit, cores and memory."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    date = datetime.now(UTC).date().isoformat()
    return f"{date}, commit {commit()}, {os.cpu_count()} cores, {pages / 2**30:.0f} GiB of memory"


def pace_ms() -> float:
    """Milliseconds that a fixed loop takes now: 6 on a quiet 2.6 GHz core, 10 on a busy machine.

    Figures of two runs may be compared only as far as their paces agree.
    """

    def once() -> float:
        started, counts = time.process_time(), dict.fromkeys(range(1000), 0)
        for number in range(60_000):
            counts[number % 1000] += number
        return (time.process_time() - started) * 1000

    return statistics.median(once() for _ in range(15))


def children(pid: int) -> list[int]:
    """This process and everything below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += children(int(child))
    return found


def memory_mb(pid: int) -> float:
    """Resident memory of the process and everything below it, in MB (proportional, so shared pages count once)."""
    total = 0
    for one in children(pid):
        rollup = Path(f"/proc/{one}/smaps_rollup")
        if rollup.exists():
            line = next(line for line in rollup.read_text().splitlines() if line.startswith("Pss:"))
            total += int(line.split()[1])
    return total / 1024
