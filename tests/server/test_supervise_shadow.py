"""A second Rasa that only reads: started where there is room for it, ended before it is in the way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from server.supervise import memory
from server.supervise.memory import free_mb
from server.supervise.modest import NICE
from server.supervise.shadow import MODEST
from tests.server.supervise_fakes import FakeProcess, World
from tests.server.test_supervise_promotion import Running


class Shadowed(Running):
    """A supervisor that can be asked for a shadow."""

    def ask_for_shadow(self, model: object, trial: str = "trial") -> None:
        (self.world.var / "shadow.json").write_text(json.dumps({"id": trial, "model": model}))

    def begin(self) -> Path:
        model = self.new_model("candidate")
        self.ask_for_shadow(str(model))
        self.tick(2)
        return model

    def become_ready(self) -> None:
        self.world.everybody_is_well()
        self.tick(1)
        self.world.warm_ups[-1][1].set_result(None)
        self.tick(1)

    @property
    def shadow(self) -> FakeProcess:
        return self.world.started("shadow rasa")[-1]

    @property
    def told(self) -> tuple[object, object]:
        record = self.record("shadowing.json")
        return record["id"], record["state"]

    @property
    def reason(self) -> str:
        return str(self.record("shadowing.json")["reason"])


@pytest.fixture
def running(tmp_path: Path) -> Shadowed:
    return Shadowed(World(tmp_path))


def test_it_is_told_as_running_only_when_it_has_parsed_a_text(running: Shadowed) -> None:
    model = running.begin()
    before = running.record("rasa.json")
    assert running.told == ("trial", "starting")
    assert running.shadow.spec.command[2].endswith("modest.py")
    assert running.shadow.spec.command[-1] == str(model)
    assert running.shadow.spec.log.name == "shadow.log"
    running.become_ready()
    assert running.told == ("trial", "running")
    assert running.record("shadowing.json")["url"] == "http://rasa:7001"
    assert running.record("rasa.json") == before, "it answers nobody"
    assert running.world.promoted == []


def test_it_ends_when_it_is_asked_to_and_only_by_its_own_name(running: Shadowed) -> None:
    running.begin()
    running.become_ready()
    running.ask_for_shadow(None, "an earlier trial")
    running.tick(1)
    assert running.told == ("trial", "running")
    running.ask_for_shadow(None)
    running.tick(2)
    assert running.told == ("trial", "stopped")
    assert running.shadow.terminated
    assert running.supervisor.all_healthy


def test_without_room_it_is_refused_in_words(running: Shadowed) -> None:
    running.world.free_mb = 1100.0
    running.begin()
    assert running.told == ("trial", "failed")
    assert "1.1 GB" in running.reason
    assert "1.5 GB" in running.reason
    assert running.world.started("shadow rasa") == []


def test_it_goes_before_memory_is_gone(running: Shadowed) -> None:
    running.begin()
    running.become_ready()
    running.world.free_mb = 299.0
    running.tick(6)
    assert running.told == ("trial", "failed")
    assert "299 MB" in running.reason
    assert running.shadow.killed
    assert running.supervisor.all_healthy


def test_a_promotion_takes_its_place(running: Shadowed) -> None:
    running.begin()
    running.become_ready()
    running.ask_for(str(running.new_model()))
    running.tick(2)
    assert running.told == ("trial", "stopped")
    assert running.shadow.terminated
    running.ask_for_shadow(str(running.new_model("candidate")), "too early")
    running.tick(1)
    assert running.told == ("too early", "failed")
    assert "put into service" in running.reason


def test_one_that_crashes_is_not_started_again(running: Shadowed) -> None:
    running.begin()
    running.become_ready()
    running.shadow.status = -11
    running.tick(40)
    assert running.told == ("trial", "failed")
    assert "signal 11" in running.reason
    assert len(running.world.started("shadow rasa")) == 1


def test_one_that_cannot_parse_fails(running: Shadowed) -> None:
    running.begin()
    running.world.everybody_is_well()
    running.tick(1)
    running.world.warm_ups[-1][1].set_exception(ValueError("status 500"))
    running.tick(1)
    assert running.told == ("trial", "failed")
    assert "status 500" in running.reason


@pytest.mark.parametrize("model", ["/etc/passwd", "", 7])
def test_only_models_of_our_own_store_read_along(running: Shadowed, model: object) -> None:
    running.ask_for_shadow(model)
    running.tick(1)
    assert running.told == ("trial", "failed")
    assert running.world.started("shadow rasa") == []


def test_another_trial_ends_the_one_before(running: Shadowed) -> None:
    running.begin()
    first = running.shadow
    running.ask_for_shadow(str(running.new_model("other")), "second trial")
    running.tick(2)
    assert running.told == ("second trial", "starting")
    assert first.terminated
    assert running.shadow is not first


def test_it_does_not_run_for_ever(running: Shadowed) -> None:
    running.begin()
    running.become_ready()
    running.world.time += 26 * 3600
    running.world.everybody_is_well()
    running.tick(1)
    assert running.told == ("trial", "stopped")


def test_it_ends_with_the_supervisor(running: Shadowed) -> None:
    running.begin()
    running.supervisor.stop(lambda seconds: None)
    assert running.shadow.killed
    assert running.told == ("trial", "stopped")


def test_a_killed_supervisor_leaves_no_shadow_that_seems_to_run(tmp_path: Path) -> None:
    left = {"id": "trial", "state": "running", "model": "m", "url": "u", "reason": ""}
    (tmp_path / "shadowing.json").write_text(json.dumps(left))
    (tmp_path / "shadow.json").write_text(json.dumps({"id": "other", "model": "m"}))
    Shadowed(World(tmp_path))
    record = json.loads((tmp_path / "shadowing.json").read_text())
    assert (record["id"], record["state"]) == ("trial", "stopped")
    assert not (tmp_path / "shadow.json").exists()


def test_a_modest_service_has_low_priority_among_sessions_too(tmp_path: Path) -> None:
    code = "import os; print(os.nice(0), open('/proc/self/autogroup').read())"
    done = subprocess.run(
        [sys.executable, "-I", str(MODEST), sys.executable, "-c", code],
        capture_output=True, text=True, check=False, start_new_session=True,
    )  # fmt: skip
    if not Path("/proc/self/autogroup").exists():
        assert "FileNotFoundError" in done.stderr
        return
    own, group = done.stdout.split(maxsplit=1)
    assert int(own) >= NICE
    assert group.strip().endswith(f"nice {NICE}")


def test_free_memory_is_the_machines_or_the_containers(tmp_path: Path) -> None:
    meminfo, group = tmp_path / "meminfo", tmp_path / "group"
    assert free_mb(meminfo, group) is None
    meminfo.write_text("MemTotal: 8000000 kB\nMemAvailable:    4096000 kB\n")
    assert free_mb(meminfo, group) == 4000.0
    group.mkdir()
    mb = 2**20
    for name, text in (
        ("memory.max", f"{2000 * mb}"),
        ("memory.current", f"{1500 * mb}"),
        ("memory.stat", f"anon 1\ninactive_file {300 * mb}\n"),
    ):
        (group / name).write_text(text)
    assert free_mb(meminfo, group) == 800.0
    (group / "memory.max").write_text("max\n")
    assert free_mb(meminfo, group) == 4000.0
    found = memory.free_mb()
    assert found is None or found > 0
