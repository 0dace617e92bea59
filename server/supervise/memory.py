"""How much memory a new process may still take, in MB."""

from __future__ import annotations

from pathlib import Path

MEMINFO = Path("/proc/meminfo")
#: A container's own limits, version 2; the root group has none.
GROUP = Path("/sys/fs/cgroup")


def free_mb(meminfo: Path = MEMINFO, group: Path = GROUP) -> float | None:
    """Return what the machine, or the container if that is less, has left; None where nobody says."""
    found = [room for room in (_machine(meminfo), _container(group)) if room is not None]
    return min(found) / 2**20 if found else None


def _machine(meminfo: Path) -> float | None:
    try:
        lines = meminfo.read_text("ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("MemAvailable:"):
            return float(line.split()[1]) * 1024
    return None


def _container(group: Path) -> float | None:
    try:
        limit = (group / "memory.max").read_text("ascii").strip()
        used = float((group / "memory.current").read_text("ascii"))
        stat = (group / "memory.stat").read_text("ascii")
    except (OSError, ValueError):
        return None
    if limit == "max":
        return None
    # Cached files count as used there, and give way when memory is asked for.
    cached = next(
        (float(line.split()[1]) for line in stat.splitlines() if line.startswith("inactive_file ")),
        0.0,
    )
    return max(0.0, float(limit) - used + cached)
