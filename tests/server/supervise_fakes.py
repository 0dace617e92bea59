"""Processes, probes and time that a test holds in its hand."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from server.supervise.process import Spec
from server.supervise.supervisor import Plan, Supervisor


@dataclass
class FakeProcess:
    pid: int
    spec: Spec
    status: int | None = None
    obeys: bool = True
    """Whether it ends when asked politely."""
    killed: bool = False
    terminated: bool = False

    def poll(self) -> int | None:
        return self.status

    def terminate(self) -> None:
        self.terminated = True
        if self.obeys and self.status is None:
            self.status = 0

    def kill(self) -> None:
        self.killed = True
        if self.status is None:
            self.status = -9


@dataclass
class FakeProbe:
    well: bool = False
    closed: bool = False

    def healthy(self) -> bool:
        return self.well

    def close(self) -> None:
        self.closed = True


@dataclass
class World:
    """One machine: what was started, what was said, what time it is."""

    var: Path
    time: float = 1000.0
    processes: list[FakeProcess] = field(default_factory=list)
    probes: dict[str, FakeProbe] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    warm_ups: list[tuple[str, Future[None]]] = field(default_factory=list)
    promoted: list[Path] = field(default_factory=list)
    spawn_error: OSError | None = None
    free_mb: float | None = 8000.0

    def spawn(self, spec: Spec) -> FakeProcess:
        if self.spawn_error is not None:
            raise self.spawn_error
        self.processes.append(FakeProcess(100 + len(self.processes), spec))
        return self.processes[-1]

    def probe(self, url: str) -> FakeProbe:
        self.probes[url] = FakeProbe()
        return self.probes[url]

    def warm_up(self, url: str) -> Future[None]:
        self.warm_ups.append((url, Future()))
        return self.warm_ups[-1][1]

    def started(self, name: str) -> list[FakeProcess]:
        return [process for process in self.processes if process.spec.name == name]

    def everybody_is_well(self) -> None:
        for probe in self.probes.values():
            probe.well = True

    def spec(self, name: str, url: str, *words: str) -> Spec:
        log = self.var / "logs" / f"{name}.log"
        return Spec(name, (name, *words), url, log, self.var, start_limit=100.0, hang_limit=10.0)

    def supervisor(self, name: str = "first.tar.gz") -> Supervisor:
        """A supervisor that begins with this model."""
        model = self.var / "models" / name
        model.parent.mkdir(parents=True, exist_ok=True)
        model.write_bytes(b"model")
        ports = iter(range(7001, 7100))
        return Supervisor(
            Plan(
                var=self.var,
                app=self.spec("app", "http://app/health"),
                rasa=lambda model, port: self.spec("rasa", f"http://rasa:{port}/", str(model)),
                rasa_url=lambda port: f"http://rasa:{port}",
                free_port=lambda: next(ports),
                model=model,
                rasa_port=5005,
                spawn=self.spawn,
                probe=self.probe,
                warm_up=self.warm_up,
                say=self.said.append,
                now=lambda: self.time,
                promoted=self.promoted.append,
                free_mb=lambda: self.free_mb,
            )
        )
