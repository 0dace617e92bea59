"""Whether a model still fits the files: one that calls actions that are gone would fail customers."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import yaml

from server.errors import Conflict

METADATA = "metadata.json"


class DoesNotFit(Conflict):
    code = "does_not_fit"
    message = "This model does not fit the domain as it is now."


def check(model: Path, domain: Path) -> None:
    """Let a model pass whose actions are all in the domain, or that can't be looked into: a start tells then.

    Raises:
        DoesNotFit: it calls actions that the domain does not have any more.
    """
    own, there = _of_model(model), _of_file(domain)
    if own is None or there is None:
        return
    if gone := sorted(own - there):
        raise DoesNotFit(
            f"This model calls actions that are gone: {', '.join(gone)}. Bring them back, with the "
            "domain of that time, or train anew."
        )


def _of_model(model: Path) -> set[str] | None:
    """Return the actions that Rasa noted when it packed the model."""
    try:
        with tarfile.open(model) as archive:
            for member in archive:
                if Path(member.name).name == METADATA and (file := archive.extractfile(member)):
                    return _actions(json.load(file)["domain"])
    except (OSError, ValueError, KeyError, TypeError, tarfile.TarError):
        return None
    return None


def _of_file(domain: Path) -> set[str] | None:
    try:
        return _actions(yaml.safe_load(domain.read_text("utf-8")))
    except (OSError, ValueError, TypeError, AttributeError, yaml.YAMLError):
        return None


def _actions(domain: object) -> set[str] | None:
    found = domain.get("actions") if isinstance(domain, dict) else None
    if not isinstance(found, list):
        return None
    return {str(next(iter(one)) if isinstance(one, dict) else one) for one in found if one}
