"""The small JSON files through which supervisor and app speak; written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: Where the app finds Rasa: {"url", "model", "pid"}.
RASA = "rasa.json"
#: The app asks for another model: {"model": path}; removed when it is taken up.
PROMOTE = "promote.json"
#: How the latest promotion went: {"state": "running" | "done" | "failed", "model", "reason"}.
PROMOTION = "promotion.json"
#: What runs under the supervisor: {"pid", "services": {name: {"state", "pid", "url", "reason"}}}.
SUPERVISOR = "supervisor.json"


def write_record(path: Path, record: Mapping[str, object]) -> None:
    """Write a record so that a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(dict(record), indent=2) + "\n", "utf-8")
    draft.replace(path)


def read_record(path: Path) -> dict[str, Any] | None:
    """Return the record, or None when it is missing or is no JSON object."""
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None
