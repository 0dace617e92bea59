"""Stock Rasa, as ``rasa init`` makes it: default pipeline, REST channel. The thing to compare with."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from server.settings import ROOT
from server.trial import free_port

RASA = str(ROOT / ".venv" / "bot" / "bin" / "rasa")
QUIET = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
TRAIN_LIMIT = 1800.0
START_LIMIT = 300.0


def create(folder: Path) -> float:
    """Make the example project and train it; returns the seconds that training took."""
    folder.mkdir(parents=True, exist_ok=True)
    rasa(folder, "init", "--no-prompt", "--init-dir", str(folder))
    for model in (folder / "models").glob("*.tar.gz"):
        model.unlink()
    started = time.monotonic()
    rasa(folder, "train", "--force")
    return time.monotonic() - started


@contextmanager
def serve(folder: Path) -> Iterator[tuple[str, int, float]]:
    """Run the bot; gives its address, its process id and the seconds until it was ready."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    started = time.monotonic()
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own environment's command
            [RASA, "run", "--port", str(port), "-i", "127.0.0.1"],
            cwd=folder,
            env=QUIET,
            stdout=log,
            stderr=log,
        )
    try:
        while not _answers(url):
            if process.poll() is not None or time.monotonic() - started > START_LIMIT:
                raise RuntimeError(
                    "stock Rasa did not start: " + (folder / "serve.log").read_text()[-2000:]
                )
            time.sleep(0.2)
        yield url, process.pid, time.monotonic() - started
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def rasa(folder: Path, *arguments: str, limit: float = TRAIN_LIMIT) -> None:
    """Run one of its commands there, silently."""
    subprocess.run(  # noqa: S603 - our own environment's command
        [RASA, *arguments],
        cwd=folder,
        env=QUIET,
        check=True,
        timeout=limit,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
