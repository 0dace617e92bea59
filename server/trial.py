"""A whole Handrail in a folder of its own: real processes on free ports, for system tests and benchmarks.

The encoder, the trained model and the vectors of its examples are borrowed from the house's own ``var`` folder
(make test and make bench prepare them first); database, tracker, index, logs and secrets are the trial's own.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import httpx

from server.settings import ROOT, Settings, load_settings

# Enough for a machine that has to train first.
START_LIMIT = 400.0
STOP_LIMIT = 30.0
BORROWED = ("encoders", "models", "vectors")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _link(source: str, target: str) -> str:
    """Share a file where the disk allows it: models and encoders are large and never written to."""
    Path(target).unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


class Trial:
    """Use as a context manager; inside, the system runs and is healthy."""

    def __init__(self, folder: Path, root: Path = ROOT, /, **environment: str) -> None:
        """`root`: the tree that runs, for a trial that writes labels a copy of this one."""
        self.folder, self.root = folder, root
        self.port = free_port()
        self.rasa_port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.output = folder / "supervisor.log"
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self.seconds_to_healthy = 0.0

    @property
    def settings(self) -> Settings:
        return load_settings(var=self.folder, port=self.port, rasa_port=self.rasa_port)

    @property
    def pid(self) -> int:
        """The supervisor's process id."""
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Trial:
        self.folder.mkdir(parents=True, exist_ok=True)
        house = load_settings().var
        for name in BORROWED:
            if (house / name).exists():
                shutil.copytree(
                    house / name, self.folder / name, copy_function=_link, dirs_exist_ok=True
                )
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the supervisor and wait until both processes are healthy.

        Raises:
            RuntimeError: they were not in time; carries the end of the supervisor's output.
        """
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.root),
            "HANDRAIL_VAR": str(self.folder),
            "HANDRAIL_HOST": "127.0.0.1",
            "HANDRAIL_PORT": str(self.port),
            "HANDRAIL_RASA_PORT": str(self.rasa_port),
            **self._environment,
        }
        started = time.monotonic()
        with self.output.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "server.cli", "run"],
                cwd=self.root,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not self.is_healthy():
            if self._process.poll() is not None or time.monotonic() - started > START_LIMIT:
                raise RuntimeError(f"the system did not start:\n{self.tail()}")
            time.sleep(0.1)
        self.seconds_to_healthy = time.monotonic() - started

    def stop(self) -> None:
        """Ask the supervisor to stop; kill what is left after half a minute."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def is_healthy(self) -> bool:
        return self.answers(f"{self.base_url}/health") and self.answers(
            f"http://127.0.0.1:{self.rasa_port}/"
        )

    @staticmethod
    def answers(url: str) -> bool:
        try:
            return httpx.get(url, timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def tail(self, lines: int = 40) -> str:
        """The end of what the supervisor and both processes said."""
        logs = [self.output, *sorted((self.folder / "logs").glob("*.log"))]
        parts = [
            f"--- {path.name}\n"
            + "\n".join(path.read_text("utf-8", "replace").splitlines()[-lines:])
            for path in logs
            if path.exists()
        ]
        return "\n".join(parts)
