"""Start Rasa's server with our channel: `python -m bot.serve --model PATH --port N`."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import environment

if TYPE_CHECKING:
    from sanic import Sanic

BACKLOG = 256


def build(
    model: Path, settings: environment.Environment, root: Path = environment.ROOT
) -> Sanic[Any, Any]:
    """Return the server, which loads the model when it starts and stops when it can't."""
    from bot import logs

    logs.calm_warnings()
    from rasa.core import run
    from rasa.core.utils import AvailableEndpoints

    from bot import patches, speed

    logs.configure()
    patches.apply(settings.action_timeout)
    endpoints = AvailableEndpoints.read_endpoints(str(root / "endpoints.yml"))
    channels = run.create_http_input_channels(None, str(root / "credentials.yml"))
    app: Sanic[Any, Any] = run.configure_app(
        channels, cors=None, auth_token=settings.rasa_token, enable_api=True, endpoints=endpoints
    )

    async def load(app: Sanic[Any, Any], loop: object) -> None:
        await run.load_agent_on_start(str(model), endpoints, None, app, loop)
        # Rasa logs a model that it can't load and serves without one.
        if not app.ctx.agent.is_ready():
            raise RuntimeError(f"the model {model} cannot be loaded")
        # What is loaded by now stays: the garbage collector need not look through it again in a turn.
        gc.collect()
        gc.freeze()

    async def hang_up(app: Sanic[Any, Any], loop: object) -> None:
        await speed.close(endpoints.action)

    app.register_listener(load, "before_server_start")
    app.register_listener(hang_up, "after_server_stop")
    app.register_listener(run.close_resources, "after_server_stop")
    return app


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.serve", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="a file that bot.train wrote")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--host", default="127.0.0.1", help="loopback unless a firewall protects it"
    )
    chosen = parser.parse_args(arguments)
    environment.quiet()
    try:
        settings = environment.read()
        if not chosen.model.is_file():
            raise environment.ConfigurationError(f"{chosen.model} is no file: run bot.train first")
    except environment.ConfigurationError as error:
        print(f"bot.serve: {error}", file=sys.stderr)  # noqa: T201 - a command's own words
        return 2
    app = build(chosen.model, settings)
    app.run(host=chosen.host, port=chosen.port, workers=1, access_log=False, backlog=BACKLOG)
    return 0


if __name__ == "__main__":
    sys.exit(main())
