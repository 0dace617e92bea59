"""What exactly is started: commands, environments, addresses."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from encoder.adapted import adapted_for
from server.settings import ROOT, Settings
from server.supervise.process import Spec

BOT_PYTHON = ROOT / ".venv/bot/bin/python"
APP_PYTHON = ROOT / ".venv/app/bin/python"

#: What Rasa needs; the database and the first password are none of its business.
RASA_SETTINGS = (
    "environment",
    "var",
    "rasa_token",
    "channel_secret",
    "precision",
    "tracker_url",
    "action_timeout",
    "frustration_acknowledge",
    "frustration_offer",
    "frustration_handoff",
)


def app_spec(settings: Settings) -> Spec:
    """Return how to start the app."""
    return Spec(
        name="app",
        command=(str(APP_PYTHON), "-m", "server.serve"),
        health_url=f"{app_url(settings)}/health",
        log=settings.var / "logs" / "app.log",
        folder=ROOT,
        environment=_environment(settings, tuple(type(settings).model_fields)),
        start_limit=120.0,
    )


def rasa_spec(settings: Settings, model: Path, port: int) -> Spec:
    """Return how to start Rasa with one model on one loopback port."""
    return Spec(
        name="rasa",
        command=(
            str(BOT_PYTHON), "-m", "bot.serve", "--model", str(model), "--port", str(port),
        ),
        health_url=f"{rasa_url(port)}/",
        log=settings.var / "logs" / "rasa.log",
        folder=ROOT,
        environment=rasa_environment(settings),
    )  # fmt: skip


def rasa_environment(settings: Settings) -> dict[str, str]:
    """Return the environment in which Rasa serves and trains."""
    # Always set, or one that the house's own environment names would serve unchecked.
    adapted = adapted_for(settings.encoder_path, settings.intent_encoder_path)
    return {
        **_environment(settings, RASA_SETTINGS),
        "HANDRAIL_ENCODER_PATH": str(settings.encoder_path),
        "HANDRAIL_INTENT_ENCODER_PATH": str(settings.intent_encoder_path) if adapted else "",
        "HANDRAIL_APP_URL": app_url(settings),
        "HANDRAIL_VECTORS": str(settings.var / "vectors"),
        "RASA_TELEMETRY_ENABLED": "false",
        "HF_HUB_OFFLINE": "1",
        # TensorFlow comes along with Rasa and greets every start with twenty lines.
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }


def rasa_url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def app_url(settings: Settings) -> str:
    """Return the address under which this machine reaches the app."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(  # noqa: S104 - a comparison
        settings.host, settings.host
    )
    return f"http://{host}:{settings.port}"


def port_is_free(host: str, port: int) -> bool:
    """Tell whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: an address that only lingers after a stop is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(settings: Settings, names: tuple[str, ...]) -> dict[str, str]:
    """Return this process's environment with exactly these settings of ours, and our import path."""
    fields = {f"HANDRAIL_{name.upper()}" for name in type(settings).model_fields}
    # What is no setting of the app's stays: HANDRAIL_TRACKER_DB is between the house and Rasa.
    kept = {name: value for name, value in os.environ.items() if name not in fields}
    ours = {f"HANDRAIL_{name.upper()}": _text(getattr(settings, name)) for name in names}
    return {**kept, **ours, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def _text(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value if isinstance(value, str) else json.dumps(value, default=str).strip('"')
