"""One service's life: started, watched, restarted with back-off, stopped.

A state machine without threads or sleeps: `tick(now)` looks once and does what is due.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from server.supervise.health import Probe
from server.supervise.process import Process, Spawn, Spec

FIRST_BACKOFF = 1.0
MAX_BACKOFF = 30.0
#: Well for this long, a service has earned a short back-off again.
STEADY_AFTER = 60.0


class State(enum.StrEnum):
    STARTING = "starting"
    HEALTHY = "healthy"
    WAITING = "waiting"
    """Ended or was ended; will be started again when the back-off is over."""
    FAILED = "failed"
    """Ended and will not be started again (a candidate model)."""
    STOPPING = "stopping"
    STOPPED = "stopped"


class Service:
    """A service that is kept running; with `restarts=False` its first failure is final."""

    def __init__(
        self,
        spec: Spec,
        *,
        spawn: Spawn,
        probe: Callable[[str], Probe],
        say: Callable[[str], None],
        restarts: bool = True,
    ) -> None:
        self.spec = spec
        self.state = State.WAITING
        self.restarts = restarts
        self.reason = ""
        """Why it last failed, in words."""
        self._spawn, self._make_probe, self._say = spawn, probe, say
        self._process: Process | None = None
        self._probe: Probe | None = None
        self._failures = 0
        self._due = float("-inf")
        self._started = 0.0
        self._healthy_since = 0.0
        self._last_healthy = 0.0
        self._kill_at = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def stopped(self) -> bool:
        return self.state is State.STOPPED

    def tick(self, now: float) -> None:
        """Look once at the process and its health, and do what is due."""
        if self.state is State.WAITING and now >= self._due:
            self._start(now)
        elif self.state in (State.STARTING, State.HEALTHY):
            self._watch(now)
        elif self.state is State.STOPPING:
            self._finish_stopping(now)

    def stop(self, now: float, grace: float) -> None:
        """Ask it to end; `tick` kills it after `grace` seconds."""
        if self.state in (State.STOPPING, State.STOPPED):
            return
        if self._process is None:
            self.state = State.STOPPED
            return
        self.state = State.STOPPING
        self._kill_at = now + grace
        self._process.terminate()

    def kill(self) -> None:
        """End it at once, without grace."""
        self._end_process()
        self.state = State.STOPPED

    def _start(self, now: float) -> None:
        try:
            self._process = self._spawn(self.spec)
        except OSError as error:
            self._fail(now, f"could not be started ({error})")
            return
        self._probe = self._make_probe(self.spec.health_url)
        self._started = now
        self.state = State.STARTING

    def _watch(self, now: float) -> None:
        if self._process is None or self._probe is None:
            raise RuntimeError(f"{self.spec.name} is {self.state} without a process")
        status = self._process.poll()
        if status is not None:
            self._fail(now, f"ended by itself ({_describe(status)})")
        elif self._probe.healthy():
            self._last_healthy = now
            if self.state is State.STARTING:
                self.state = State.HEALTHY
                self._healthy_since = now
                self._say(f"{self.spec.name} is ready after {now - self._started:.1f} s")
            elif now - self._healthy_since >= STEADY_AFTER:
                self._failures = 0
        elif self.state is State.STARTING and now - self._started >= self.spec.start_limit:
            self._fail(now, f"did not answer within {self.spec.start_limit:.0f} s of its start")
        elif self.state is State.HEALTHY and now - self._last_healthy >= self.spec.hang_limit:
            self._fail(now, f"has not answered for {self.spec.hang_limit:.0f} s")

    def _fail(self, now: float, reason: str) -> None:
        self._end_process()
        self.reason = reason
        if not self.restarts:
            self.state = State.FAILED
            self._say(f"{self.spec.name} {reason}; see {self.spec.log}")
            return
        backoff = min(FIRST_BACKOFF * 2.0**self._failures, MAX_BACKOFF)
        self._failures = min(self._failures + 1, 10)
        self._due = now + backoff
        self.state = State.WAITING
        self._say(f"{self.spec.name} {reason}; restart in {backoff:.0f} s, see {self.spec.log}")

    def _finish_stopping(self, now: float) -> None:
        if self._process is None or self._process.poll() is not None:
            self._end_process()
            self.state = State.STOPPED
        elif now >= self._kill_at:
            self._say(f"{self.spec.name} did not stop in time and was killed")
            self.kill()

    def _end_process(self) -> None:
        if self._probe is not None:
            self._probe.close()
        if self._process is not None:
            # Also when it ended by itself: what it had started must not stay behind.
            self._process.kill()
        self._process = self._probe = None


def _describe(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit status {status}"
