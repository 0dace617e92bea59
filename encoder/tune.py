"""Tune a sentence encoder on labelled texts, so that texts of one label come closer together.

The loss is the
cross-entropy of a cosine classifier on top, which is thrown away afterwards: its rows begin as the
labels' mean vectors, so that the encoder, not the classifier, has to learn (as in "A Closer Look at
Few-shot Classification", Chen et al. 2019, arXiv:1904.04232).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from numpy import int64
from numpy.typing import NDArray

from encoder.school import BATCH, School, batches

#: Chosen on rows of banking77's train that were not drawn (draw 1, 10 examples per intent): base 83.4 %,
#: 2 epochs at 1e-4 85.2 %, 4 epochs 84.9 %.
EPOCHS = 2
RATE = 1e-4
#: The classifier on top learns faster: it starts from means, and is not kept.
HEAD_RATE = 20 * RATE
SCALE = 16.0
#: What a label's name counts beside the mean of its texts.
NAME_SHARE = 0.5
#: Steps that take the pace, after one that is not counted.
PROBE = 3

Progress = Callable[[int, int], None]
"""Is told the steps done and the steps in all."""


def steps_for(count: int, epochs: int = EPOCHS) -> int:
    """Return the steps in which this many texts are read `epochs` times."""
    return epochs * math.ceil(count / BATCH)


def tune(
    source: Path,
    target: Path,
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    steps: int,
    seed: int = 0,
    progress: Progress | None = None,
) -> None:
    """Write to `target` the sentence-transformers folder `source`, tuned; the same input gives the same.

    Raises:
        ValueError: texts and labels are not as many, or there are fewer than two labels.
    """
    school = _Classes(source, texts, labels, seed, steps)
    for done, batch in enumerate(batches(len(texts), steps, seed), start=1):
        school.step(batch)
        if progress is not None:
            progress(done, steps)
    school.save(target)


def pace(source: Path, texts: Sequence[str], labels: Sequence[str], *, seed: int = 0) -> float:
    """Return the seconds that one step takes here and now; nothing is written."""
    school = _Classes(source, texts, labels, seed, PROBE + 1)
    first, *rest = batches(len(texts), PROBE + 1, seed)
    school.step(first)
    started = time.monotonic()
    for batch in rest:
        school.step(batch)
    return (time.monotonic() - started) / PROBE


class _Classes:
    """The encoder and the classifier on top."""

    def __init__(
        self, source: Path, texts: Sequence[str], labels: Sequence[str], seed: int, steps: int
    ) -> None:
        if len(texts) != len(labels):
            raise ValueError(f"{len(texts)} texts and {len(labels)} labels: not the same")
        names = sorted(set(labels))
        if len(names) < 2:
            raise ValueError(f"tuning needs two labels or more, got {names}")
        self._school = School(source, seed)
        self._torch = torch = self._school.torch
        self._texts = list(texts)
        places = {name: place for place, name in enumerate(names)}
        self._labels = torch.tensor([places[label] for label in labels])
        self._head = torch.nn.Parameter(self._means(names))
        self._school.begin(steps, RATE, {"params": [self._head], "lr": HEAD_RATE})

    def step(self, batch: NDArray[int64]) -> None:
        """Learn from the texts at these places."""
        torch = self._torch
        vectors = self._school.vectors([self._texts[place] for place in batch])
        head = torch.nn.functional.normalize(self._head, dim=1)
        truth = self._labels[torch.from_numpy(batch)]
        self._school.learn(torch.nn.functional.cross_entropy(SCALE * vectors @ head.T, truth))

    def save(self, target: Path) -> None:
        self._school.save(target)

    def _means(self, names: Sequence[str]) -> Any:
        torch = self._torch
        vectors = self._school.still(self._texts)
        named = self._school.still([name.replace("_", " ").lower() for name in names])
        means = [
            vectors[self._labels == place].mean(0) + NAME_SHARE * named[place]
            for place in range(len(names))
        ]
        return torch.nn.functional.normalize(torch.stack(means), dim=1)
