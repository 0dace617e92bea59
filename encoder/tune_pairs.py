"""Tune a sentence encoder on questions and the texts that answer them, so that each pair comes closer together.

The loss is the cross-entropy over in-batch negatives (as sentence-transformers' MultipleNegativesRankingLoss,
Henderson et al. 2017, arXiv:1705.00652) plus one mined hard negative a question. A text of the same article as
the question is never its negative.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.school import BATCH, School, batches

#: Pairs have a rate of their own: texts of the index move with the questions, and too far from where the
#: base has put the language's other words costs more than it brings.
RATE = 2e-5
EPOCHS = 2
SCALE = 20.0
#: A hard negative is one of so many nearest texts of other articles.
HARD = 5
PROBE = 2

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Pairs:
    """Questions and texts, each with the number of its article; every question's article has a text."""

    questions: tuple[str, ...]
    asked_of: NDArray[np.int64]
    texts: tuple[str, ...]
    article_of: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.questions)


def steps_for(count: int, epochs: int = EPOCHS) -> int:
    """Return the steps in which this many questions are read `epochs` times."""
    return epochs * math.ceil(count / BATCH)


def tune(
    source: Path,
    target: Path,
    pairs: Pairs,
    *,
    steps: int,
    seed: int = 0,
    progress: Progress | None = None,
) -> None:
    """Write to `target` the sentence-transformers folder `source`, tuned; the same input gives the same.

    Raises:
        ValueError: there are fewer than two articles, or a question whose article has no text.
    """
    lessons = _Lessons(source, pairs, seed, steps)
    for done, batch in enumerate(batches(len(pairs), steps, seed), start=1):
        lessons.step(batch)
        if progress is not None:
            progress(done, steps)
    lessons.save(target)


def pace(source: Path, pairs: Pairs, *, seed: int = 0) -> float:
    """Return the seconds that one step takes here and now; nothing is written."""
    lessons = _Lessons(source, pairs, seed, PROBE + 1)
    first, *rest = batches(len(pairs), PROBE + 1, seed)
    lessons.step(first)
    started = time.monotonic()
    for batch in rest:
        lessons.step(batch)
    return (time.monotonic() - started) / PROBE


class _Lessons:
    def __init__(self, source: Path, pairs: Pairs, seed: int, steps: int) -> None:
        known = set(pairs.article_of.tolist())
        if len(known) < 2 or not set(pairs.asked_of.tolist()) <= known:
            raise ValueError("tuning needs two articles or more, and a text for each question's")
        self._pairs = pairs
        self._chance = np.random.default_rng(seed)
        self._school = School(source, seed)
        self._near = self._hard()
        self._school.begin(steps, RATE)

    def step(self, batch: NDArray[np.int64]) -> None:
        """Learn from the questions at these places, each with a text of its article and a hard negative."""
        pairs, torch = self._pairs, self._school.torch
        asked_of = pairs.asked_of[batch]
        right = np.array([self._answer(place) for place in batch])
        wrong = np.array([self._chance.choice(self._near[place]) for place in batch])
        offered = np.concatenate([right, wrong])
        vectors = self._school.vectors([pairs.questions[place] for place in batch])
        texts = self._school.vectors([pairs.texts[place] for place in offered])
        logits = SCALE * vectors @ texts.T
        same = pairs.article_of[offered][None, :] == asked_of[:, None]
        same[np.arange(len(batch)), np.arange(len(batch))] = False
        logits = logits.masked_fill(torch.from_numpy(same), -1e4)
        truth = torch.arange(len(batch))
        self._school.learn(torch.nn.functional.cross_entropy(logits, truth))

    def save(self, target: Path) -> None:
        self._school.save(target)

    def _answer(self, place: np.int64) -> int:
        """A text of the question's article, other words than the question's own where there are any."""
        pairs = self._pairs
        texts = np.flatnonzero(pairs.article_of == pairs.asked_of[place])
        other = [int(at) for at in texts if pairs.texts[at] != pairs.questions[place]]
        return int(self._chance.choice(other or texts))

    def _hard(self) -> list[NDArray[np.int64]]:
        """For each question, the nearest texts of other articles, by the encoder as it was."""
        pairs = self._pairs
        cosines = (self._school.still(pairs.questions) @ self._school.still(pairs.texts).T).numpy()
        cosines[pairs.article_of[None, :] == pairs.asked_of[:, None]] = -2.0
        return list(np.argsort(-cosines, axis=1)[:, :HARD].astype(np.int64))
