"""Scripted support chats, labelled message by message by two readers (data/frustration/README.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DEVELOP, TEST = "develop.jsonl", "test.jsonl"
#: What a reader says of a message.
CALM, IRRITATED, FRUSTRATED = 0, 1, 2


@dataclass(frozen=True)
class Said:
    """One message of the customer."""

    text: str
    failed_before: tuple[bool, ...]
    """Of each reply so far, whether the bot had none to give."""
    waited: float
    """Seconds before it was written."""


@dataclass(frozen=True)
class Talk:
    """One chat; `labels` is (readers, messages)."""

    id: str
    said: tuple[Said, ...]
    labels: NDArray[np.int64]

    @property
    def frustrated(self) -> NDArray[np.bool_]:
        """Of each message, whether both readers would step in."""
        return np.asarray(self.labels.min(axis=0) == FRUSTRATED)

    @property
    def upset(self) -> NDArray[np.bool_]:
        """Of each message, whether the readers see displeasure: two points of four, or more."""
        return np.asarray(self.labels.sum(axis=0) >= FRUSTRATED)


def read_talks(path: Path) -> list[Talk]:
    """Return the chats of a file."""
    return [_talk(json.loads(line)) for line in path.read_text("utf-8").splitlines() if line]


def _talk(row: dict[str, object]) -> Talk:
    turns = row["turns"]
    assert isinstance(turns, list)
    failed = tuple(bool(turn["bot_failed"]) for turn in turns)
    said = tuple(
        Said(turn["customer"], failed[:place], float(turn["waited"]))
        for place, turn in enumerate(turns)
    )
    labels = row["labels"]
    assert isinstance(labels, list)
    digits = np.array([[int(digit) for digit in one] for one in labels], dtype=np.int64)
    return Talk(str(row["id"]), said, digits)


def kappa(labels: NDArray[np.int64]) -> float:
    """Return Cohen's kappa of two readers, given as (2, messages)."""
    one, other = labels
    agreed = float(np.mean(one == other))
    chance = sum(float(np.mean(one == kind) * np.mean(other == kind)) for kind in np.unique(labels))
    return (agreed - chance) / (1.0 - chance)
