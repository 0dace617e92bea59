"""Steps that show their progress, and failures that say what to do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

#: Lines of a failed command's log that are shown.
TAIL = 15


class StepFailed(Exception):
    """A step could not be done; `str()` tells a newcomer what failed and what to do about it."""

    def __init__(self, step: str, problem: str, advice: str, log: Path | None = None) -> None:
        self.step, self.problem, self.advice, self.log = step, problem, advice, log
        super().__init__(step, problem)

    def __str__(self) -> str:
        lines = [f"FAILED: {self.step}: {self.problem}"]
        if self.log is not None:
            lines += [f"  | {line}" for line in last_lines(self.log)] + [
                f"The whole log: {self.log}"
            ]
        return "\n".join([*lines, f"What to do: {self.advice}"])


def say(text: str) -> None:
    """Write one line at once, also through a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def last_lines(log: Path, count: int = TAIL) -> list[str]:
    """Return the last lines of a log that are not empty; none when it cannot be read."""
    try:
        text = log.read_text("utf-8", "replace")
    except OSError:
        return []
    return [line for line in text.replace("\r", "\n").splitlines() if line.strip()][-count:]


def run_step(
    step: str,
    command: Sequence[str],
    log: Path,
    advice: str,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a command with its output in `log`, counting the seconds on a terminal.

    Raises:
        StepFailed: the command cannot be started or its exit status is not 0.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    counts = sys.stdout.isatty()
    if not counts:
        say(f"  … {step}")
    with log.open("w") as file:
        file.write("$ " + " ".join(command) + "\n")
        file.flush()
        try:
            process = subprocess.Popen(  # noqa: S603 - our own words
                list(command),
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=dict(os.environ if environment is None else environment),
            )
        except OSError as error:
            raise StepFailed(step, str(error), advice) from error
        try:
            status = _wait(process, step, started, counts)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if status != 0:
        raise StepFailed(step, f"exit status {status}", advice, log)
    say(f"{chr(13) if counts else ''}  ✓ {step} ({time.monotonic() - started:.0f} s)")


def _wait(process: subprocess.Popen[bytes], step: str, started: float, counts: bool) -> int:
    while True:
        try:
            return process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            if counts:
                sys.stdout.write(f"\r  … {step} ({time.monotonic() - started:.0f} s)")
                sys.stdout.flush()
