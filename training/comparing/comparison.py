"""A comparison as it is kept: one JSON file for each run, until its model is gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from training.comparing import data_of
from training.comparing.verdict import Verdict
from training.files import read_json, write_json

Section = dict[str, Any]
"""A section's figures, or ``{"problem": why there are none}``."""


@dataclass
class Comparison:
    """A candidate beside the model that served; each section stands or fails alone."""

    run_id: str
    at: str
    """ISO 8601, UTC."""
    candidate: str
    serving: str | None
    """File names."""
    verdict: Verdict = Verdict.UNKNOWN
    blocks: list[str] = field(default_factory=list)
    """What speaks against promoting it, in words; empty when nothing does."""
    golden: Section = field(default_factory=dict)
    crossval: Section = field(default_factory=dict)
    replay: Section = field(default_factory=dict)
    intents: Section = field(default_factory=dict)
    confusions: Section = field(default_factory=dict)
    cost: Section = field(default_factory=dict)
    stories: Section = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def figures(self) -> dict[str, Any]:
        """Return the summary for `TrainingRun.figures`: the golden set's, the verdict, what would change."""
        if "candidate" not in self.golden:
            problem = self.golden.get("problem") or "The models were not compared."
            return {"problem": str(problem)}
        return {
            **self.golden,
            "verdict": self.verdict.value,
            "blocks": list(self.blocks),
            "changes": self.replay.get("counts"),
            "replayed": self.replay.get("messages"),
        }

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Comparison:
        """Read what `asdict` gave."""
        return cls(**{**record, "verdict": Verdict(record["verdict"])})


class Store:
    """`var/comparisons`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, comparison: Comparison) -> None:
        write_json(self._path(comparison.run_id), asdict(comparison))

    def read(self, run_id: UUID) -> Comparison | None:
        """Return a comparison, or None when there is none that can be read."""
        record = read_json(self._path(str(run_id)))
        try:
            return None if record is None else Comparison.of(record)
        except (KeyError, TypeError, ValueError):
            return None

    def run_ids(self) -> set[UUID]:
        """Return the runs that something is kept of."""
        found = set()
        for path in self.folder.glob("*.json"):
            try:
                found.add(UUID(path.name.split(".")[0]))
            except ValueError:
                continue
        return found

    def prune(self, needed: Collection[UUID]) -> None:
        """Delete what is kept of other runs than these."""
        for run_id in self.run_ids() - set(needed):
            self._path(str(run_id)).unlink(missing_ok=True)
            (self.folder / f"{run_id}{data_of.ENDING}").unlink(missing_ok=True)

    def _path(self, run_id: str) -> Path:
        return self.folder / f"{run_id}.json"
