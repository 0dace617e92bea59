"""Where set-up reads and writes."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from setup.console import StepFailed

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
VENVS = ROOT / ".venv"
VAR = ROOT / "var"
LOGS = VAR / "logs"


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Refuse a second set-up in the same clone: two would write one environment at once."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StepFailed(
                "set-up", "another set-up is running in this folder", "Wait until it is done."
            ) from error
        yield
