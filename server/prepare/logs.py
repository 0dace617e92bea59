"""The end of a log, for failures."""

from __future__ import annotations

from pathlib import Path


def last_lines(log: Path, count: int = 15) -> list[str]:
    """Return the last lines that are not empty; none when the log cannot be read."""
    try:
        text = log.read_text("utf-8", "replace")
    except OSError:
        return []
    return [line for line in text.replace("\r", "\n").splitlines() if line.strip()][-count:]
