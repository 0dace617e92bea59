"""What the components share: the encoder, names on a message, fingerprints."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message

from encoder import Encoder
from encoder.adapted import ADAPTED, Adapted, read_adapted
from understanding.scope import OUT_OF_SCOPE

ROOT = Path(__file__).resolve().parents[2]
ENCODER_PATH = "HANDRAIL_ENCODER_PATH"
PRECISION = "HANDRAIL_PRECISION"
#: The folder of the encoder tuned on the house's examples; unset where there is none.
INTENT_ENCODER_PATH = "HANDRAIL_INTENT_ENCODER_PATH"
#: The folder in which a training finds the vectors of examples that the one before has read; unset: none are kept.
VECTORS = "HANDRAIL_VECTORS"

#: On a message, not in its output: intent → probability, over all intents.
PROBABILITIES = "handrail_probabilities"
#: On a message, not in its output: a `ScopeOpinion` for words that are a part of it.
SCOPE_OPINION = "handrail_scope_opinion"
#: In the output, and so in the parse and in Rasa's tracker.
SCOPE = "scope"
FRUSTRATION = "frustration"
#: The text as it was meant, only where that differs (bot/components/plain_text.py).
MEANT = "meant"

#: What the next guess needs where the first one is not believed: the first has most.
LEAST = 0.2

_ORIGIN = "handrail_encoder"

#: Text, sentence vector and all intents' probabilities → how surely the words are out of scope; None: they aren't.
ScopeOpinion = Callable[[str, NDArray[np.float32], Sequence[float]], float | None]


def encoder_folder() -> Path:
    return Path(os.environ.get(ENCODER_PATH) or ROOT / "var/encoders/all-MiniLM-L6-v2")


def load_encoder() -> Encoder:
    """Return this process's one encoder: three components read it, and it holds 60 MB.

    Raises:
        EncoderError: the files are missing or damaged.
    """
    return _load(encoder_folder(), os.environ.get(PRECISION) or "auto")


def load_intent_encoder() -> Encoder | None:
    """Return this process's encoder for second opinions on intents, if there is one.

    Raises:
        EncoderError: its files are missing or damaged.
    """
    folder = os.environ.get(INTENT_ENCODER_PATH)
    return _load(Path(folder), "auto") if folder else None


def adapted() -> Adapted | None:
    """Return what is known about that encoder.

    Raises:
        EncoderError: as `load_intent_encoder`.
    """
    folder = os.environ.get(INTENT_ENCODER_PATH)
    return read_adapted(Path(folder)) if folder else None


def adapted_files() -> list[Path]:
    """Return what a model with a second opinion depends on besides `fingerprint`'s own."""
    folder = os.environ.get(INTENT_ENCODER_PATH)
    return [Path(folder) / ADAPTED] if folder else []


@lru_cache(maxsize=2)
def _load(folder: Path, precision: str) -> Encoder:
    return Encoder.load(folder, precision=precision)


def fingerprint(*helpers: ModuleType, files: Iterable[Path] = ()) -> str:
    """Return what must change when the encoder, a helper's source or a file of data does.

    Rasa fingerprints only the component class itself (rasa/engine/training/fingerprinting.py), so
    without this a model trained with another encoder would be taken from the cache.
    """
    digest = hashlib.sha256(load_encoder().checksum.encode())
    for helper in sorted(helpers, key=lambda module: module.__name__):
        if helper.__file__ is None:
            raise ValueError(f"{helper.__name__} has no source file")
        digest.update(Path(helper.__file__).read_bytes())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_command(message: Message) -> bool:
    """Tell whether the text is one of our own buttons' "/intent{...}".

    The channel never lets a customer's text begin with a slash.
    """
    return str(message.get(TEXT) or "").startswith("/")


def text_of(message: Message) -> str:
    """Return the message's words as they were meant: what is encoded and classified."""
    return str(message.get(MEANT) or message.get(TEXT) or "")


def next_guess(message: Message, without: Collection[str]) -> dict[str, Any]:
    """Return what a message is when it is none of these: the best other intent, or nothing that we know."""
    ranking = message.get(INTENT_RANKING_KEY) or []
    best = next((guess for guess in ranking if guess["name"] not in without), None)
    if best is not None and best["confidence"] >= LEAST:
        return dict(best)
    return {"name": OUT_OF_SCOPE, "confidence": 0.0}


def add_vector(message: Message, vector: NDArray[np.float32]) -> None:
    """Keep the sentence vector on the message; features never enter its output."""
    message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, _ORIGIN))


def vector_of(message: Message) -> NDArray[np.float32] | None:
    """Return the vector that `add_vector` kept, or None."""
    for features in message.features:
        if features.origin == _ORIGIN and features.attribute == TEXT:
            return np.asarray(features.features[0], dtype=np.float32)
    return None
