"""Which rule of `data/rules` answers an intent, by the files themselves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
import yaml

log = structlog.get_logger(__name__)

Rules = Mapping[tuple[str, str], str]
"""Intent and first action → name of the rule."""


def read_rules(folder: Path) -> Rules:
    """Return the rules that begin with something said; a file that can't be read names none."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            content = yaml.safe_load(path.read_text("utf-8"))
            for rule in content["rules"]:
                for intent, action in _begins(rule.get("steps") or []):
                    found.setdefault((intent, action), f"{rule['rule']} ({path.name})")
        except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
            # The training says what is wrong with it; here only a name is missing.
            log.warning("rules_not_readable", file=path.name, error=type(error).__name__)
    return found


def _begins(steps: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return each intent of the first step with the action of the second."""
    if len(steps) < 2 or "action" not in steps[1]:
        return []
    said = steps[0].get("or") or [steps[0]]
    return [(str(one["intent"]), str(steps[1]["action"])) for one in said if "intent" in one]
