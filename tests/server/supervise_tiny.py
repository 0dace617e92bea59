"""A real supervisor over tiny real services; run as a program it is what a test kills."""

from __future__ import annotations

import signal
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx

from server.supervise.health import HttpProbe
from server.supervise.process import GUARD, Spec, spawn
from server.supervise.specs import free_port, rasa_url
from server.supervise.supervisor import Plan, Supervisor

TINY = Path(__file__).with_name("tiny_server.py")


def tiny_spec(var: Path, name: str, port: int, *more: str) -> Spec:
    return Spec(
        name=name,
        command=(sys.executable, "-I", str(TINY), str(port), str(var / f"{name}.mode"), *more),
        health_url=f"http://127.0.0.1:{port}/",
        log=var / "logs" / f"{name}.log",
        folder=var,
        environment={"PATH": "/usr/bin:/bin"},
        start_limit=10.0,
        hang_limit=2.0,
    )


def tiny_plan(var: Path, said: list[str]) -> Plan:
    pool = ThreadPoolExecutor(1)

    def ask(url: str) -> None:
        httpx.post(url, timeout=5, trust_env=False).raise_for_status()

    def warm_up(url: str) -> Future[None]:
        return pool.submit(ask, url)

    def rasa(model: Path, port: int) -> Spec:
        # A model whose text is "broken" makes its Rasa end at once.
        if model.read_text() == "broken":
            broken = tiny_spec(var, "rasa", port)
            return Spec("rasa", ("false",), broken.health_url, broken.log, var, broken.environment)
        return tiny_spec(var, "rasa", port)

    model = var / "models" / "first.tar.gz"
    model.parent.mkdir(parents=True, exist_ok=True)
    model.write_text("first")
    return Plan(
        var=var,
        app=tiny_spec(var, "app", free_port(), str(var / "grandchild.pid"), str(GUARD)),
        rasa=rasa,
        rasa_url=rasa_url,
        free_port=free_port,
        model=model,
        rasa_port=free_port(),
        spawn=spawn,
        probe=lambda url: HttpProbe(url, interval=0.1, timeout=1.0),
        warm_up=warm_up,
        say=said.append,
        now=time.monotonic,
    )


def main() -> None:
    supervisor = Supervisor(tiny_plan(Path(sys.argv[1]), []))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.request_stop())
    supervisor.run(on_ready=lambda: Path(sys.argv[1], "ready").touch())


if __name__ == "__main__":
    main()
