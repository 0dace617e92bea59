"""Random secrets of this install, in `var/secrets.env`, readable by its owner only."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from pydantic import SecretStr

from server.settings import DEVELOPMENT_SECRET, Settings

FILE = "secrets.env"
KEYS = ("HANDRAIL_RASA_TOKEN", "HANDRAIL_CHANNEL_SECRET", "HANDRAIL_FIRST_PASSWORD")
SHORTEST = 16


class Secrets:
    name = "secrets"
    title = "secrets of this install"

    def is_done(self, settings: Settings) -> bool:
        path = settings.var / FILE
        return not _missing(path) and _mode(path) == 0o600

    def do(self, settings: Settings) -> str:
        return f"{write_secrets(settings.var)} new in {FILE}"


def write_secrets(var: Path) -> int:
    """Add what is missing to `secrets.env`, keep what stands there; return how many are new.

    Needs no settings, because in production the settings cannot be read before the secrets exist.
    """
    path = var / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    missing = _missing(path)
    kept = {key: value for key, value in read_secrets(path).items() if key not in missing}
    # 16 random bytes for the password that a person types, 32 for the others.
    made = {key: secrets.token_urlsafe(16 if key.endswith("PASSWORD") else 32) for key in missing}
    draft = path.with_name(f".{FILE}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    # The mode is right from the first byte, not corrected afterwards.
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{key}={value}\n" for key, value in {**kept, **made}.items())
    draft.replace(path)
    return len(made)


def read_secrets(path: Path) -> dict[str, str]:
    """Return the file's `KEY=value` lines; none when it is missing."""
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}


def with_secrets(settings: Settings) -> Settings:
    """Return the settings with this install's secrets where the default ones stood."""
    found = read_secrets(settings.var / FILE)
    update: dict[str, SecretStr] = {}
    for key in KEYS:
        field = key.removeprefix("HANDRAIL_").lower()
        value: SecretStr = getattr(settings, field)
        if value.get_secret_value() == DEVELOPMENT_SECRET and key in found:
            update[field] = SecretStr(found[key])
    return settings.model_copy(update=update)


def _missing(path: Path) -> list[str]:
    found = read_secrets(path)
    return [key for key in KEYS if len(found.get(key, "")) < SHORTEST]


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
