"""Which model answers customers now, and which models are kept."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from training.files import read_json

KEPT = 5


def serving_model(var: Path) -> Path | None:
    """Return the model that Rasa serves, as its supervisor says; None when nothing runs."""
    record = read_json(var / "rasa.json") or {}
    model = record.get("model")
    return Path(model) if isinstance(model, str) and model else None


def is_kept(model: Path) -> bool:
    """Whether a model's file is still there."""
    return model.is_file()


def prune(folder: Path, needed: Iterable[Path | None], *, kept: int = KEPT) -> None:
    """Delete the oldest candidates beyond the newest few, but none that is needed."""
    safe = {path.resolve() for path in needed if path is not None}
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in models[kept:]:
        if path.resolve() not in safe:
            path.unlink(missing_ok=True)
