"""Both services and a change of model, without processes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from server.supervise.service import State
from server.supervise.supervisor import Supervisor
from tests.server.supervise_fakes import World


class Running:
    """A supervisor whose services are well, and hands to turn it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.supervisor: Supervisor = world.supervisor()
        self.tick(1)
        world.everybody_is_well()
        self.tick(1)
        assert self.supervisor.all_healthy

    def tick(self, seconds: int) -> None:
        for _ in range(seconds):
            self.world.time += 1
            self.supervisor.tick()

    def record(self, name: str) -> dict[str, object]:
        return dict(json.loads((self.world.var / name).read_text()))

    def ask_for(self, model: object) -> None:
        request = {"id": "a request", "model": model}
        (self.world.var / "promote.json").write_text(json.dumps(request))

    def new_model(self, name: str = "second") -> Path:
        path = self.world.var / "models" / f"{name}.tar.gz"
        path.write_bytes(b"model")
        return path


@pytest.fixture
def running(tmp_path: Path) -> Running:
    return Running(World(tmp_path))


def test_both_start_at_once_and_rasa_is_announced_before_it_is_up(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.supervisor().tick()
    assert sorted(process.spec.name for process in world.processes) == ["app", "rasa"]
    record = json.loads((tmp_path / "rasa.json").read_text())
    assert record["url"] == "http://rasa:5005"
    assert record["pid"] == world.started("rasa")[0].pid


def test_state_says_what_runs(running: Running) -> None:
    services = running.record("supervisor.json")["services"]
    assert isinstance(services, dict)
    assert {name: entry["state"] for name, entry in services.items()} == {
        "app": "healthy",
        "rasa": "healthy",
    }


def test_a_model_is_promoted_only_when_it_is_healthy_and_warm(running: Running) -> None:
    model, world = running.new_model(), running.world
    running.ask_for(str(model))
    running.tick(1)
    assert running.record("promotion.json")["state"] == "running"
    assert not (world.var / "promote.json").exists()
    old, new = world.started("rasa")
    running.tick(3)
    assert world.warm_ups == []
    world.everybody_is_well()
    running.tick(1)
    assert world.warm_ups[0][0] == "http://rasa:7001"
    assert running.record("rasa.json")["url"] == "http://rasa:5005"
    world.warm_ups[0][1].set_result(None)
    running.tick(1)
    assert running.record("rasa.json") == {
        "url": "http://rasa:7001",
        "model": str(model),
        "pid": new.pid,
    }
    assert running.record("promotion.json")["state"] == "done"
    assert running.record("promotion.json")["id"] == "a request"
    assert world.promoted == [model]
    running.tick(9)
    assert not old.terminated, "turns that had begun may end"
    running.tick(3)
    assert old.terminated
    assert new.status is None
    assert running.supervisor.all_healthy


def test_the_promoted_rasa_is_restarted_like_any_other(running: Running) -> None:
    running.ask_for(str(running.new_model()))
    running.tick(2)
    running.world.everybody_is_well()
    running.tick(2)
    running.world.warm_ups[0][1].set_result(None)
    running.tick(15)
    running.world.started("rasa")[1].status = 1
    running.tick(2)
    assert len(running.world.started("rasa")) == 3
    assert running.world.started("rasa")[2].spec.command[1].endswith("second.tar.gz")


def crashes(running: Running) -> None:
    running.world.started("rasa")[1].status = 1
    running.tick(1)


def stays_silent(running: Running) -> None:
    running.tick(101)


def cannot_parse(running: Running) -> None:
    running.world.everybody_is_well()
    running.tick(1)
    running.world.warm_ups[0][1].set_exception(ValueError("status 500"))
    running.tick(1)


def parses_for_ever(running: Running) -> None:
    running.world.everybody_is_well()
    running.tick(32)


def dies_while_it_warms(running: Running) -> None:
    running.world.everybody_is_well()
    running.tick(1)
    running.world.started("rasa")[1].status = -11
    running.tick(1)


@pytest.mark.parametrize(
    ("accident", "reason"),
    [
        (crashes, "exit status 1"),
        (stays_silent, "did not answer within 100 s"),
        (cannot_parse, "status 500"),
        (parses_for_ever, "within 30 s"),
        (dies_while_it_warms, "signal 11"),
    ],
)
def test_a_bad_model_leaves_the_old_one_in_service(
    running: Running, accident: Callable[[Running], None], reason: str
) -> None:
    before = running.record("rasa.json")
    running.ask_for(str(running.new_model()))
    running.tick(1)
    accident(running)
    record = running.record("promotion.json")
    assert record["state"] == "failed"
    assert reason in str(record["reason"])
    assert running.record("rasa.json") == before
    assert running.supervisor.all_healthy
    assert running.world.started("rasa")[1].status is not None
    assert running.world.promoted == []


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("/etc/passwd", "not inside"),
        ("../outside.tar.gz", "not inside"),
        (None, "names no model"),
        (7, "names no model"),
        ("", "names no model"),
    ],
)
def test_only_models_of_our_own_store_are_loaded(
    running: Running, model: object, reason: str
) -> None:
    running.ask_for(model)
    running.tick(1)
    record = running.record("promotion.json")
    assert record["state"] == "failed"
    assert reason in str(record["reason"])
    assert len(running.world.started("rasa")) == 1


def test_a_missing_model_and_a_broken_request_are_refused(running: Running) -> None:
    running.ask_for(str(running.world.var / "models" / "nowhere.tar.gz"))
    running.tick(1)
    assert "does not exist" in str(running.record("promotion.json")["reason"])
    (running.world.var / "promote.json").write_text("{broken")
    running.tick(1)
    assert "names no model" in str(running.record("promotion.json")["reason"])
    assert not (running.world.var / "promote.json").exists()


def test_a_second_request_waits_for_the_first(running: Running) -> None:
    running.ask_for(str(running.new_model("second")))
    running.tick(1)
    running.ask_for(str(running.new_model("third")))
    running.tick(1)
    assert len(running.world.started("rasa")) == 2
    crashes(running)
    running.tick(2)
    assert running.record("promotion.json")["model"] == str(
        running.world.var / "models" / "third.tar.gz"
    )


def test_stopping_ends_app_then_rasa_and_the_candidate(running: Running) -> None:
    running.ask_for(str(running.new_model()))
    running.tick(2)
    ended: list[str] = []
    app, rasa = running.world.started("app")[0], running.world.started("rasa")[0]
    app.obeys = rasa.obeys = False

    def wait(seconds: float) -> None:
        running.world.time += seconds
        for process in (app, rasa):
            if process.terminated and process.status is None:
                ended.append(process.spec.name)
                process.status = 0

    running.supervisor.stop(wait)
    assert ended == ["app", "rasa"]
    assert all(process.status is not None for process in running.world.processes)
    assert running.record("promotion.json")["reason"] == "the supervisor was stopped"
    assert not (running.world.var / "rasa.json").exists()


@pytest.mark.parametrize(
    ("serves", "state"), [("first.tar.gz", "failed"), ("second.tar.gz", "done")]
)
def test_a_killed_supervisor_leaves_no_promotion_that_runs_for_ever(
    tmp_path: Path, serves: str, state: str
) -> None:
    """What the next one serves says how the last promotion ended: before the switch, or after it."""
    left = {"id": "a request", "state": "running", "model": str(tmp_path / "models" / serves)}
    (tmp_path / "promotion.json").write_text(
        json.dumps({**left, "model": str(tmp_path / "models" / "second.tar.gz")})
    )
    world = World(tmp_path)
    supervisor = world.supervisor(serves)
    record = json.loads((tmp_path / "promotion.json").read_text())
    assert (record["id"], record["state"]) == ("a request", state)
    supervisor.tick()
    assert len(world.started("rasa")) == 1
    assert json.loads((tmp_path / "rasa.json").read_text())["model"] == left["model"]


def test_a_request_that_nobody_waits_for_any_more_is_not_carried_out(tmp_path: Path) -> None:
    request = {"id": "an old request", "model": str(tmp_path / "models" / "second.tar.gz")}
    (tmp_path / "promote.json").write_text(json.dumps(request))
    world = World(tmp_path)
    world.supervisor().tick()
    assert len(world.started("rasa")) == 1
    record = json.loads((tmp_path / "promotion.json").read_text())
    assert (record["id"], record["state"]) == ("an old request", "failed")
    assert "restarted" in record["reason"]


def test_a_second_signal_does_not_wait(running: Running) -> None:
    for process in running.world.processes:
        process.obeys = False
    running.supervisor.request_stop()
    running.supervisor.request_stop()
    running.supervisor.stop(lambda _seconds: None)
    assert all(process.killed for process in running.world.processes)
    assert running.supervisor.app.state is State.STOPPED
