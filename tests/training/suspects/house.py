"""A small house whose intents are told apart by their words, with some examples at the wrong one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.training.conftest import nlu_text

WORDS = {
    "delivery": ["parcel", "courier", "shipment", "arrive", "doorstep", "depot"],
    "refund": ["refund", "money", "reimburse", "credited", "payback", "repayment"],
    "password": ["password", "login", "account", "locked", "reset", "signin"],
    "warranty": ["warranty", "broken", "repair", "defect", "guarantee", "faulty"],
}
FORMS = [
    "about my {} and {}",
    "the {} or the {}",
    "{} {} please",
    "why {} without {}",
    "is {} like {}",
]
#: Text → where it stands, though it belongs elsewhere.
WRONG = {
    "courier arrive please": "refund",
    "account locked please": "warranty",
    "money credited please": "delivery",
}


class WordEncoder:
    """A vector for each word, added up: texts that share words are near."""

    checksum = "words" * 8
    dimension = 48

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, text: str) -> NDArray[np.float32]:
        self.encoded += 1
        total = np.zeros(self.dimension, dtype=np.float32)
        for word in text.split():
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
            total += np.random.default_rng(seed).standard_normal(self.dimension).astype(np.float32)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), dtype=np.float32)


def examples() -> dict[str, list[str]]:
    """Twenty examples of each intent, three of all at the wrong one, and an intent with few."""
    found: dict[str, list[str]] = {intent: [] for intent in WORDS}
    for intent, words in WORDS.items():
        for number in range(20):
            one, other = words[number % 6], words[(number + 1 + number // 6) % 6]
            text = FORMS[number % 5].format(one, other)
            found[WRONG.get(text, intent)].append(text)
    return found | {"tiny": ["parcel parcel", "refund refund"]}


def write(folder: Path, said: dict[str, list[str]]) -> None:
    """Write the training files."""
    for path in folder.glob("*.yml"):
        path.unlink()
    for intent, texts in said.items():
        (folder / f"{intent}.yml").write_text(nlu_text(intent, texts), "utf-8")
