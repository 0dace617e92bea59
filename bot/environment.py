"""Environment variables: what serving reads, with defaults, and what must be there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEVELOPMENT_SECRET = "development-only"  # noqa: S105 - refused outside development
SHORTEST_SECRET = 16
SECRETS = ("HANDRAIL_RASA_TOKEN", "HANDRAIL_CHANNEL_SECRET")


class ConfigurationError(Exception):
    """A variable is missing or has the wrong form; the text says which and what to do."""


@dataclass(frozen=True)
class Environment:
    """What `bot.serve` reads from the environment; the rest stands in endpoints.yml."""

    rasa_token: str
    action_timeout: float


def quiet(threads: int = 1) -> None:
    """Keep libraries from calling home, filling the log, and fighting over two cores.

    Serving takes one thread: it is made of 2 ms products, and the other core belongs to the app.

    Must run before Rasa, TensorFlow or numpy is imported.
    """
    defaults = {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "HF_HUB_OFFLINE": "1",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        # Rasa draws progress bars at INFO.
        "LOG_LEVEL": "WARNING",
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
        "TF_INTRA_OP_PARALLELISM_THREADS": "1",
        "TF_INTER_OP_PARALLELISM_THREADS": "1",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


def read() -> Environment:
    """Read and complete the environment; afterwards endpoints.yml finds all that it names.

    Raises:
        ConfigurationError: a secret is missing, or a default one is left outside development.
    """
    environment = os.environ.get("HANDRAIL_ENVIRONMENT", "development")
    for name in SECRETS:
        secret = os.environ.get(name, "")
        if not secret:
            raise ConfigurationError(f"{name} must be set (make run writes var/secrets.env)")
        weak = secret == DEVELOPMENT_SECRET or len(secret) < SHORTEST_SECRET
        if environment == "production" and weak:
            raise ConfigurationError(
                f"{name} is a default or shorter than {SHORTEST_SECRET} characters"
            )
    app = os.environ.get("HANDRAIL_APP_URL", "http://127.0.0.1:8080").rstrip("/")
    var = Path(os.environ.get("HANDRAIL_VAR") or ROOT / "var")
    os.environ.setdefault("HANDRAIL_ACTION_URL", f"{app}/internal/actions/webhook")
    os.environ.setdefault("HANDRAIL_TRACKER_DB", str(var / "rasa.db"))
    # A whole URL, such as postgresql://user:password@host/name, wins over the file.
    os.environ.setdefault("HANDRAIL_TRACKER_URL", "")
    if not os.environ["HANDRAIL_TRACKER_URL"]:
        Path(os.environ["HANDRAIL_TRACKER_DB"]).parent.mkdir(parents=True, exist_ok=True)
    return Environment(os.environ["HANDRAIL_RASA_TOKEN"], _seconds("HANDRAIL_ACTION_TIMEOUT", 3.0))


def _seconds(name: str, default: float) -> float:
    text = os.environ.get(name) or str(default)
    try:
        value = float(text)
    except ValueError as error:
        raise ConfigurationError(f"{name} must be a number of seconds, got {text!r}") from error
    if not 0 < value <= 300:
        raise ConfigurationError(f"{name} must be above 0 and at most 300 seconds, got {text!r}")
    return value
