"""A second opinion on a message's intent, by an encoder that was tuned on the house's own examples.

It is mixed into the intent and nothing else: what is calibrated on the first encoder (scope, frustration,
moments, search) reads the first opinion as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from understanding.errors import UnderstandingError
from understanding.intents import IntentModel, Setting, train_as_set
from understanding.lessons import Encode
from understanding.logistic import Array
from understanding.storage import load_intents, read_facts, save_intents, write_facts

#: Words count less than beside the first encoder, which knows the house's words less well.
SETTING = Setting(0.5, 3e-5)
#: In the folder of the first opinion.
FOLDER, FACTS = "second_opinion", "second_opinion.json"


@dataclass(frozen=True)
class SecondOpinion:
    """`model` reads vectors of the encoder with the checksum `encoder`; `weight` is what it counts."""

    model: IntentModel
    weight: float
    encoder: str

    def beside(self, first: Array, text: str, vector: NDArray[np.float32]) -> Array:
        """Return both opinions on one message in one; `vector` is the tuned encoder's."""
        return mix(first, self.model.probabilities(text, vector), self.weight)


@dataclass(frozen=True)
class Opinions:
    """What the classifier keeps."""

    first: IntentModel
    second: SecondOpinion | None = None


def mix(first: Array, second: Array, weight: float) -> Array:
    """Return the weighted mean of two opinions on the same intents."""
    return (1.0 - weight) * first + weight * second


def learn(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    intents: Sequence[str],
    *,
    encode: Encode,
    sharpness: float,
) -> IntentModel:
    """Train on vectors of the tuned encoder; `sharpness` was measured on texts it had not seen.

    Raises:
        UnderstandingError: fewer than two intents, or lengths differ.
    """
    return train_as_set(
        texts, vectors, intents, setting=SETTING, sharpness=sharpness, encode=encode
    )


def save(opinions: Opinions, folder: Path) -> None:
    """Write both opinions, or the only one, into an existing folder."""
    save_intents(opinions.first, folder)
    if opinions.second is not None:
        own = folder / FOLDER
        own.mkdir(exist_ok=True)
        save_intents(opinions.second.model, own)
        facts = {"weight": opinions.second.weight, "encoder": opinions.second.encoder}
        write_facts(own / FACTS, facts)


def load(folder: Path) -> Opinions:
    """Read what `save` wrote.

    Raises:
        UnderstandingError: files are missing, damaged, or of another version.
    """
    first, own = load_intents(folder), folder / FOLDER
    if not own.is_dir():
        return Opinions(first)
    facts, model = read_facts(own / FACTS), load_intents(own)
    if model.intents != first.intents:
        raise UnderstandingError(f"{own} knows other intents than {folder}")
    return Opinions(first, SecondOpinion(model, float(facts["weight"]), str(facts["encoder"])))
