"""Keep Rasa and the app running, change models on request, stop both cleanly."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from server.supervise.health import Probe
from server.supervise.memory import free_mb
from server.supervise.process import Spawn, Spec
from server.supervise.promotion import Phase, Promotion, WarmUp
from server.supervise.records import (
    PROMOTE,
    PROMOTION,
    RASA,
    SUPERVISOR,
    read_record,
    take_record,
    write_record,
)
from server.supervise.service import Service, State
from server.supervise.shadow import Means, Shadow

GRACE = 8.0
TICK = 0.2


@dataclass
class Plan:
    """Everything the supervisor is told; tests hand in their own processes, probes and clock."""

    var: Path
    app: Spec
    rasa: Callable[[Path, int], Spec]
    rasa_url: Callable[[int], str]
    free_port: Callable[[], int]
    model: Path
    rasa_port: int
    spawn: Spawn
    probe: Callable[[str], Probe]
    warm_up: WarmUp
    say: Callable[[str], None]
    now: Callable[[], float]
    promoted: Callable[[Path], None] = field(default=lambda _model: None)
    """Called when another model has taken over, so that the next start serves it too."""
    free_mb: Callable[[], float | None] = free_mb
    """How much memory is left, in MB."""


class Supervisor:
    """Both services and, at times, a candidate Rasa or a shadow; `tick` once, or `run` until told to stop."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._model, self._url = plan.model, plan.rasa_url(plan.rasa_port)
        self.rasa = self._service(plan.rasa(plan.model, plan.rasa_port))
        self.app = self._service(plan.app)
        self.promotion: Promotion | None = None
        self._promotion_id = ""
        self._settle_left_over()
        self.shadow = Shadow(self._means())
        self._stop = threading.Event()
        self._written: dict[str, Mapping[str, object]] = {}
        self._ready_said = False

    @property
    def all_healthy(self) -> bool:
        return self.app.state is State.HEALTHY and self.rasa.state is State.HEALTHY

    def tick(self) -> None:
        """Look once at everything and do what is due."""
        now = self._plan.now()
        # Both at once: the app is honest about Rasa being down, so it need not wait for it.
        self.rasa.tick(now)
        self.app.tick(now)
        self._take_request()
        if self.promotion is not None:
            self._tick_promotion(self.promotion, now)
        promoting = self.promotion is not None and not self.promotion.over
        self.shadow.tick(now, promoting=promoting)
        self._write_rasa()
        self._write_state()

    def run(self, on_ready: Callable[[], None]) -> None:
        """Tick until `request_stop`, then stop both; `on_ready` is called once, when both are."""
        try:
            while not self._stop.is_set():
                self.tick()
                if self.all_healthy and not self._ready_said:
                    self._ready_said = True
                    on_ready()
                self._stop.wait(TICK)
        finally:
            self.stop()

    def request_stop(self) -> None:
        """End `run` soon; safe to call from a signal handler, a second time to hurry."""
        if self._stop.is_set():
            self.app.kill()
            self.rasa.kill()
        self._stop.set()

    def stop(self, wait: Callable[[float], None] | None = None) -> None:
        """Stop the app, then Rasa: no turn is begun that nobody could answer."""
        pause = wait or threading.Event().wait
        if self.promotion is not None and not self.promotion.over:
            self.promotion.abort()
            self._write_promotion(self.promotion)
        self.shadow.kill("The supervisor was stopped.")
        for service in (self.app, self.rasa):
            service.stop(self._plan.now(), GRACE)
            while not service.stopped:
                service.tick(self._plan.now())
                pause(0.05)
        for name in (RASA, SUPERVISOR):
            (self._plan.var / name).unlink(missing_ok=True)

    def _service(self, spec: Spec, *, restarts: bool = True) -> Service:
        plan = self._plan
        return Service(spec, spawn=plan.spawn, probe=plan.probe, say=plan.say, restarts=restarts)

    def _means(self) -> Means:
        plan = self._plan
        return Means(
            var=plan.var,
            spec=plan.rasa,
            url=plan.rasa_url,
            free_port=plan.free_port,
            service=lambda spec: self._service(spec, restarts=False),
            warm_up=plan.warm_up,
            free_mb=plan.free_mb,
            problem_with=self._problem_with,
            say=plan.say,
        )

    def _settle_left_over(self) -> None:
        """Say the truth about a promotion in whose midst a supervisor was killed, and drop its request.

        Every process of it is gone; what was switched over before that is what this one serves.
        """
        left = read_record(self._plan.var / PROMOTION)
        if left is not None and left.get("state") == "running":
            done = left.get("model") == str(self._plan.model)
            reason = "" if done else "the supervisor ended before the new model was in service"
            ended = {**left, "state": "done" if done else "failed", "reason": reason}
            write_record(self._plan.var / PROMOTION, ended)
        request = take_record(self._plan.var / PROMOTE)
        if request is not None:
            # Nobody waits for it any more, or somebody who may ask again: not minutes or days later.
            reason = "the supervisor was restarted before it took the request up"
            record = {**request, "state": "failed", "reason": reason}
            write_record(self._plan.var / PROMOTION, record)

    def _take_request(self) -> None:
        if self.promotion is not None and not self.promotion.over:
            # While one promotion runs the next request waits; the latest one wins.
            return
        request = take_record(self._plan.var / PROMOTE)
        if request is None:
            return
        self._promotion_id = str(request.get("id", ""))
        model = request.get("model")
        problem = self._problem_with(model)
        if problem or not isinstance(model, str):
            self._plan.say(f"promotion refused: {problem}")
            record = {
                "id": self._promotion_id, "state": "failed", "model": model, "reason": problem,
            }  # fmt: skip
            write_record(self._plan.var / PROMOTION, record)
            return
        port = self._plan.free_port()
        candidate = self._service(self._plan.rasa(Path(model), port), restarts=False)
        url = self._plan.rasa_url(port)
        self.promotion = Promotion(
            Path(model), url, candidate, warm_up=self._plan.warm_up, switch=self._switch
        )
        self._plan.say(f"promotion of {Path(model).name} begins")
        self._write_promotion(self.promotion)

    def _problem_with(self, model: object) -> str:
        """Return why a model may not be loaded; only our own store is trusted (a model is code)."""
        if not isinstance(model, str) or not model:
            return "the request names no model"
        store = Path(os.path.abspath(self._plan.var))  # noqa: PTH100 - see below
        # Not resolved: a link inside the store was laid by its owner; ".." must not lead out of it.
        if not Path(os.path.abspath(model)).is_relative_to(store):  # noqa: PTH100
            return f"{model} is not inside {store}"
        return "" if Path(model).is_file() else f"{model} does not exist"

    def _tick_promotion(self, promotion: Promotion, now: float) -> None:
        if promotion.over:
            return
        before = promotion.phase
        promotion.tick(now)
        if promotion.phase is before:
            return
        self._write_promotion(promotion)
        if promotion.phase is Phase.DRAINING:
            self._plan.say(f"{promotion.model.name} now answers; the old Rasa drains")
        elif promotion.phase is Phase.FAILED:
            self._plan.say(f"promotion failed, the old model stays: {promotion.reason}")

    def _switch(self, candidate: Service) -> Service:
        old, self.rasa = self.rasa, candidate
        if self.promotion is not None:
            self._model, self._url = self.promotion.model, self.promotion.url
        self._plan.promoted(self._model)
        self._write_rasa()
        return old

    def _write_promotion(self, promotion: Promotion) -> None:
        # Draining is "done" to the app: new turns are answered by the new model from here on.
        done = promotion.phase in (Phase.DRAINING, Phase.DONE)
        state = "done" if done else "failed" if promotion.phase is Phase.FAILED else "running"
        record = {
            "id": self._promotion_id, "state": state, "model": str(promotion.model),
            "reason": promotion.reason,
        }  # fmt: skip
        write_record(self._plan.var / PROMOTION, record)

    def _write_rasa(self) -> None:
        record = {"url": self._url, "model": str(self._model), "pid": self.rasa.pid}
        self._write(RASA, record)

    def _write_state(self) -> None:
        services = {
            service.spec.name: {
                "state": service.state.value,
                "pid": service.pid,
                "url": service.spec.health_url,
                "reason": service.reason,
            }
            for service in (self.app, self.rasa)
        }
        self._write(SUPERVISOR, {"pid": os.getpid(), "services": services})

    def _write(self, name: str, record: Mapping[str, object]) -> None:
        if self._written.get(name) != record:
            self._written[name] = record
            write_record(self._plan.var / name, record)
