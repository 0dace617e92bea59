"""One service's life under a clock that the test turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.supervise.service import Service, State
from tests.server.supervise_fakes import World

URL = "http://rasa/"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def state_of(service: Service) -> State:
    """A call, because a type checker takes an attribute for constant between two assertions."""
    return service.state


def service_in(world: World, *, restarts: bool = True) -> Service:
    spec = world.spec("rasa", URL)
    return Service(
        spec, spawn=world.spawn, probe=world.probe, say=world.said.append, restarts=restarts
    )


def healthy_service(world: World) -> Service:
    service = service_in(world)
    service.tick(world.time)
    world.probes[URL].well = True
    service.tick(world.time)
    assert state_of(service) is State.HEALTHY
    return service


def advance(world: World, service: Service, seconds: float) -> None:
    for _ in range(int(seconds)):
        world.time += 1
        service.tick(world.time)


def test_it_is_ready_when_it_answers_and_says_how_long_that_took(world: World) -> None:
    service = service_in(world)
    service.tick(world.time)
    advance(world, service, 7)
    assert state_of(service) is State.STARTING
    world.probes[URL].well = True
    service.tick(world.time)
    assert state_of(service) is State.HEALTHY
    assert world.said == ["rasa is ready after 7.0 s"]


def test_a_crash_is_told_and_restarted_after_a_growing_pause(world: World) -> None:
    service = service_in(world)
    pauses = []
    for _ in range(7):
        service.tick(world.time)
        world.processes[-1].status = 1
        service.tick(world.time)
        assert state_of(service) is State.WAITING
        crashed, begun = world.time, len(world.processes)
        while len(world.processes) == begun:
            world.time += 1
            service.tick(world.time)
        pauses.append(world.time - crashed)
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert "ended by itself (exit status 1); restart in 1 s" in world.said[0]


def test_a_death_by_signal_is_named(world: World) -> None:
    service = healthy_service(world)
    world.processes[-1].status = -9
    service.tick(world.time)
    assert "signal 9" in world.said[-1]


def test_a_minute_of_health_earns_a_short_pause_again(world: World) -> None:
    service = service_in(world)
    for _ in range(4):
        service.tick(world.time)
        world.processes[-1].status = 1
        service.tick(world.time)
        advance(world, service, 31)
    world.probes[URL].well = True
    advance(world, service, 62)
    world.processes[-1].status = 1
    service.tick(world.time)
    assert "restart in 1 s" in world.said[-1]


def test_what_a_crashed_process_had_started_is_ended_too(world: World) -> None:
    service = healthy_service(world)
    world.processes[-1].status = 1
    service.tick(world.time)
    assert world.processes[-1].killed
    assert world.probes[URL].closed


def test_a_hung_service_is_killed_and_restarted_but_a_short_silence_is_forgiven(
    world: World,
) -> None:
    service = healthy_service(world)
    world.probes[URL].well = False
    advance(world, service, 9)
    assert state_of(service) is State.HEALTHY
    world.probes[URL].well = True
    advance(world, service, 1)
    world.probes[URL].well = False
    advance(world, service, 10)
    assert state_of(service) is State.WAITING
    assert world.processes[0].killed
    assert "has not answered for 10 s" in world.said[-1]
    advance(world, service, 1)
    assert len(world.processes) == 2


def test_a_start_that_takes_too_long_is_broken_off(world: World) -> None:
    service = service_in(world)
    service.tick(world.time)
    advance(world, service, 100)
    assert state_of(service) is State.WAITING
    assert world.processes[0].killed
    assert "did not answer within 100 s" in world.said[-1]


def test_a_machine_without_room_is_told_and_tried_again(world: World) -> None:
    world.spawn_error = OSError(12, "Cannot allocate memory")
    service = service_in(world)
    service.tick(world.time)
    assert state_of(service) is State.WAITING
    assert "Cannot allocate memory" in world.said[-1]
    world.spawn_error = None
    advance(world, service, 1)
    assert state_of(service) is State.STARTING


def test_a_candidate_is_not_restarted(world: World) -> None:
    service = service_in(world, restarts=False)
    service.tick(world.time)
    world.processes[-1].status = 3
    service.tick(world.time)
    advance(world, service, 60)
    assert state_of(service) is State.FAILED
    assert service.reason == "ended by itself (exit status 3)"
    assert len(world.processes) == 1


def test_stopping_asks_first(world: World) -> None:
    service = healthy_service(world)
    service.stop(world.time, 8)
    service.tick(world.time)
    assert service.stopped
    assert world.processes[-1].terminated


def test_stopping_kills_what_does_not_obey(world: World) -> None:
    service = healthy_service(world)
    world.processes[-1].obeys = False
    service.stop(world.time, 8)
    advance(world, service, 7)
    assert not world.processes[-1].killed
    advance(world, service, 1)
    assert world.processes[-1].killed
    assert service.stopped


def test_stopping_during_a_pause_starts_nothing_more(world: World) -> None:
    service = healthy_service(world)
    world.processes[-1].status = 1
    service.tick(world.time)
    service.stop(world.time, 8)
    advance(world, service, 60)
    assert service.stopped
    assert len(world.processes) == 1
