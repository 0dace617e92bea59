"""One request to the supervisor, from the app's side: asked by a file, followed until an answer is there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from training.files import read_json, write_json
from training.models import Promotion
from training.serving import serving_model

REQUEST, ANSWER = "promote.json", "promotion.json"
# The supervisor looks five times a second. It gives a Rasa 180 s to start and 30 to warm up, and says itself
# when that was not enough: who gives up before it would note a failure and then see the model serve.
PICK_UP_LIMIT = 15.0
LIMIT = 240.0
LOOK = 0.3
STOPPED = "The app stopped before this was finished, and another model serves."
NOBODY = "Nobody took the request: the supervisor (handrail run) is not there."


@dataclass(frozen=True)
class Errand:
    """Carries a `Promotion`; its id stands in request and answer, so that no other answer counts."""

    var: Path
    pick_up_limit: float = PICK_UP_LIMIT
    limit: float = LIMIT
    look: float = LOOK

    async def ask(self, row: Promotion) -> None:
        """Write the request.

        Raises:
            OSError: it can't be written.
        """
        request = {"id": str(row.id), "model": row.model}
        await asyncio.to_thread(write_json, self.var / REQUEST, request)

    async def answer(self, row: Promotion) -> str | None:
        """Wait for the end; return the problem, or None when the model serves."""
        waited = 0.0
        while waited < self.limit:
            await asyncio.sleep(self.look)
            waited += self.look
            answer = self._answer_to(row)
            if answer.get("state") in ("done", "failed"):
                return _problem(answer)
            if waited >= self.pick_up_limit and self._withdraw():
                return NOBODY
        if serving_model(self.var) == Path(row.model):
            return None
        return f"The new Rasa was not ready within {self.limit:.0f} seconds."

    def is_under_way(self, row: Promotion) -> bool:
        """Whether the supervisor works on it, or has yet to take it up."""
        if self._answer_to(row).get("state") == "running":
            return True
        request = read_json(self.var / REQUEST) or {}
        return request.get("id") == str(row.id)

    def fate(self, row: Promotion) -> str | None:
        """Return the problem of a promotion whose end nobody saw; None when its model serves."""
        answer = self._answer_to(row)
        if answer:
            return _problem(answer)
        return None if serving_model(self.var) == Path(row.model) else STOPPED

    def _answer_to(self, row: Promotion) -> dict[str, object]:
        answer = read_json(self.var / ANSWER) or {}
        return answer if answer.get("id") == str(row.id) else {}

    def _withdraw(self) -> bool:
        """Take the request back; False when the supervisor was faster."""
        try:
            (self.var / REQUEST).unlink()
        except FileNotFoundError:
            return False
        return True


def _problem(answer: dict[str, object]) -> str | None:
    if answer.get("state") == "done":
        return None
    return str(answer.get("reason") or "The new Rasa did not start.")
