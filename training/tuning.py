"""Make a tuned encoder of labelled texts: `encoder.tune`, exported and loaded as it would serve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from encoder.making import make
from encoder.source import Source, find_source
from encoder.tune import Progress, pace, tune


class Encodes(Protocol):
    """What is needed of `encoder.Encoder`."""

    def encode(self, text: str) -> NDArray[np.float32]: ...

    def encode_many(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class Tunes(Protocol):
    """What makes encoders; tests bring one that takes no minutes."""

    def pace(self, texts: Sequence[str], labels: Sequence[str]) -> float:
        """Return the seconds of one step here and now."""

    def make(
        self,
        folder: Path,
        texts: Sequence[str],
        labels: Sequence[str],
        steps: int,
        progress: Progress,
    ) -> Encodes:
        """Write a tuned encoder into the folder and load it."""


class Tuning:
    """Tunes one base, given as in `HANDRAIL_ENCODER_SOURCE`."""

    def __init__(self, source: str) -> None:
        """Raises EncoderError: there is no such source."""
        self._source: Source = find_source(source)

    def pace(self, texts: Sequence[str], labels: Sequence[str]) -> float:
        return pace(self._source.folder, texts, labels)

    def make(
        self,
        folder: Path,
        texts: Sequence[str],
        labels: Sequence[str],
        steps: int,
        progress: Progress,
    ) -> Encodes:
        return make(
            folder,
            lambda weights: tune(
                self._source.folder, weights, texts, labels, steps=steps, progress=progress
            ),
        )
