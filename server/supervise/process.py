"""Start, watch and end one operating-system process and everything it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

GUARD = Path(__file__).with_name("guard.py")
#: A log that has grown past this is set aside (one generation) at the next start.
LOG_LIMIT = 10 * 1024 * 1024


@dataclass(frozen=True)
class Spec:
    """How to start one service. Times are seconds."""

    name: str
    command: tuple[str, ...]
    health_url: str
    log: Path
    folder: Path
    """Where the command runs."""
    environment: Mapping[str, str] = field(default_factory=dict)
    start_limit: float = 180.0
    """How long it may take until it answers for the first time."""
    hang_limit: float = 15.0
    """How long it may stay silent afterwards; Rasa was seen to stall 1.6 s, never more than 3."""


class Process(Protocol):
    """A started process; `Spawn` is what makes one, so that tests can hand in their own."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs."""
        ...

    def terminate(self) -> None:
        """Ask the process and its descendants to end."""
        ...

    def kill(self) -> None:
        """End the process and its descendants at once, also when they hang."""
        ...


class Spawn(Protocol):
    def __call__(self, spec: Spec) -> Process: ...


class GroupProcess:
    """A process that leads its own group, so that signals reach its descendants too."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.poll()

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        # Reaps it; only a process stuck in the kernel takes longer than an instant.
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=2)

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):
            # The whole group is gone, or its number belongs to somebody else by now.
            return


def spawn(spec: Spec) -> GroupProcess:
    """Start a service in its own group, with its output appended to its log.

    Must be called from the main thread: the kernel's promise to kill the child is tied to the
    thread that started it.

    Raises:
        OSError: the command does not exist or the machine has no room for a process.
    """
    spec.log.parent.mkdir(parents=True, exist_ok=True)
    if spec.log.exists() and spec.log.stat().st_size > LOG_LIMIT:
        spec.log.replace(spec.log.with_suffix(".log.1"))
    with spec.log.open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-I", str(GUARD), str(os.getpid()), *spec.command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=spec.folder,
            env=dict(spec.environment),
            start_new_session=True,
        )
    return GroupProcess(process)
