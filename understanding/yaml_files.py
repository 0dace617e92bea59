"""Data of the house in YAML files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def read_yaml(path: Path, failure: type[Exception]) -> Any:
    """Return a file's content.

    Raises:
        failure: it is missing, or no YAML; the text names the file.
    """
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise failure(f"{path}: cannot be read: {error}") from error
