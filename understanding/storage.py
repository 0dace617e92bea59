"""Models as plain arrays and JSON: reading one can never run code."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from understanding.errors import UnderstandingError
from understanding.features import COLUMNS
from understanding.intents import IntentModel
from understanding.scope import ScopeModel

FORMAT = 2
INTENT_ARRAYS, INTENT_FACTS = "intents.npz", "intents.json"
SCOPE_ARRAYS, SCOPE_FACTS = "scope.npz", "scope.json"


def save_intents(model: IntentModel, folder: Path) -> None:
    """Write the model into an existing folder."""
    np.savez(folder / INTENT_ARRAYS, weights=model.weights, biases=model.biases)
    facts = {"intents": list(model.intents), "sharpness": model.sharpness, "columns": COLUMNS}
    write_facts(folder / INTENT_FACTS, facts)


def load_intents(folder: Path) -> IntentModel:
    """Read a model that `save_intents` wrote.

    Raises:
        UnderstandingError: files are missing, damaged, or of another version.
    """
    facts = read_facts(folder / INTENT_FACTS)
    arrays = read_arrays(folder / INTENT_ARRAYS, ("weights", "biases"))
    intents = tuple(str(name) for name in facts.get("intents", []))
    weights, biases = arrays["weights"], arrays["biases"]
    fits = weights.ndim == 2 and weights.shape[1:] == biases.shape == (len(intents),)
    if not fits or facts.get("columns") != COLUMNS:
        raise UnderstandingError(f"{folder / INTENT_ARRAYS} does not fit {INTENT_FACTS}")
    return IntentModel(
        intents, weights.astype(np.float32), biases.astype(np.float32), float(facts["sharpness"])
    )


def save_scope(model: ScopeModel, folder: Path) -> None:
    """Write the model into an existing folder."""
    np.savez(folder / SCOPE_ARRAYS, examples=model.examples, weights=model.weights)
    facts = {"bias": model.bias, "threshold": model.threshold, "outside": model.outside}
    write_facts(folder / SCOPE_FACTS, facts)


def load_scope(folder: Path) -> ScopeModel:
    """Read a model that `save_scope` wrote.

    Raises:
        UnderstandingError: files are missing, damaged, or of another version.
    """
    facts = read_facts(folder / SCOPE_FACTS)
    arrays = read_arrays(folder / SCOPE_ARRAYS, ("examples", "weights"))
    if arrays["weights"].shape != (4,) or arrays["examples"].ndim != 2:
        raise UnderstandingError(f"{folder / SCOPE_ARRAYS} does not fit {SCOPE_FACTS}")
    return ScopeModel(
        arrays["examples"].astype(np.float32),
        arrays["weights"].astype(np.float64),
        float(facts["bias"]),
        float(facts["threshold"]),
        int(facts["outside"]),
    )


def write_facts(path: Path, facts: dict[str, Any]) -> None:
    """Write small facts as JSON, with the format's number."""
    text = json.dumps({"format": FORMAT, **facts}, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def read_facts(path: Path) -> dict[str, Any]:
    """Read what `write_facts` wrote.

    Raises:
        UnderstandingError: the file is missing, damaged, or of another format.
    """
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnderstandingError(f"{path} cannot be read: {error}") from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise UnderstandingError(f"{path} is not of format {FORMAT}")
    return facts


def read_arrays(path: Path, names: tuple[str, ...]) -> dict[str, Any]:
    """Read these arrays of an .npz file; nothing in it can run.

    Raises:
        UnderstandingError: the file is missing, damaged, or lacks one.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise UnderstandingError(f"{path} cannot be read: {error}") from error
