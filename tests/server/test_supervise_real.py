"""The supervisor over real processes: crash, hang, promotion, clean stop, its own death."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.supervise.records import read_record
from server.supervise.specs import port_is_free
from server.supervise.supervisor import Supervisor
from tests.server import supervise_tiny
from tests.server.supervise_tiny import tiny_plan

ROOT = Path(__file__).resolve().parents[2]


class Real:
    """A supervisor in this process, ticked until something is true."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.said: list[str] = []
        self.supervisor = Supervisor(tiny_plan(var, self.said))
        self.until(lambda: self.supervisor.all_healthy)

    def until(self, true: Callable[[], bool], limit: float = 20.0) -> None:
        end = time.monotonic() + limit
        while not true():
            assert time.monotonic() < end, f"not within {limit} s; said: {self.said}"
            self.supervisor.tick()
            time.sleep(0.02)

    def mode(self, name: str, mode: str) -> None:
        (self.var / f"{name}.mode").write_text(mode)

    def record(self, name: str) -> dict[str, Any]:
        return read_record(self.var / name) or {}

    def heard(self, words: str) -> bool:
        return any(words in text for text in self.said)


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Real]:
    world = Real(tmp_path)
    try:
        yield world
    finally:
        world.supervisor.stop()


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def wait_for(true: Callable[[], bool], limit: float = 15.0) -> None:
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end, f"not within {limit} s"
        time.sleep(0.02)


def test_a_crashed_service_comes_back_and_its_child_does_not_stay(real: Real) -> None:
    first = real.supervisor.app.pid
    grandchild = int((real.var / "grandchild.pid").read_text())
    assert alive(grandchild)
    real.mode("app", "crash")
    real.until(lambda: real.heard("app ended by itself (exit status 7); restart in 1 s"))
    real.mode("app", "")
    real.until(lambda: real.supervisor.all_healthy)
    assert real.supervisor.app.pid not in (first, None)
    wait_for(lambda: not alive(grandchild))


def test_a_hung_service_is_replaced_while_the_other_goes_on(real: Real) -> None:
    first, app = real.supervisor.rasa.pid, real.supervisor.app.pid
    real.mode("rasa", "hang")
    real.until(lambda: real.heard("rasa has not answered for 2 s"))
    real.mode("rasa", "")
    real.until(lambda: real.supervisor.all_healthy)
    assert real.supervisor.rasa.pid != first
    assert real.supervisor.app.pid == app


def test_a_stopped_process_counts_as_hung(real: Real) -> None:
    pid = real.supervisor.rasa.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    real.until(lambda: real.heard("rasa has not answered for 2 s"))
    real.until(lambda: real.supervisor.all_healthy)
    assert not alive(pid)


def test_a_promotion_changes_the_address_and_somebody_always_answers(
    real: Real, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.supervise.promotion.DRAIN", 0.5)
    old = real.record("rasa.json")
    model = real.var / "models" / "second.tar.gz"
    model.write_text("second")
    (real.var / "promote.json").write_text(json.dumps({"model": str(model)}))

    def answered_and_done() -> bool:
        url = real.record("rasa.json")["url"]
        assert httpx.get(url, trust_env=False).status_code == 200
        return real.record("promotion.json").get("state") == "done"

    real.until(answered_and_done)
    new = real.record("rasa.json")
    assert new["url"] != old["url"]
    assert new["model"] == str(model)
    assert alive(old["pid"]), "turns that had begun may still end there"
    real.until(lambda: not alive(old["pid"]))
    assert httpx.get(new["url"], trust_env=False).text == str(new["pid"])


def test_a_model_that_cannot_start_changes_nothing(real: Real) -> None:
    before = real.record("rasa.json")
    model = real.var / "models" / "bad.tar.gz"
    model.write_text("broken")
    (real.var / "promote.json").write_text(json.dumps({"model": str(model)}))
    real.until(lambda: real.record("promotion.json").get("state") == "failed")
    assert "exit status 1" in real.record("promotion.json")["reason"]
    assert real.record("rasa.json") == before
    assert real.supervisor.all_healthy


def start_supervisor(var: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, supervise_tiny.__file__, str(var)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    wait_for((var / "ready").exists, 30)
    return process


def pids(var: Path) -> list[int]:
    services = (read_record(var / "supervisor.json") or {})["services"]
    return [int(entry["pid"]) for entry in services.values()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_both_cleanly_and_frees_their_ports(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = start_supervisor(tmp_path)
    running = pids(tmp_path)
    port = httpx.URL((read_record(tmp_path / "rasa.json") or {})["url"]).port
    process.send_signal(number)
    assert process.wait(timeout=15) == 0
    assert not any(alive(pid) for pid in running)
    assert port is not None
    assert port_is_free("127.0.0.1", port)
    assert not (tmp_path / "rasa.json").exists()


def test_a_deaf_service_is_killed_when_the_grace_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.supervise.supervisor.GRACE", 0.5)
    (tmp_path / "app.mode").write_text("deaf")
    real = Real(tmp_path)
    pid = real.supervisor.app.pid
    assert pid is not None
    real.supervisor.stop()
    assert not alive(pid)
    assert real.heard("app did not stop in time and was killed")


def test_a_killed_supervisor_leaves_no_services_behind(tmp_path: Path) -> None:
    process = start_supervisor(tmp_path)
    running = [*pids(tmp_path), int((tmp_path / "grandchild.pid").read_text())]
    assert all(alive(pid) for pid in running)
    process.kill()
    process.wait(timeout=5)
    wait_for(lambda: not any(alive(pid) for pid in running), 5)
