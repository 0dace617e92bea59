"""Put another model into service without a pause: start it beside the old one, warm, switch, drain.

`PUT /model` on the running Rasa was seen to stall turns for 1.0-1.6 s and to leak (design.md §7).
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from server.supervise.service import Service, State

#: The warm-up parse loads what Rasa loads lazily; the first was seen to take up to 3 s.
WARM_UP_LIMIT = 30.0
#: Turns that the old Rasa has begun may end there; a turn takes 6 s at most.
DRAIN = 10.0
STOP_GRACE = 8.0


class Phase(enum.StrEnum):
    STARTING = "starting"
    WARMING = "warming"
    DRAINING = "draining"
    DONE = "done"
    FAILED = "failed"


class WarmUp(Protocol):
    def __call__(self, url: str) -> Future[None]:
        """Ask the Rasa at this address to parse one text; the future fails with the reason."""
        ...


class Promotion:
    """One change of model; `switch(candidate)` is called exactly when new turns may go to it."""

    def __init__(
        self,
        model: Path,
        url: str,
        candidate: Service,
        *,
        warm_up: WarmUp,
        switch: Callable[[Service], Service],
    ) -> None:
        self.model = model
        self.phase = Phase.STARTING
        self.reason = ""
        self.candidate = candidate
        self.url = url
        self._warm_up, self._switch = warm_up, switch
        self._warming: Future[None] | None = None
        self._old: Service | None = None
        self._due = 0.0

    @property
    def over(self) -> bool:
        return self.phase in (Phase.DONE, Phase.FAILED)

    def tick(self, now: float) -> None:
        """Look once and take the next step when it is due."""
        if self.phase is Phase.STARTING:
            self._await_health(now)
        elif self.phase is Phase.WARMING:
            self._await_warm_up(now)
        elif self.phase is Phase.DRAINING:
            self._drain(now)

    def abort(self) -> None:
        """The supervisor is stopping: end the candidate, or the old one that still drains."""
        if self.phase in (Phase.STARTING, Phase.WARMING):
            self._fail("the supervisor was stopped")
        elif self.phase is Phase.DRAINING and self._old is not None:
            self._old.kill()
            self.phase = Phase.DONE

    def _await_health(self, now: float) -> None:
        self.candidate.tick(now)
        if self.candidate.state is State.FAILED:
            self._fail(f"the new Rasa {self.candidate.reason}")
        elif self.candidate.state is State.HEALTHY:
            self._warming = self._warm_up(self.url)
            self._due = now + WARM_UP_LIMIT
            self.phase = Phase.WARMING

    def _await_warm_up(self, now: float) -> None:
        self.candidate.tick(now)
        if self.candidate.state is State.FAILED:
            self._fail(f"the new Rasa {self.candidate.reason}")
        elif self._warming is not None and self._warming.done():
            error = self._warming.exception()
            if error is not None:
                self._fail(f"the new Rasa could not parse a text: {error}")
                return
            self.candidate.restarts = True
            self._old = self._switch(self.candidate)
            self._due = now + DRAIN
            self.phase = Phase.DRAINING
        elif now >= self._due:
            self._fail(f"the new Rasa did not parse a text within {WARM_UP_LIMIT:.0f} s")

    def _drain(self, now: float) -> None:
        # From the switch on the supervisor ticks the candidate; the old one is ours to end.
        if self._old is None or self._old.state is State.STOPPED:
            self.phase = Phase.DONE
        elif now >= self._due:
            self._old.stop(now, STOP_GRACE)
            self._old.tick(now)

    def _fail(self, reason: str) -> None:
        self.candidate.kill()
        self.reason = reason
        self.phase = Phase.FAILED
