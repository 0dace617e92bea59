"""Make `.venv/app` and `.venv/bot` from their locks; skip what a stamp says is done."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

from setup.console import StepFailed, run_step, say
from setup.paths import LOGS, REQUIREMENTS, VENVS
from setup.pythons import find_python, probe

STAMP = "handrail-stamp"


@dataclass(frozen=True)
class Environment:
    """One environment: its folder under .venv, the Python it needs, and what for."""

    name: str
    python: str
    purpose: str

    @property
    def folder(self) -> Path:
        return VENVS / self.name

    @property
    def lock(self) -> Path:
        return REQUIREMENTS / f"{self.name}.txt"

    @property
    def interpreter(self) -> Path:
        return self.folder / "bin/python"


ENVIRONMENTS = (
    Environment("bot", "3.10", "Rasa"),
    Environment("app", "3.11", "the app"),
)


def make_environment(environment: Environment, uv: str) -> None:
    """Bring one environment to what its lock says, with compiled bytecode.

    Raises:
        StepFailed: no Python, no network, no space, or a package that is not what the lock says.
    """
    title = f"environment for {environment.purpose} (.venv/{environment.name})"
    if not environment.lock.is_file():
        raise StepFailed(title, f"{environment.lock} is missing", "Restore it: git checkout it.")
    stamp = environment.folder / STAMP
    if stamp.is_file() and stamp.read_text() == stamp_of(environment):
        say(f"  ✓ {title} is up to date")
        return
    answer = probe(str(environment.interpreter))
    if answer is None or not answer[0].startswith(environment.python + "."):
        python = find_python(environment.python, uv)
        command = [uv, "venv", "--clear", "--python", python, str(environment.folder)]
        log = LOGS / f"setup-{environment.name}-venv.log"
        run_step(f"{title}: folder", command, log, "Check that .venv can be written.")
    # A sync that is broken off must not look done.
    stamp.unlink(missing_ok=True)
    command = [uv, "pip", "sync", "--python", str(environment.interpreter)]
    command += ["--require-hashes", "--compile-bytecode", *torch_options(environment.lock)]
    run_step(
        f"{title}: packages (the first time: minutes, gigabytes)",
        [*command, str(environment.lock)],
        LOGS / f"setup-{environment.name}.log",
        "Check the network and the free disk space (5 GB), then run the same command again: what "
        "is downloaded is kept. A hash that does not match means that a mirror changed a package.",
        compiling_environment(),
    )
    stamp.write_text(stamp_of(environment))


def stamp_of(environment: Environment) -> str:
    """Return what the stamp must say: the lock, the exact Python and where it lies."""
    answer = probe(str(environment.interpreter))
    lock = hashlib.sha256(environment.lock.read_bytes()).hexdigest()
    real = os.path.realpath(environment.interpreter)
    return f"lock {lock}\npython {answer[0] if answer else 'none'}\ninterpreter {real}\n"


def compiling_environment() -> dict[str, str]:
    """Return the environment without the switch that forbids bytecode: Rasa's imports take 30 s
    without it, 5 with it."""
    kept = dict(os.environ)
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


def torch_options(lock: Path) -> list[str]:
    """Return the options that make uv take the CPU build of torch (the default one is gigabytes).

    From a folder in PIP_FIND_LINKS when one holds a torch wheel, else from PyTorch's CPU index.
    """
    if not any(line.startswith("torch==") for line in lock.read_text("utf-8").splitlines()):
        return []
    folders = [_folder(link) for link in os.environ.get("PIP_FIND_LINKS", "").split()]
    holding = [folder for folder in folders if any(folder.glob("torch-*.whl"))]
    if holding:
        return [word for folder in holding for word in ("--find-links", str(folder))]
    return ["--torch-backend", "cpu"]


def _folder(link: str) -> Path:
    return Path(unquote(urlparse(link).path) if link.startswith("file://") else link)
