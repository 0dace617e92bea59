"""The small JSON files through which supervisor and app speak; written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: Where the app finds Rasa: {"url", "model", "pid"}.
RASA = "rasa.json"
#: The app asks for another model: {"id", "model": path}; removed when it is taken up.
PROMOTE = "promote.json"
#: How the latest promotion went: {"id", "state": "running" | "done" | "failed", "model", "reason"}; the
#: id is the request's.
PROMOTION = "promotion.json"
#: The app asks for a model that reads along: {"id", "model": path}, or for its end: {"id", "model": null}.
SHADOW = "shadow.json"
#: What became of that: {"id", "state": "starting" | "running" | "stopped" | "failed", "model", "url", "reason"}.
SHADOWING = "shadowing.json"
#: What runs under the supervisor: {"pid", "services": {name: {"state", "pid", "url", "reason"}}}.
SUPERVISOR = "supervisor.json"


def write_record(path: Path, record: Mapping[str, object]) -> None:
    """Write a record so that a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(dict(record), indent=2) + "\n", "utf-8")
    draft.replace(path)


def take_record(path: Path) -> dict[str, Any] | None:
    """Take a request away and return it; None when there is none. One that makes no sense is empty.

    Its writer withdraws it by removing the file: of the two, only one finds it.
    """
    taken = path.with_name(f".{path.name}.taken")
    try:
        path.replace(taken)
    except FileNotFoundError:
        return None
    request = read_record(taken) or {}
    taken.unlink(missing_ok=True)
    return request


def read_record(path: Path) -> dict[str, Any] | None:
    """Return the record, or None when it is missing or is no JSON object."""
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None
