"""A public intent set as a house sees it: a few examples an intent, then a month of messages nobody labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.benchmarks import sets
from training.benchmarks.heads import Examples

DAYS = 30
SHOTS = 5
A_DAY = 20
"""Labels that the trainer gives."""


@dataclass(frozen=True)
class Scene:
    """One set; the test part is asked and never learned from."""

    name: str
    train: Examples
    train_intents: tuple[str, ...]
    test: Examples
    test_intents: tuple[str, ...]


@dataclass(frozen=True)
class Month:
    """One draw: what stands at the beginning, and which message comes on which day."""

    start: tuple[int, ...]
    """Places in the train part."""
    came: tuple[tuple[int, ...], ...]
    """The places of each day's messages."""


def month(scene: Scene, seed: int, days: int = DAYS) -> Month:
    """Draw the first examples, and deal all other messages to the days at random."""
    start = sets.draw(scene.train_intents, SHOTS, seed)
    others = np.setdiff1d(np.arange(len(scene.train)), start)
    np.random.default_rng(seed).shuffle(others)
    return Month(tuple(start), tuple(tuple(part.tolist()) for part in np.array_split(others, days)))


def cut(scene: Scene, intents: int) -> Scene:
    """The same set with its first `intents` alone, for a quick look."""
    kept = frozenset(sorted(set(scene.train_intents))[:intents])

    def part(examples: Examples, names: Sequence[str]) -> tuple[Examples, tuple[str, ...]]:
        places: NDArray[np.int64] = np.array(
            [place for place, name in enumerate(names) if name in kept], dtype=np.int64
        )
        return examples.take(places), tuple(names[place] for place in places)

    train, train_intents = part(scene.train, scene.train_intents)
    test, test_intents = part(scene.test, scene.test_intents)
    return Scene(scene.name, train, train_intents, test, test_intents)
