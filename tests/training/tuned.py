"""A house's examples that words say nothing about, and encoders that know them or don't."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.manifest import Manifest
from training.adapt import Examples
from training.tuning import Encodes

INTENTS = ("cancel_order", "greet", "order_status", "return_policy")
DIMENSION = 16


def examples(each: int = 10) -> Examples:
    """Return messages of no known words: a classifier of words is at a loss on the unseen ones."""
    rows = sorted(
        (intent, f"{zlib.crc32(f'{intent}{n}'.encode()):x}")
        for intent in INTENTS
        for n in range(each)
    )
    return Examples(tuple(text for _, text in rows), tuple(intent for intent, _ in rows))


class Encoder:
    """`knows`: whether messages of one intent lie together."""

    def __init__(self, knows: bool) -> None:
        found = examples(200)
        self._intents = dict(zip(found.texts, found.intents, strict=True)) if knows else {}

    def encode(self, text: str) -> NDArray[np.float32]:
        vector = np.random.default_rng(zlib.crc32(text.encode())).normal(size=DIMENSION)
        if text in self._intents:
            vector[INTENTS.index(self._intents[text])] += 8
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def encode_many(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self.encode(text) for text in texts])


class Tuning:
    """Takes no time but what it says."""

    def __init__(self, knows: bool, pace: float = 0.1) -> None:
        self.made: list[tuple[int, int]] = []
        """Texts and steps of each tuning."""
        self._knows = knows
        self._pace = pace

    def pace(self, texts: Sequence[str], labels: Sequence[str]) -> float:
        return self._pace

    def make(
        self,
        folder: Path,
        texts: Sequence[str],
        labels: Sequence[str],
        steps: int,
        progress: Callable[[int, int], None],
    ) -> Encodes:
        self.made.append((len(texts), steps))
        for done in range(steps):
            progress(done + 1, steps)
        folder.mkdir(parents=True)
        manifest("tuned").write(folder)
        return Encoder(self._knows)


def manifest(sha256: str) -> Manifest:
    return Manifest("x", sha256, DIMENSION, 128, "fp32", {})
