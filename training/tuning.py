"""Make a tuned encoder of labelled texts: `encoder.tune`, exported and loaded as it would serve."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from encoder import Encoder
from encoder.export import export
from encoder.source import Source, find_source
from encoder.tune import Progress, pace, tune

#: Half the size and twice the speed are not worth it here: int8 is judged on search, which this one never
#: does, and what it loses on intents would be measured on the few examples held out.
PRECISION = "fp32"


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
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".tuning-") as work:
            weights = Path(work) / folder.name
            tune(self._source.folder, weights, texts, labels, steps=steps, progress=progress)
            export(find_source(str(weights)), folder, precision=PRECISION)
        return Encoder.load(folder, precision=PRECISION)
