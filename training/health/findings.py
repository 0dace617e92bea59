"""What a look at the training data can find, and where each finding is mended."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any


class Kind(enum.StrEnum):
    CONFUSED = "confused"
    DOUBLE = "double"
    FEW = "few"
    MANY = "many"
    UNLIKE = "unlike"
    UNUSED = "unused"
    DRIFT = "drift"
    MOVED = "moved"
    GOLDEN = "golden"


@dataclass(frozen=True)
class Line:
    """An example, or with `message` something that a customer wrote."""

    intent: str
    text: str
    message: bool = False
    note: str = ""


@dataclass(frozen=True)
class Finding:
    kind: Kind
    about: tuple[str, ...]
    """What it is about: intents, texts, a week. The same again is the same finding."""
    intents: tuple[str, ...]
    """Whose examples or messages mend it."""
    weight: float
    """Orders findings of one kind, the weightiest first."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """The numbers that its sentence says (`words.title`)."""
    lines: tuple[tuple[Line, ...], ...] = ()
    """Examples to look at, in groups that belong together."""

    @property
    def key(self) -> str:
        return hashlib.sha256("\0".join((self.kind, *self.about)).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Finding:
        return cls(
            kind=Kind(found["kind"]),
            about=tuple(found["about"]),
            intents=tuple(found["intents"]),
            weight=float(found["weight"]),
            figures=dict(found["figures"]),
            lines=tuple(tuple(Line(**line) for line in group) for group in found["lines"]),
        )


def left(finding: Finding, there: set[tuple[str, str]]) -> Finding | None:
    """Return what is left of a finding whose examples may have been mended; None: nothing."""
    if finding.kind not in (Kind.CONFUSED, Kind.DOUBLE, Kind.UNLIKE):
        return finding
    groups = tuple(
        group
        for group in finding.lines
        if all(line.message or (line.intent, line.text) in there for line in group)
    )
    if groups or finding.kind is Kind.CONFUSED:
        return replace(finding, lines=groups)
    return None
