"""How upset a message sounds: two linear heads on its sentence vector and hashed words, put together.

`emotion` was trained on GoEmotions (anger, annoyance, disappointment, disapproval and disgust against the
rest; Demszky et al. 2020, Apache-2.0), `chat` on our own labelled support chats. `python -m training.mood`
fits both; docs/benchmarks/nlu.md says how good they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from understanding.features import build
from understanding.logistic import Array
from understanding.storage import read_arrays, read_facts, write_facts

#: The shipped heads, in the repository.
FOLDER = Path(__file__).resolve().parent.parent / "data" / "mood"
ARRAYS, FACTS = "mood.npz", "mood.json"


@dataclass(frozen=True)
class MoodModel:
    """Two heads; `mix` and `bias` turn their logits into the logit of being upset."""

    weights: NDArray[np.float32]
    """(dimension + columns, 2): emotion, chat."""
    biases: NDArray[np.float32]
    mix: tuple[float, float]
    bias: float
    encoder: str
    """The checksum of the encoder that it reads."""

    def logits(self, features: NDArray[np.float32]) -> Array:
        """Return (messages, 2): emotion and chat, of features as `features.build` gives them."""
        return np.asarray(features @ self.weights + self.biases, dtype=np.float64)

    def upset(self, text: str, vector: NDArray[np.float32]) -> float:
        """Return the probability that who writes this is upset."""
        logits = self.logits(build([text], vector[None, :]))
        return float(self.probabilities(logits)[0])

    def probabilities(self, logits: Array) -> Array:
        """Return the probabilities of being upset, of the heads' logits."""
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits @ self.mix + self.bias, -30, 30))))


def save_mood(model: MoodModel, folder: Path) -> None:
    """Write the heads into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / ARRAYS, weights=model.weights.astype(np.float16), biases=model.biases)
    facts = {"mix": list(model.mix), "bias": model.bias, "encoder": model.encoder}
    write_facts(folder / FACTS, facts)


def load_mood(folder: Path = FOLDER) -> MoodModel:
    """Read heads that `save_mood` wrote.

    Raises:
        UnderstandingError: files are missing, damaged, or of another version.
    """
    facts = read_facts(folder / FACTS)
    arrays = read_arrays(folder / ARRAYS, ("weights", "biases"))
    emotion, chat = map(float, facts["mix"])
    return MoodModel(
        arrays["weights"].astype(np.float32),
        arrays["biases"].astype(np.float32),
        (emotion, chat),
        float(facts["bias"]),
        str(facts["encoder"]),
    )
