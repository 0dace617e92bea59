"""`run(settings)`: from settings to a supervisor with signals, addresses and an exit status."""

from __future__ import annotations

import fcntl
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from server.settings import DEVELOPMENT_SECRET, Settings
from server.supervise.health import HttpProbe
from server.supervise.process import spawn
from server.supervise.serving import model_to_serve, remember_promoted
from server.supervise.specs import (
    app_spec,
    app_url,
    free_port,
    port_is_free,
    rasa_spec,
    rasa_url,
)
from server.supervise.supervisor import Plan, Supervisor
from server.supervise.warm_up import ParseWarmUp


class CannotRun(Exception):
    """Something outside the services is in the way; the text says what to do."""


def run(settings: Settings) -> int:
    """Run Rasa and the app until Ctrl-C or SIGTERM; return the exit status."""
    console = Console(highlight=False, soft_wrap=True)
    say = partial(_say, console)
    try:
        with only_supervisor(settings.var):
            supervisor = Supervisor(_plan(settings, say))
            with _signals(supervisor, say):
                say("starting Rasa and the app; Ctrl-C stops both")
                supervisor.run(on_ready=lambda: _welcome(console, settings))
    except CannotRun as error:
        console.print(f"Cannot start: {error}", style="red", markup=False)
        return 1
    say("both are stopped")
    return 0


@contextmanager
def only_supervisor(var: Path) -> Iterator[None]:
    """Hold the one place of a supervisor for this data folder.

    Raises:
        CannotRun: another one runs; two would promote and write against each other.
    """
    var.mkdir(parents=True, exist_ok=True)
    with (var / "supervisor.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotRun(f"Handrail runs already on {var}; stop it first") from None
        yield


def _plan(settings: Settings, say: partial[None]) -> Plan:
    if not port_is_free(settings.host, settings.port):
        raise CannotRun(
            f"port {settings.port} of {settings.host} is taken by another program; stop it or "
            "choose another one with HANDRAIL_PORT"
        )
    model = model_to_serve(settings)
    if model is None:
        raise CannotRun("there is no trained model; run `make prepare`")
    # Rasa's own port is nobody's business: when it is taken, any other does.
    port = settings.rasa_port if port_is_free("127.0.0.1", settings.rasa_port) else free_port()
    return Plan(
        var=settings.var,
        app=app_spec(settings),
        rasa=partial(rasa_spec, settings),
        rasa_url=rasa_url,
        free_port=free_port,
        model=model,
        rasa_port=port,
        spawn=spawn,
        probe=HttpProbe,
        warm_up=ParseWarmUp(settings.rasa_token.get_secret_value()),
        say=say,
        now=time.monotonic,
        promoted=partial(remember_promoted, settings),
    )


@contextmanager
def _signals(supervisor: Supervisor, say: partial[None]) -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into a clean stop, a second one into a quick stop."""

    def handle(number: int, _frame: object) -> None:
        say(f"{signal.Signals(number).name}: stopping (once more: at once)")
        supervisor.request_stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(console: Console, text: str) -> None:
    console.print(f"{datetime.now().astimezone():%H:%M:%S}  {text}", markup=False)


def _welcome(console: Console, settings: Settings) -> None:
    address = settings.public_url.rstrip("/") or app_url(settings)
    password = settings.first_password.get_secret_value()
    where = "" if password == DEVELOPMENT_SECRET else f"  (kept in {settings.var / 'secrets.env'})"
    console.print()
    for label, text in (
        ("Customers", f"{address}/"),
        ("Staff", f"{address}/staff/login"),
        ("First sign-in", f"admin / {password}{where}"),
        ("Logs", f"{settings.var / 'logs'}"),
    ):
        console.print(f"  {label + ':':<15}{text}", markup=False)
    console.print()
