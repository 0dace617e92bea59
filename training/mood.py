"""Fit the heads of `understanding.mood`: python -m training.mood.

`emotion` learns from the train part of GoEmotions, `chat` from data/frustration/develop.jsonl. How the two
are mixed is found on chats that neither had seen, by folds over whole chats.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray

from encoder import Encoder
from encoder.kept import Vectors
from server.settings import load_settings
from training.benchmarks import sets
from training.paths import BENCH
from training.talks import DEVELOP, Talk, read_talks
from understanding.features import build
from understanding.logistic import Array, fit_softmax
from understanding.mood import FOLDER, MoodModel, save_mood

TALKS = Path(__file__).resolve().parent.parent / "data" / "frustration"
#: Chosen on GoEmotions' dev part and by folds over our chats.
EMOTION_PENALTY = 1e-5
CHAT_PENALTY = 3e-3
MIX_PENALTY = 1e-3
STEPS = 100
FOLDS = 10


def main() -> int:
    """Fit, and write data/mood; progress on stdout."""
    settings = load_settings()
    bench = BENCH
    encoder = Encoder.load(settings.encoder_path)
    vectors = Vectors(encoder, settings.var / "bench" / "vectors", typer.echo)
    model = fit(
        sets.goemotions(bench, "train"), read_talks(TALKS / DEVELOP), vectors, encoder.checksum
    )
    save_mood(model, FOLDER)
    typer.echo(f"written to {FOLDER}: mix {model.mix}, bias {model.bias:.3f}")
    return 0


def fit(emotions: sets.Part, talks: Sequence[Talk], vectors: Vectors, checksum: str) -> MoodModel:
    """Return the heads, mixed."""
    emotion = fit_emotion(emotions, vectors)
    texts = [said.text for talk in talks for said in talk.said]
    features = build(texts, vectors.of("chats", texts))
    upset = np.concatenate([talk.upset for talk in talks]).astype(np.int64)
    of_talk = np.repeat(np.arange(len(talks)), [len(talk.said) for talk in talks])
    part = np.random.default_rng(0).permutation(len(talks)) % FOLDS
    logits = np.zeros((len(texts), 2))
    logits[:, 0] = features @ emotion[0] + emotion[1]
    for fold in range(FOLDS):
        held = part[of_talk] == fold
        weights, bias = _side(features[~held], upset[~held], CHAT_PENALTY)
        logits[held, 1] = features[held] @ weights + bias
    mix, mixed = _side(logits, upset, MIX_PENALTY, balanced=False)
    chat = _side(features, upset, CHAT_PENALTY)
    return MoodModel(
        np.stack([emotion[0], chat[0]], axis=1).astype(np.float32),
        np.array([emotion[1], chat[1]], dtype=np.float32),
        (float(mix[0]), float(mix[1])),
        mixed,
        checksum,
    )


def fit_emotion(emotions: sets.Part, vectors: Vectors) -> tuple[Array, float]:
    """Return weights and bias of the emotion head."""
    labels = np.array([int(name == sets.NEGATIVE) for name in emotions.intents])
    features = build(emotions.texts, vectors.of("GoEmotions train", emotions.texts))
    return _side(features, labels, EMOTION_PENALTY, balanced=False)


def _side(
    features: NDArray[np.floating],
    labels: NDArray[np.int64],
    penalty: float,
    *,
    balanced: bool = True,
) -> tuple[Array, float]:
    """Return the slope and bias of logistic regression; balanced: both labels weigh the same."""
    shares = 1.0 / np.bincount(labels)[labels] if balanced else None
    weights, biases = fit_softmax(features, labels, 2, penalty=penalty, steps=STEPS, shares=shares)
    return weights[:, 1] - weights[:, 0], float(biases[1] - biases[0])


if __name__ == "__main__":
    sys.exit(main())
