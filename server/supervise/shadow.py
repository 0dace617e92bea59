"""A second Rasa that answers nobody: the app asks it what it would have understood.

Asked for by ``shadow.json`` and told in ``shadowing.json``. It runs at low priority, and only where memory
is left over: the Rasa that customers talk to comes first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from server.supervise.process import Spec
from server.supervise.promotion import STOP_GRACE, WARM_UP_LIMIT, WarmUp
from server.supervise.records import SHADOW, SHADOWING, read_record, take_record, write_record
from server.supervise.service import Service, State

#: MB. A Rasa with a model takes 620, and 740 were seen (design.md §7, §8); twice that must be free to start.
NEEDED = 1500.0
#: MB. With less left while it runs, it ends before the system has to choose whom to kill.
SCARCE = 300.0
#: An app that has forgotten its shadow does not keep it for ever.
LONGEST = 26 * 3600.0
MEMORY_LOOK = 5.0
#: At low priority on a busy machine: a start was seen to take 106 s where one at full priority took 23.
START_LIMIT, HANG_LIMIT = 600.0, 60.0
MODEST = Path(__file__).with_name("modest.py")


@dataclass(frozen=True)
class Means:
    """What a shadow is made with; the supervisor hands in its own."""

    var: Path
    spec: Callable[[Path, int], Spec]
    url: Callable[[int], str]
    free_port: Callable[[], int]
    service: Callable[[Spec], Service]
    warm_up: WarmUp
    free_mb: Callable[[], float | None]
    problem_with: Callable[[object], str]
    """Why a model may not be loaded; empty when it may."""
    say: Callable[[str], None]


class Shadow:
    """At most one shadow at a time; `tick` looks once and does what is due."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._service: Service | None = None
        self._ending: list[Service] = []
        self._warming: Future[None] | None = None
        self._id, self._model, self._url, self._state = "", "", "", "stopped"
        self._warm_by = self._end_by = self._memory_at = 0.0
        self._settle_left_over()

    @property
    def runs(self) -> bool:
        return self._service is not None

    def tick(self, now: float, *, promoting: bool) -> None:
        """`promoting`: a new Rasa is being started, which may need the memory."""
        self._take_request(now, promoting=promoting)
        for service in self._ending:
            service.tick(now)
        self._ending = [service for service in self._ending if not service.stopped]
        if self._service is None:
            return
        if promoting:
            self.end(now, "Another model is being put into service.")
            return
        self._service.tick(now)
        if self._service.state is State.FAILED:
            self._fail(f"The shadow Rasa {self._service.reason}.")
        elif self._service.state is State.HEALTHY and self._state == "starting":
            self._warm(now)
        if self._service is not None:
            self._watch_limits(now)

    def end(self, now: float, reason: str) -> None:
        """Stop it, politely; told as stopped."""
        if self._service is None:
            return
        self._service.stop(now, STOP_GRACE)
        self._ending.append(self._service)
        self._over("stopped", reason)

    def kill(self, reason: str) -> None:
        """The supervisor is stopping: end it at once, it owes nobody an answer."""
        for service in self._ending:
            service.kill()
        if self._service is not None:
            self._service.kill()
            self._over("stopped", reason)

    def _take_request(self, now: float, *, promoting: bool) -> None:
        request = take_record(self._means.var / SHADOW)
        if request is None:
            return
        wanted, model = str(request.get("id", "")), request.get("model")
        if model is None:
            if wanted == self._id:
                self.end(now, "It was asked to stop.")
            return
        self.end(now, "Another model is shadowed now.")
        self._id, self._model, self._url = wanted, str(model), ""
        problem = self._means.problem_with(model) or self._no_room(promoting)
        if problem:
            self._means.say(f"shadowing refused: {problem}")
            self._over("failed", problem)
            return
        port = self._means.free_port()
        self._url = self._means.url(port)
        self._service = self._means.service(_modest(self._means.spec(Path(str(model)), port)))
        self._warming, self._end_by = None, now + LONGEST
        self._memory_at = now + MEMORY_LOOK
        self._means.say(f"{Path(str(model)).name} begins to read along")
        self._tell("starting")

    def _no_room(self, promoting: bool) -> str:
        if promoting:
            return "Another model is being put into service right now; try again in a minute."
        free = self._means.free_mb()
        if free is None or free >= NEEDED:
            return ""
        return (
            f"The machine has {free / 1000:.1f} GB of memory left; a second Rasa beside the one that "
            f"serves is started only with {NEEDED / 1000:.1f} GB or more."
        )

    def _warm(self, now: float) -> None:
        if self._warming is None:
            self._warming, self._warm_by = self._means.warm_up(self._url), now + WARM_UP_LIMIT
        elif self._warming.done():
            error = self._warming.exception()
            if error is not None:
                self._fail(f"The shadow Rasa could not parse a text: {error}.")
                return
            self._tell("running")
        elif now >= self._warm_by:
            self._fail(f"The shadow Rasa did not parse a text within {WARM_UP_LIMIT:.0f} s.")

    def _watch_limits(self, now: float) -> None:
        if now >= self._end_by:
            self.end(now, f"It ran for {LONGEST / 3600:.0f} hours.")
        elif now >= self._memory_at:
            self._memory_at = now + MEMORY_LOOK
            free = self._means.free_mb()
            if free is not None and free < SCARCE:
                # At once: memory that is this short is needed now.
                self._fail(f"The machine had only {free:.0f} MB of memory left.")

    def _fail(self, reason: str) -> None:
        if self._service is not None:
            self._service.kill()
        self._over("failed", reason)

    def _over(self, state: str, reason: str) -> None:
        self._service = self._warming = None
        self._tell(state, reason)

    def _tell(self, state: str, reason: str = "") -> None:
        self._state = state
        record = {
            "id": self._id, "state": state, "model": self._model, "url": self._url, "reason": reason,
        }  # fmt: skip
        write_record(self._means.var / SHADOWING, record)

    def _settle_left_over(self) -> None:
        """A supervisor that was killed took its shadow along; what stands in the files is no longer so."""
        take_record(self._means.var / SHADOW)
        left = read_record(self._means.var / SHADOWING)
        if left is not None and left.get("state") in ("starting", "running"):
            ended = {**left, "state": "stopped", "reason": "The supervisor was restarted."}
            write_record(self._means.var / SHADOWING, ended)


def _modest(spec: Spec) -> Spec:
    """The same service under its own name, giving way to whoever answers customers."""
    return replace(
        spec,
        name="shadow rasa",
        command=(sys.executable, "-I", str(MODEST), *spec.command),
        log=spec.log.with_name("shadow.log"),
        start_limit=START_LIMIT,
        hang_limit=HANG_LIMIT,
    )
