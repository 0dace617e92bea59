"""Tune a sentence encoder on labelled texts, so that texts of one label come closer together.

Runs in the 3.11 environment only, because it needs torch; nothing is downloaded. The loss is the
cross-entropy of a cosine classifier on top, which is thrown away afterwards: its rows begin as the
labels' mean vectors, so that the encoder, not the classifier, has to learn (as in "A Closer Look at
Few-shot Classification", Chen et al. 2019, arXiv:1904.04232).
"""

from __future__ import annotations

import math
import os
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Chosen on rows of banking77's train that were not drawn (draw 1, 10 examples per intent): base 83.4 %,
#: 2 epochs at 1e-4 85.2 %, 4 epochs 84.9 %.
EPOCHS = 2
RATE = 1e-4
#: The classifier on top learns faster: it starts from means, and is not kept.
HEAD_RATE = 20 * RATE
BATCH = 32
SCALE = 16.0
DECAY = 0.01
#: Of the steps, the rate rises over the first tenth and falls to nothing over the rest.
WARM_UP = 0.1
#: Tokens that are read in training: messages are shorter, and a pasted page must not cost minutes.
MAX_TOKENS = 128
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
    school = _School(source, texts, labels, seed, steps)
    for done, batch in enumerate(_batches(len(texts), steps, seed), start=1):
        school.step(batch)
        if progress is not None:
            progress(done, steps)
    school.save(target)


def pace(source: Path, texts: Sequence[str], labels: Sequence[str], *, seed: int = 0) -> float:
    """Return the seconds that one step takes here and now; nothing is written."""
    school = _School(source, texts, labels, seed, PROBE + 1)
    first, *rest = _batches(len(texts), PROBE + 1, seed)
    school.step(first)
    started = time.monotonic()
    for batch in rest:
        school.step(batch)
    return (time.monotonic() - started) / PROBE


def _batches(count: int, steps: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Yield the places of each step's texts: all in random order, then all in another."""
    random = np.random.default_rng(seed)
    order = np.zeros(0, dtype=np.int64)
    for _ in range(steps):
        if not len(order):
            order = random.permutation(count)
        yield order[:BATCH]
        order = order[BATCH:]


class _School:
    """The encoder, the classifier on top, and the optimiser of both."""

    def __init__(
        self, source: Path, texts: Sequence[str], labels: Sequence[str], seed: int, steps: int
    ) -> None:
        if len(texts) != len(labels):
            raise ValueError(f"{len(texts)} texts and {len(labels)} labels: not the same")
        names = sorted(set(labels))
        if len(names) < 2:
            raise ValueError(f"tuning needs two labels or more, got {names}")
        os.environ["HF_HUB_OFFLINE"] = "1"
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        # One thread gives the same sums everywhere, and the other core belongs to what serves.
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self._torch = torch
        self._texts = list(texts)
        places = {name: place for place, name in enumerate(names)}
        self._labels = torch.tensor([places[label] for label in labels])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._model = SentenceTransformer(
                str(source),
                device="cpu",
                local_files_only=True,
                model_kwargs={"use_safetensors": True, "attn_implementation": "eager"},
            )
        self._length = int(self._model.max_seq_length or 512)
        self._model.max_seq_length = min(self._length, MAX_TOKENS)
        self._head = torch.nn.Parameter(self._means(names))
        self._learning = [
            parameter
            for name, parameter in self._model.named_parameters()
            # Words that the house's few texts lack must not fall behind those they have.
            if "embeddings" not in name
        ]
        for parameter in self._model.parameters():
            parameter.requires_grad = False
        for parameter in self._learning:
            parameter.requires_grad = True
        self._optimiser = torch.optim.AdamW(
            [
                {"params": self._learning, "lr": RATE},
                {"params": [self._head], "lr": HEAD_RATE},
            ],
            weight_decay=DECAY,
        )
        warm = max(1, round(WARM_UP * steps))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser,
            lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm + 1))),
        )
        self._model.train()

    def step(self, batch: NDArray[np.int64]) -> None:
        """Learn from the texts at these places."""
        torch = self._torch
        vectors = self._vectors([self._texts[place] for place in batch])
        head = torch.nn.functional.normalize(self._head, dim=1)
        truth = self._labels[torch.from_numpy(batch)]
        loss = torch.nn.functional.cross_entropy(SCALE * vectors @ head.T, truth)
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._learning, 1.0)
        self._optimiser.step()
        self._schedule.step()

    def save(self, target: Path) -> None:
        """Write a sentence-transformers folder."""
        self._model.max_seq_length = self._length
        self._model.eval().save(str(target), create_model_card=False)

    def _means(self, names: Sequence[str]) -> Any:
        torch = self._torch
        self._model.eval()
        with torch.no_grad():
            starts = range(0, len(self._texts), BATCH)
            vectors = torch.cat([self._vectors(self._texts[at : at + BATCH]) for at in starts])
            named = self._vectors([name.replace("_", " ").lower() for name in names])
            means = [
                vectors[self._labels == place].mean(0) + NAME_SHARE * named[place]
                for place in range(len(names))
            ]
            return torch.nn.functional.normalize(torch.stack(means), dim=1)

    def _vectors(self, texts: Sequence[str]) -> Any:
        vectors = self._model(self._model.preprocess(list(texts)))["sentence_embedding"]
        return self._torch.nn.functional.normalize(vectors, dim=1)
