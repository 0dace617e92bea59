"""Where the training room reads and writes, and which programs it starts; tests hand in their own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from server.settings import ROOT, Settings

#: Where the public data sets lie, which nobody but measures needs (README, "Measure it").
BENCH = Path(os.environ.get("HANDRAIL_BENCH") or ROOT / "var" / "public-sets")


@dataclass(frozen=True)
class Paths:
    domain: Path
    nlu: Path
    golden: Path
    var: Path

    @classmethod
    def of(cls, settings: Settings, root: Path = ROOT) -> Paths:
        return cls(
            domain=root / "domain.yml",
            nlu=root / "data" / "nlu",
            golden=root / "data" / "golden" / "intents.yml",
            var=settings.var,
        )

    @property
    def locks(self) -> Path:
        """Beside the data: processes that share it may each have a ``var`` of their own."""
        return self.nlu.parent / ".locks"

    @property
    def rules(self) -> Path:
        return self.nlu.parent / "rules"

    @property
    def data(self) -> tuple[Path, ...]:
        """Everything that a training reads."""
        return self.nlu, self.rules, self.nlu.parent / "stories"

    @property
    def stories(self) -> Path:
        """Conversations that every model is tested with; no training reads them."""
        return self.nlu.parent / "story_tests"

    @property
    def candidates(self) -> Path:
        """Models that were trained here; inside ``var``, the only place the supervisor loads from."""
        return self.var / "candidates"

    @property
    def logs(self) -> Path:
        return self.var / "logs" / "training"


@dataclass(frozen=True)
class Tools:
    """The programs on the other Python; arguments such as ``--out`` are added."""

    train: tuple[str, ...]
    parse: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    rehearse: tuple[str, ...] = ()
    """Walks conversations for the test console; empty where there is none."""

    @classmethod
    def of(cls, environment: Mapping[str, str], root: Path = ROOT) -> Tools:
        python = str(root / ".venv" / "bot" / "bin" / "python")
        return cls(
            train=(python, "-m", "bot.train"),
            parse=(python, "-m", "bot.parse"),
            folder=root,
            environment=environment,
            rehearse=(python, "-m", "bot.rehearse"),
        )
