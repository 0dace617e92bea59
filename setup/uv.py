"""Find uv, or install it inside this clone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from setup.console import StepFailed, run_step
from setup.paths import LOGS, REQUIREMENTS, VAR

#: The first with everything used here: `--torch-backend`, `venv --clear`.
OLDEST = (0, 8, 0)
OWN = VAR / "uv"
ADVICE = (
    "Install uv yourself (https://docs.astral.sh/uv/getting-started/installation/), or on Debian "
    "`apt-get install python3-venv python3-pip`, then run the same command again."
)


def find_uv() -> str:
    """Return the path of a uv that is new enough; install one under var/uv when there is none.

    Raises:
        StepFailed: there is none and neither a virtual environment nor pip could install it.
    """
    found = next((uv for uv in _candidates() if version_of(uv) >= OLDEST), None)
    return found or _install()


def version_of(uv: str) -> tuple[int, ...]:
    """Return uv's version, or () when it does not run (a pyenv shim may exist and fail)."""
    try:
        answer = subprocess.run(  # noqa: S603 - a uv of this machine
            [uv, "--version"], capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    words = answer.stdout.split()
    if answer.returncode != 0 or len(words) < 2:
        return ()
    return tuple(int(part) for part in words[1].split(".")[:3] if part.isdigit())


def _candidates() -> Iterator[str]:
    on_path = shutil.which("uv")
    if on_path:
        yield on_path
    home = Path.home()
    for path in (OWN / "bin/uv", home / ".local/bin/uv", home / ".cargo/bin/uv"):
        if path.is_file() and os.access(path, os.X_OK):
            yield str(path)


def _install() -> str:
    lock = str(REQUIREMENTS / "uv.txt")
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    python = str(OWN / "bin/python")
    try:
        step = [sys.executable, "-m", "venv", "--clear", str(OWN)]
        run_step("a place for uv", step, LOGS / "setup-uv-venv.log", ADVICE)
        run_step("uv", [python, *pip, "-r", lock], LOGS / "setup-uv.log", ADVICE)
        return str(OWN / "bin/uv")
    except StepFailed:
        # Debian splits venv off into a package of its own; pip alone may be there.
        command = [sys.executable, *pip, "--user", "-r", lock]
        run_step("uv, by pip --user", command, LOGS / "setup-uv-user.log", ADVICE)
    uv = next((uv for uv in _candidates() if version_of(uv) >= OLDEST), None)
    if uv is None:
        raise StepFailed("uv", "pip installed it where it cannot be found", ADVICE)
    return uv
