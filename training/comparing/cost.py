"""What a model costs: time for a message, memory, time to load, size on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.comparing.noise import RESAMPLES, SEED

#: Fewer messages say nothing about the slowest in twenty.
LEAST = 40


def figures(
    milliseconds: Sequence[tuple[float | None, float]],
    costs: tuple[dict[str, float] | None, dict[str, float]],
    models: tuple[Path | None, Path],
) -> dict[str, Any]:
    """Return, of times measured in turn, message by message (pairs are serving, candidate)::

        {"messages", "serving": {"p50_ms", "p95_ms", "memory_mb", "load_seconds", "size_mb"} | None,
         "candidate": {...}, "slower_ms": [median, low, high] | None}

    `slower_ms` is the median of the differences of each message, with its 95 % interval by resampling;
    p95 is None of fewer than 40 messages.
    """
    old = [before for before, _ in milliseconds if before is not None]
    new = [after for _, after in milliseconds]
    serving = None
    if models[0] is not None:
        serving = _one(old, costs[0] or {}, models[0])
    return {
        "messages": len(new),
        "serving": serving,
        "candidate": _one(new, costs[1], models[1]),
        "slower_ms": _slower(milliseconds),
    }


def _one(milliseconds: Sequence[float], costs: dict[str, float], model: Path) -> dict[str, Any]:
    return {
        "p50_ms": _quantile(milliseconds, 0.5, 1),
        "p95_ms": _quantile(milliseconds, 0.95, LEAST),
        "memory_mb": costs.get("memory_mb"),
        "load_seconds": costs.get("load_seconds"),
        "size_mb": round(model.stat().st_size / 1e6, 2),
    }


def _quantile(values: Sequence[float], share: float, least: int) -> float | None:
    return round(float(np.quantile(values, share)), 2) if len(values) >= least else None


def _slower(milliseconds: Sequence[tuple[float | None, float]]) -> list[float] | None:
    differences = np.array([after - before for before, after in milliseconds if before is not None])
    if len(differences) < LEAST:
        return None
    random = np.random.default_rng(SEED)
    medians = [
        float(np.median(random.choice(differences, len(differences)))) for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(medians, (0.025, 0.975))
    return [round(float(one), 2) for one in (np.median(differences), low, high)]
