"""From Rasa's training data to trained models."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import shared
from bot.components.shared import load_encoder, vector_of
from understanding import intents, second_opinion
from understanding.errors import UnderstandingError
from understanding.intents import DECIDED_ELSEWHERE


@dataclass(frozen=True, eq=False)
class Examples:
    """Labelled texts, ordered by intent and text: the order of files changes no model."""

    texts: tuple[str, ...]
    intents: tuple[str, ...]
    vectors: NDArray[np.float32]
    digest: str

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Examples) and other.digest == self.digest


def examples_of(training_data: TrainingData) -> Examples:
    """Return the labelled examples that SentenceEncoder has read.

    Raises:
        UnderstandingError: there are none, or SentenceEncoder does not stand before.
    """
    rows = {}
    for message in training_data.intent_examples:
        text, intent, vector = str(message.get(TEXT) or ""), message.get(INTENT), vector_of(message)
        if not text or not intent or intent in DECIDED_ELSEWHERE:
            continue
        if vector is None:
            raise UnderstandingError("config.yml must name SentenceEncoder before the classifier")
        rows[str(intent), text] = vector
    if not rows:
        raise UnderstandingError("the training data has no examples with an intent")
    ordered = sorted(rows)
    vectors = np.stack([rows[key] for key in ordered]).astype(np.float32)
    digest = hashlib.sha256(repr(ordered).encode() + vectors.tobytes()).hexdigest()
    return Examples(
        tuple(text for _, text in ordered), tuple(intent for intent, _ in ordered), vectors, digest
    )


@lru_cache(maxsize=1)
def train_intents(examples: Examples) -> intents.Trained:
    """Train once for the classifier and for scope, which needs its held-out probabilities."""
    return intents.train(
        examples.texts, examples.vectors, examples.intents, encode=load_encoder().encode_many
    )


def second_opinion_on(examples: Examples) -> second_opinion.SecondOpinion | None:
    """Return what the tuned encoder makes of the examples, or None where there is none."""
    encoder, adapted = shared.load_intent_encoder(), shared.adapted()
    if encoder is None or adapted is None:
        return None
    model = second_opinion.learn(
        examples.texts,
        encoder.encode_many(examples.texts),
        examples.intents,
        encode=encoder.encode_many,
        sharpness=adapted.sharpness,
    )
    return second_opinion.SecondOpinion(model, adapted.weight, encoder.checksum)
