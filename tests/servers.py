"""Real PostgreSQL and Redis for tests, each on a free loopback port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from server.trial import free_port


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """A Redis of its own; gives its URL."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(
        [*command, "--dir", str(folder), "--appendonly", "no"], stdout=subprocess.DEVNULL
    )
    try:
        _wait(lambda: _succeeds(["redis-cli", "-p", str(port), "ping"]))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def postgres_server() -> Iterator[str]:
    """A PostgreSQL cluster of its own; gives the URL of an empty database.

    The server refuses to run as root, so root lends the work to the package's own user. Its files lie outside
    of pytest's folder, which every new run of pytest shuts to other users again.
    """
    with TemporaryDirectory(prefix="handrail-postgres-", ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        if os.geteuid() == 0:
            shutil.chown(data, "postgres", "postgres")
        with _running(
            data, ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        ) as url:
            yield url


@contextmanager
def _running(data: Path, prefix: list[str]) -> Iterator[str]:
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    port = free_port()
    initdb = [*prefix, str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"]
    subprocess.run([*initdb, "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd="/")
    options = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}"]
    process = subprocess.Popen(
        [*prefix, str(binaries / "postgres"), "-D", str(data), "-p", str(port), *options],
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ready = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        _wait(lambda: _succeeds(ready))
        yield f"postgresql+asyncpg://postgres@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.wait(20)


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0


def _wait(is_ready: object, seconds: float = 30) -> None:
    assert callable(is_ready)
    deadline = time.monotonic() + seconds
    while not is_ready():
        if time.monotonic() > deadline:
            raise TimeoutError("the server did not start")
        time.sleep(0.05)
