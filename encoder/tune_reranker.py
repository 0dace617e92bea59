"""Tune a cross-encoder on questions, the passage that answers each, and near passages that do not.

The loss is the cross-entropy of the right passage among its question's (so that it comes first) plus the binary
cross-entropy of each pair by itself (so that a score means the same for every question). The body begins as a
sentence encoder's, the one layer on top from nothing (Nogueira and Cho 2019, arXiv:1901.04085, begin with BERT).

Runs in the 3.11 environment only, because it needs torch; nothing is downloaded.
"""

from __future__ import annotations

import math
import os
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from encoder.reranker import MAX_CHARACTERS, MAX_TOKENS
from encoder.school import DECAY, WARM_UP, batches

#: Wrong passages that a question brings to each step.
WRONG = 3
#: Questions of a step; with WRONG = 3 it reads 32 pairs.
QUESTIONS = 8
EPOCHS = 2
RATE = 1e-4
#: The layer on top starts from nothing and may learn faster.
HEAD_RATE = 10 * RATE
PROBE = 2

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Lesson:
    """A question, the passage that answers it, and passages of other articles that search found near."""

    question: str
    right: str
    wrong: tuple[str, ...]


def steps_for(count: int, epochs: int = EPOCHS) -> int:
    """Return the steps in which this many questions are read `epochs` times."""
    return epochs * math.ceil(count / QUESTIONS)


def tune(
    source: Path,
    target: Path,
    lessons: Sequence[Lesson],
    *,
    steps: int,
    seed: int = 0,
    progress: Progress | None = None,
) -> None:
    """Write to `target` a sentence-transformers CrossEncoder folder; the same input gives the same.

    Raises:
        ValueError: there are no lessons, or one has no wrong passage.
    """
    course = _Course(source, lessons, seed, steps)
    for done, batch in enumerate(batches(len(lessons), steps, seed, size=QUESTIONS), start=1):
        course.step(batch)
        if progress is not None:
            progress(done, steps)
    course.save(target)


def pace(source: Path, lessons: Sequence[Lesson], *, seed: int = 0) -> float:
    """Return the seconds that one step takes here and now; nothing is written."""
    course = _Course(source, lessons, seed, PROBE + 1)
    first, *rest = batches(len(lessons), PROBE + 1, seed, size=QUESTIONS)
    course.step(first)
    started = time.monotonic()
    for batch in rest:
        course.step(batch)
    return (time.monotonic() - started) / PROBE


def open_cross_encoder(folder: Path) -> Any:
    """Load a CrossEncoder, or make one of a sentence encoder, with one score for each pair.

    Raises:
        OSError, ValueError: there is none in the folder that can be read.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    from sentence_transformers import CrossEncoder
    from transformers.utils import logging

    logging.disable_progress_bar()
    # A layer that is made anew is meant to be.
    logging.set_verbosity_error()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CrossEncoder(
            str(folder),
            num_labels=1,
            device="cpu",
            local_files_only=True,
            model_kwargs={"use_safetensors": True, "attn_implementation": "eager"},
        )


class _Course:
    def __init__(self, source: Path, lessons: Sequence[Lesson], seed: int, steps: int) -> None:
        if not lessons or not all(lesson.wrong for lesson in lessons):
            raise ValueError(
                "a reranker learns from questions with a right and a wrong passage each"
            )
        import torch

        # One thread gives the same sums everywhere, and the other core belongs to what serves.
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self._torch = torch
        self._lessons = lessons
        self._chance = np.random.default_rng(seed)
        self._model = open_cross_encoder(source)
        named = dict(self._model.named_parameters())
        head = [value for name, value in named.items() if "classifier" in name]
        # Words that the house's few texts lack must not fall behind those they have.
        body = [
            value
            for name, value in named.items()
            if "classifier" not in name and "embeddings" not in name
        ]
        for name, parameter in named.items():
            parameter.requires_grad = "embeddings" not in name
        self._learning = [*body, *head]
        self._optimiser = torch.optim.AdamW(
            [{"params": body, "lr": RATE}, {"params": head, "lr": HEAD_RATE}], weight_decay=DECAY
        )
        warm = max(1, round(WARM_UP * steps))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser,
            lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm + 1))),
        )
        self._model.train()

    def step(self, batch: NDArray[np.int64]) -> None:
        """Learn from the lessons at these places."""
        torch = self._torch
        questions, passages = [], []
        for place in batch:
            lesson = self._lessons[place]
            wrong = self._chance.choice(len(lesson.wrong), WRONG, replace=len(lesson.wrong) < WRONG)
            questions += [lesson.question[:MAX_CHARACTERS]] * (1 + WRONG)
            passages += [lesson.right, *(lesson.wrong[at] for at in wrong)]
        scores = self._scores(questions, passages).reshape(len(batch), 1 + WRONG)
        first = torch.zeros(len(batch), dtype=torch.long)
        right = torch.zeros_like(scores)
        right[:, 0] = 1.0
        loss = torch.nn.functional.cross_entropy(scores, first)
        loss = loss + torch.nn.functional.binary_cross_entropy_with_logits(scores, right)
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._learning, 1.0)
        self._optimiser.step()
        self._schedule.step()

    def save(self, target: Path) -> None:
        self._model.eval().save(str(target))

    def _scores(self, questions: list[str], passages: list[str]) -> Any:
        tokens = self._model.tokenizer(
            questions,
            [passage[:MAX_CHARACTERS] for passage in passages],
            padding=True,
            truncation="longest_first",
            max_length=MAX_TOKENS,
            return_tensors="pt",
        )
        return self._model.model(**tokens).logits
