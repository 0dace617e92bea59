"""Which model answers customers now, and which models are kept."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from training.files import read_json

#: Models of 5 MB each: a fortnight of nightly trainings would fill a page that nobody reads.
KEPT = 8
DRAFT = "training-"
"""So begins the name of a model that is being written."""


def serving_model(var: Path) -> Path | None:
    """Return the model that Rasa serves, as its supervisor says; None when nothing runs."""
    record = read_json(var / "rasa.json") or {}
    model = record.get("model")
    return Path(model) if isinstance(model, str) and model else None


def is_kept(model: Path) -> bool:
    """Whether a model's file is still there."""
    return model.is_file()


def candidates(folder: Path) -> list[Path]:
    """Return the models that were trained here, none that is being written."""
    return [path for path in folder.glob("*.tar.gz") if not path.name.startswith(DRAFT)]


def prune(folder: Path, needed: Iterable[Path | None], *, kept: int = KEPT) -> list[Path]:
    """Delete the oldest candidates beyond the newest few, but none that is needed; return what went."""
    safe = {path.resolve() for path in needed if path is not None}
    models = sorted(candidates(folder), key=lambda path: path.stat().st_mtime, reverse=True)
    gone = [path for path in models[kept:] if path.resolve() not in safe]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone
