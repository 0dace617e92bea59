"""The supervisor's part of shadowing, from the app's side: `shadow.json` asks, `shadowing.json` answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from training.files import read_json, write_json
from training.shadowing.models import ShadowTrial

REQUEST, ANSWER = "shadow.json", "shadowing.json"


@dataclass(frozen=True)
class Told:
    """What the supervisor says of a trial's Rasa."""

    state: str
    """starting, running, stopped, failed; empty: it says nothing of this trial."""
    url: str = ""
    reason: str = ""

    @property
    def is_up(self) -> bool:
        return self.state in ("starting", "running")


@dataclass(frozen=True)
class ShadowErrand:
    var: Path

    async def ask(self, trial: ShadowTrial) -> None:
        """Ask for a second Rasa with the trial's model.

        Raises:
            OSError: the request can't be written.
        """
        await self._write({"id": str(trial.id), "model": trial.model})

    async def ask_to_stop(self, trial: ShadowTrial) -> None:
        """Ask for the end of the trial's Rasa, if there is one or may be one soon.

        Raises:
            OSError: the request can't be written.
        """
        if self.is_waiting(trial) or self.told(trial).is_up:
            await self._write({"id": str(trial.id), "model": None})

    def is_waiting(self, trial: ShadowTrial) -> bool:
        """Whether nobody has taken the request up yet."""
        request = read_json(self.var / REQUEST) or {}
        return request.get("id") == str(trial.id) and request.get("model") is not None

    def told(self, trial: ShadowTrial) -> Told:
        answer = read_json(self.var / ANSWER) or {}
        if answer.get("id") != str(trial.id):
            return Told("")
        return Told(*(str(answer.get(key) or "") for key in ("state", "url", "reason")))

    def withdraw(self) -> bool:
        """Take the request back; False when the supervisor was faster."""
        try:
            (self.var / REQUEST).unlink()
        except FileNotFoundError:
            return False
        return True

    async def _write(self, request: dict[str, object]) -> None:
        await asyncio.to_thread(write_json, self.var / REQUEST, request)
