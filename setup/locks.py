"""Renew the lock files from the in-files: pinned, hashed, and naming no index host."""

from __future__ import annotations

from setup.console import run_step
from setup.environments import ENVIRONMENTS, torch_options
from setup.paths import LOGS, REQUIREMENTS
from setup.pythons import find_python


def renew_locks(uv: str) -> None:
    """Resolve every in-file anew, keeping pinned versions that still fit.

    Raises:
        StepFailed: an in-file cannot be resolved.
    """
    for environment in ENVIRONMENTS:
        _compile(uv, environment.name, find_python(environment.python, uv))
    # uv itself is installed by whatever python3 the machine has.
    _compile(uv, "uv", find_python(ENVIRONMENTS[0].python, uv), "--universal")


def _compile(uv: str, name: str, python: str, *options: str) -> None:
    source, lock = REQUIREMENTS / f"{name}.in", REQUIREMENTS / f"{name}.txt"
    # From their folder, so that the locks' comments name the in-files as a person would.
    command = [
        uv,
        "--directory",
        str(REQUIREMENTS),
        "pip",
        "compile",
        "--python",
        python,
        "--generate-hashes",
        "--no-header",
    ]
    command += ["--no-emit-index-url", "--no-emit-find-links", *options]
    if lock.is_file():
        command += torch_options(lock)
    run_step(
        f"lock {name}",
        [*command, source.name, "--output-file", lock.name],
        LOGS / f"lock-{name}.log",
        f"Read the conflict above and change {source}.",
    )
