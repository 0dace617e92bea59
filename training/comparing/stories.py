"""The house's story tests with both models: one that passed before and fails now speaks against a candidate."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from training.trying.stories import Result

Run = Callable[
    [Sequence[Path], Callable[[], bool]], Awaitable[tuple[list[tuple[Result, ...]], int]]
]
"""`training.trying.service.Trying.run_apart`: tries every story with these models, until it is late."""

Section = dict[str, Any]
#: Why a story fails is told by its first differences; the test console shows all of them.
TOLD = 3


async def section(run: Run, serving: Path | None, candidate: Path, limit: float) -> Section:
    """Try the stories for at most so many seconds.

    Raises:
        HandrailError: they can't be read, or nothing is there to try them with.
    """
    until = time.monotonic() + limit
    models = [candidate] if serving is None else [serving, candidate]
    results, left_out = await run(models, lambda: time.monotonic() > until)
    if not results and not left_out:
        return {
            "skipped": "No story test is saved yet. Try a conversation with a model, and save it as one."
        }
    return summarise(results, left_out=left_out)


def summarise(results: Sequence[Sequence[Result]], *, left_out: int = 0) -> Section:
    """Return the section; each of `results` is of one story, the candidate's last::

    {"stories", "left_out", "untried", "passed": {"serving": int | None, "candidate": int},
     "rows": [{"title", "file", "before": bool | None, "after": bool | None, "failures": [str]}]}

    None stands for what could not be tried, or, before, where no model serves. What fails now comes first.
    """
    rows = [_row(one) for one in results]
    rows.sort(key=lambda row: (row["after"] is True, row["before"] is not True, row["title"]))
    compared = any(len(one) > 1 for one in results)
    return {
        "stories": len(rows),
        "left_out": left_out,
        "untried": sum(row["after"] is None for row in rows),
        "passed": {
            "serving": sum(row["before"] is True for row in rows) if compared else None,
            "candidate": sum(row["after"] is True for row in rows),
        },
        "rows": rows,
    }


def lost(section: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the stories that passed with the serving model and fail with the candidate."""
    return [row for row in section.get("rows", ()) if row["before"] and row["after"] is False]


def _row(results: Sequence[Result]) -> dict[str, Any]:
    before, after = (results[0] if len(results) > 1 else None), results[-1]
    return {
        "title": after.title,
        "file": after.file,
        "before": before.passed if before is not None and before.tried else None,
        "after": after.passed if after.tried else None,
        "failures": list(after.failures[:TOLD]),
    }
