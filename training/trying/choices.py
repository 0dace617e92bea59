"""Which models can be tried: the serving one, the candidate, and whatever else is kept."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.errors import NotFound
from training.models import RunState, TrainingRun
from training.promoting.kept import KeptModel
from training.promoting.steps import SUFFIX, name_of
from training.serving import is_kept


class Kind(enum.StrEnum):
    SERVING = "serving"
    CANDIDATE = "candidate"
    KEPT = "kept"


@dataclass(frozen=True)
class Choice:
    name: str
    path: Path
    kind: Kind


def choices_of(kept: Sequence[KeptModel], run: TrainingRun | None) -> list[Choice]:
    """Return what can be tried, the serving model first, then the candidate; a candidate is the latest training's
    model that nobody has decided about."""
    waiting = run is not None and run.state is RunState.DONE and run.choice is None and run.model
    candidate = Path(str(run.model)) if run is not None and waiting else None
    found = [
        Choice(
            model.name,
            model.path,
            Kind.SERVING
            if model.serving
            else Kind.CANDIDATE
            if model.path == candidate
            else Kind.KEPT,
        )
        for model in kept
    ]
    known = {choice.path for choice in found}
    if candidate is not None and candidate not in known and is_kept(candidate):
        found.append(Choice(name_of(candidate), candidate, Kind.CANDIDATE))
    return sorted(found, key=lambda choice: list(Kind).index(choice.kind))


def usual(choices: Sequence[Choice]) -> list[str]:
    """Return the names to begin with: the serving model beside the candidate, or else the first."""
    beside = [choice.name for choice in choices if choice.kind is not Kind.KEPT]
    return beside[:2] or [choice.name for choice in choices[:1]]


def named(choices: Sequence[Choice], name: str) -> Choice:
    """Return a model by its name; paths are never taken from outside.

    Raises:
        NotFound: none is called so.
    """
    bare = name.strip().removesuffix(SUFFIX)
    found = next((choice for choice in choices if choice.name == bare), None)
    if found is None:
        raise NotFound(f"There is no kept model “{bare[:80]}”.")
    return found
