"""Find a Python 3.10 and a Python 3.11 that work."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from setup.console import StepFailed, run_step
from setup.paths import LOGS

# A Python built without these installs everything and then fails at the first use.
CHECK = (
    "import ctypes, sqlite3, ssl, sys; "
    "print('.'.join(map(str, sys.version_info[:3])), sys.executable, sep='\\n')"
)


def find_python(version: str, uv: str) -> str:
    """Return the path of a working interpreter of this version ("3.10").

    Looks on the PATH, in pyenv's folders and at uv's own; as a last resort uv downloads one.

    Raises:
        StepFailed: there is none and the download failed.
    """
    found = next((path for path in _working(version, uv)), None)
    if found is not None:
        return found
    advice = (
        f"Install Python {version} (Debian: from a backport; anywhere: `pyenv install {version}`), "
        "or let this machine reach the internet once, then run the same command again."
    )
    step, log = f"Python {version}", LOGS / f"setup-python-{version}.log"
    run_step(step, [uv, "python", "install", version], log, advice)
    found = next((path for path in _working(version, uv)), None)
    if found is None:
        raise StepFailed(step, "uv installed it but it does not run", advice, log)
    return found


def probe(python: str) -> tuple[str, str] | None:
    """Return (full version, path of the interpreter itself), or None when it does not work."""
    try:
        # A pyenv shim of a version that is not switched on exists and exits with 127.
        answer = subprocess.run(  # noqa: S603 - an interpreter of this machine
            [python, "-c", CHECK], capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = answer.stdout.splitlines()
    return (lines[0], lines[1]) if answer.returncode == 0 and len(lines) == 2 else None


def _working(version: str, uv: str) -> Iterator[str]:
    for candidate in _candidates(version, uv):
        answer = probe(candidate)
        if answer is not None and answer[0].startswith(version + "."):
            yield answer[1]


def _candidates(version: str, uv: str) -> Iterator[str]:
    for name in (f"python{version}", "python3"):
        path = shutil.which(name)
        if path:
            yield path
    roots = [os.environ.get("PYENV_ROOT"), str(Path.home() / ".pyenv")]
    for root in dict.fromkeys(root for root in roots if root):
        found = Path(root, "versions").glob(f"{version}.*/bin/python")
        # 3.10.9 before 3.10.13 when sorted as text.
        for python in sorted(found, key=_release, reverse=True):
            yield str(python)
    search = [uv, "python", "find", "--no-project", "--offline", version]
    try:
        answer = subprocess.run(  # noqa: S603 - our own words
            search, capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    if answer.returncode == 0:
        yield answer.stdout.strip()


def _release(python: Path) -> int:
    last = python.parts[-3].rsplit(".", 1)[-1]
    return int(last) if last.isdigit() else -1
