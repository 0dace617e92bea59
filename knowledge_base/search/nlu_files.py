"""The example messages of data/nlu, for the intent guess that calibration is fitted with."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


def read_nlu(folder: Path) -> list[tuple[str, str]]:
    """All (text, intent) pairs, entity marks removed, in a fixed order."""
    pairs = []
    for path in sorted(folder.rglob("*.yml")):
        for block in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu", ()):
            if "intent" not in block:
                continue
            for line in str(block.get("examples", "")).splitlines():
                text = _ENTITY.sub(r"\1", line.strip().removeprefix("- ")).strip()
                if text:
                    pairs.append((text, str(block["intent"])))
    return pairs
