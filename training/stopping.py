"""A training is stopped from another process than the one that runs it: by a file, seen within a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from training.files import read_json, write_json

LOOK = 0.5


class StopRequest:
    """`var/training.stop`: which training shall end, and who wants it."""

    def __init__(self, var: Path) -> None:
        self._path = var / "training.stop"

    def ask(self, run_id: UUID, by: UUID | None, who: str) -> None:
        """Ask for the end of this training; `who` as `ModelStep.who`."""
        write_json(self._path, {"run": str(run_id), "by": str(by) if by else None, "who": who})

    def of(self, run_id: UUID) -> tuple[UUID | None, str] | None:
        """Return who asked for the end of this training; None: nobody did."""
        found = read_json(self._path)
        if found is None or found.get("run") != str(run_id):
            return None
        try:
            by = UUID(str(found["by"])) if found.get("by") else None
        except ValueError:
            by = None
        return by, str(found.get("who") or "")

    def forget(self) -> None:
        """Take the request away: the training has ended."""
        self._path.unlink(missing_ok=True)

    async def watch(self, run_id: UUID, stop: Callable[[], object], look: float = LOOK) -> None:
        """Call `stop` as soon as somebody asks for the end of this training."""
        while await asyncio.to_thread(self.of, run_id) is None:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(look)
        stop()
