"""Cross-validation of the training data with the head that serves: each example read by one that had not seen it.

The data that the serving model was trained on and the candidate's are cut into the same folds, so that
what differs is the data. As a program, `python -m training.comparing.crossval` reads one JSON line,
``{"new": [[intent, text], …], "old": the same or null, "vectors": folder}``, and answers with steps and one
line of the result; the encoder is the environment's.
"""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from understanding.errors import UnderstandingError
from understanding.intents import (
    DECIDED_ELSEWHERE,
    FOLDS,
    FOLDS_OF_MANY,
    MANY,
    SETTINGS,
    IntentModel,
    Setting,
    calibrate,
    folds,
    train_as_set,
)
from understanding.lessons import Encode

SEED = 20260
Pairs = Sequence[tuple[str, str]]
"""Intent and text of examples."""


@dataclass(frozen=True)
class Unseen:
    """What was made of the candidate's examples, each held out."""

    examples: tuple[tuple[str, str], ...]
    before: tuple[str, ...] | None
    """By the old data; None where that is not known."""
    after: tuple[str, ...]
    common: tuple[bool, ...]
    """Whether the old data has the example, too: only these compare the two fairly."""


def cross_validate(
    new: Pairs, old: Pairs | None, encode: Encode, say: Callable[[str], None] = lambda _: None
) -> Unseen:
    """Read every example of `new` with models that were trained without its fold.

    Raises:
        UnderstandingError: fewer than two intents.
    """
    examples, known = _ordered(new), None if old is None else set(_ordered(old))
    if len({intent for intent, _ in examples}) < 2:
        raise UnderstandingError("cross-validation needs examples of two intents or more")
    every = sorted({*examples, *(known or ())})
    names = {name: place for place, name in enumerate(sorted({intent for intent, _ in every}))}
    labels = np.array([names[intent] for intent, _ in every], dtype=np.int64)
    vectors = encode([text for _, text in every])
    mine = set(examples)
    is_new = np.array([one in mine for one in every])
    is_old = None if known is None else np.array([one in known for one in every])
    parts = list(folds(labels, FOLDS_OF_MANY if len(every) >= MANY else FOLDS, SEED))

    def train(places: NDArray[np.int64], setting: Setting) -> IntentModel:
        return train_as_set(
            [every[place][1] for place in places],
            vectors[places],
            [every[place][0] for place in places],
            setting=setting,
            sharpness=1.0,
            encode=encode,
        )

    setting, first = _chosen(train, every, vectors, is_new, parts[0])
    say("setting")
    before: dict[int, str] = {}
    after: dict[int, str] = {}
    same = is_old is not None and bool(np.array_equal(is_new, is_old))
    for number, part in enumerate(parts):
        held = part[is_new[part]]
        rest = np.setdiff1d(np.arange(len(every)), part)
        model = train(rest[is_new[rest]], setting) if number else first
        said = _answers(model, every, vectors, held)
        after |= dict(zip(held.tolist(), said, strict=True))
        if is_old is not None and not same:
            said = _answers(train(rest[is_old[rest]], setting), every, vectors, held)
            before |= dict(zip(held.tolist(), said, strict=True))
        say(f"fold {number + 1} of {len(parts)}")
    order = np.flatnonzero(is_new).tolist()
    return Unseen(
        tuple(every[place] for place in order),
        None if is_old is None else tuple((after if same else before)[place] for place in order),
        tuple(after[place] for place in order),
        tuple(is_old is None or bool(is_old[place]) for place in order),
    )


def _ordered(pairs: Pairs) -> list[tuple[str, str]]:
    return sorted({(intent, text) for intent, text in pairs if intent not in DECIDED_ELSEWHERE})


def _answers(
    model: IntentModel,
    every: Sequence[tuple[str, str]],
    vectors: NDArray[np.float32],
    places: NDArray[np.int64],
) -> list[str]:
    if not len(places):
        return []
    texts = [every[place][1] for place in places]
    best = model.probabilities_of_many(texts, vectors[places]).argmax(axis=1)
    return [model.intents[place] for place in best]


def _chosen(
    train: Callable[[NDArray[np.int64], Setting], IntentModel],
    every: Sequence[tuple[str, str]],
    vectors: NDArray[np.float32],
    is_new: NDArray[np.bool_],
    part: NDArray[np.int64],
) -> tuple[Setting, IntentModel]:
    """Return the setting of the least loss on the first fold, as training chooses it, and that model."""
    rest = np.setdiff1d(np.flatnonzero(is_new), part)
    held = part[is_new[part]]
    losses: dict[Setting, float] = {}
    models: dict[Setting, IntentModel] = {}
    for setting in SETTINGS:
        model = models[setting] = train(rest, setting)
        place_of = {name: place for place, name in enumerate(model.intents)}
        judged = np.array([place for place in held if every[place][0] in place_of], dtype=np.int64)
        if not len(judged):
            return setting, model
        texts = [every[place][1] for place in judged]
        found = np.maximum(model.probabilities_of_many(texts, vectors[judged]), 1e-300)
        truth = np.array([place_of[every[place][0]] for place in judged], dtype=np.int64)
        sharp = calibrate(np.log(found), truth)
        scaled = sharp * np.log(found)
        scaled -= np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        losses[setting] = -float(scaled[np.arange(len(truth)), truth].mean())
    best = min(SETTINGS, key=lambda one: losses[one])
    return best, models[best]


def main() -> int:
    """Answer the one line on stdin."""
    from encoder import Encoder
    from encoder.vector_file import VectorFile

    asked: dict[str, Any] = json.loads(sys.stdin.readline())
    folder = Path(os.environ["HANDRAIL_ENCODER_PATH"])
    encoder = Encoder.load(folder, precision=os.environ.get("HANDRAIL_PRECISION") or "auto")
    vectors = VectorFile.of_encoder(encoder.encode_many, encoder.checksum, Path(asked["vectors"]))
    old = asked["old"]
    found = cross_validate(
        [(intent, text) for intent, text in asked["new"]],
        None if old is None else [(intent, text) for intent, text in old],
        vectors.of,
        lambda step: print(json.dumps({"step": step}), flush=True),
    )
    vectors.save()
    print(json.dumps(as_record(found)), flush=True)
    return 0


def as_record(found: Unseen) -> dict[str, Any]:
    """Return the result as one line's object: intents as places in ``names``, so that it stays short."""
    names = sorted(
        {intent for intent, _ in found.examples} | {*found.after} | {*(found.before or ())}
    )
    at = {name: place for place, name in enumerate(names)}
    return {
        "names": names,
        "truth": [at[intent] for intent, _ in found.examples],
        "before": None if found.before is None else [at[name] for name in found.before],
        "after": [at[name] for name in found.after],
        "common": [int(one) for one in found.common],
    }


if __name__ == "__main__":
    sys.exit(main())
