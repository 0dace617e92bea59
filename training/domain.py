"""The intents that the assistant knows, as `domain.yml` lists them."""

from __future__ import annotations

from pathlib import Path

import yaml

from server.errors import Unavailable

#: Rasa's own, which nobody says (rasa/shared/core/constants.py, DEFAULT_INTENTS).
NOBODYS = frozenset({"restart", "back", "session_start", "nlu_fallback"})


def intents(path: Path) -> list[str]:
    """Return the names of the intents that a message can have, in alphabetical order.

    Raises:
        Unavailable: the domain is missing or can't be read.
    """
    try:
        domain = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise Unavailable("domain.yml can't be read, so no intent is known.") from error
    listed = domain.get("intents") if isinstance(domain, dict) else None
    if not isinstance(listed, list):
        raise Unavailable("domain.yml lists no intents.")
    # An intent with options is a mapping of its name to them.
    names = (str(next(iter(one))) if isinstance(one, dict) else str(one) for one in listed)
    return sorted(set(names) - NOBODYS)
