"""What every tuning of a sentence encoder needs: the model with its gradients, steps, and a folder at the end.

Runs in the 3.11 environment only, because it needs torch; nothing is downloaded.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BATCH = 32
DECAY = 0.01
#: Of the steps, the rate rises over the first tenth and falls to nothing over the rest.
WARM_UP = 0.1
#: Tokens that are read in training: messages are shorter, and a pasted page must not cost minutes.
MAX_TOKENS = 128


def batches(count: int, steps: int, seed: int, *, size: int = BATCH) -> Iterator[NDArray[np.int64]]:
    """Yield the places of each step's texts: all in random order, then all in another."""
    random = np.random.default_rng(seed)
    order = np.zeros(0, dtype=np.int64)
    for _ in range(steps):
        if not len(order):
            order = random.permutation(count)
        yield order[:size]
        order = order[size:]


class School:
    """An encoder that learns; the same input and seed give the same."""

    def __init__(self, source: Path, seed: int) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        # One thread gives the same sums everywhere, and the other core belongs to what serves.
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self.torch = torch
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

    def begin(self, steps: int, rate: float, *more: dict[str, Any]) -> None:
        """Prepare for so many steps; `more` are further groups of parameters with rates of their own."""
        torch = self.torch
        self._optimiser = torch.optim.AdamW(
            [{"params": self._learning, "lr": rate}, *more], weight_decay=DECAY
        )
        warm = max(1, round(WARM_UP * steps))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser,
            lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm + 1))),
        )
        self._model.train()

    def learn(self, loss: Any) -> None:
        """Take one step down this loss."""
        self._optimiser.zero_grad()
        loss.backward()
        self.torch.nn.utils.clip_grad_norm_(self._learning, 1.0)
        self._optimiser.step()
        self._schedule.step()

    def vectors(self, texts: Sequence[str]) -> Any:
        """The texts' vectors as a tensor (texts, dimension) with gradients, of length 1 each."""
        vectors = self._model(self._model.preprocess(list(texts)))["sentence_embedding"]
        return self.torch.nn.functional.normalize(vectors, dim=1)

    def still(self, texts: Sequence[str]) -> Any:
        """The same without gradients and without chance, in batches."""
        torch = self.torch
        self._model.eval()
        with torch.no_grad():
            starts = range(0, len(texts), BATCH)
            return torch.cat([self.vectors(texts[at : at + BATCH]) for at in starts])

    def save(self, target: Path) -> None:
        """Write a sentence-transformers folder."""
        self._model.max_seq_length = self._length
        self._model.eval().save(str(target), create_model_card=False)
