"""Small labelled examples whose vectors say nearly, not quite, what their intent is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WORDS = {
    "order_status": "where is my parcel",
    "refund_status": "when do i get my money back",
    "frustrated": "this is useless",
    "out_of_scope": "who won the football match",
}
DIMENSION = 16


def vector_near(intent: str, random: np.random.Generator) -> NDArray[np.float32]:
    center = np.zeros(DIMENSION)
    center[list(WORDS).index(intent)] = 1.0
    noisy = center + random.normal(0, 0.12, DIMENSION)
    return (noisy / np.linalg.norm(noisy)).astype(np.float32)


def examples(each: int = 30, seed: int = 0) -> tuple[list[str], NDArray[np.float32], list[str]]:
    random = np.random.default_rng(seed)
    texts, vectors, intents = [], [], []
    for intent, words in WORDS.items():
        for number in range(each):
            texts.append(f"{words} {number}")
            vectors.append(vector_near(intent, random))
            intents.append(intent)
    return texts, np.stack(vectors), intents
