"""What can be found in the training data alone: confusions and doubles."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from training.health.findings import Finding, Kind, Line
from training.health.sets import BLOCK, Examples
from training.texts import normalise
from understanding.features import COLUMNS, hash_words
from understanding.intents import DECIDED_ELSEWHERE
from understanding.logistic import Array

#: Least squares on sentence vectors and hashed words, these thrown onto fewer columns. On data/nlu (2,581
#: examples) 73.7 % are read right by a model that had not seen them, where the product's own classifier
#: reads 75.8 % right in three folds, which takes too long to be done beside customers.
PROJECTED, WORDS, PENALTY, SEED = 512, 0.5, 1.0, 0
#: A pair is worth a look from so many confusions on, and from this share of both intents' examples.
LEAST_TIMES, LEAST_SHARE = 3, 0.04
#: Cosine from which two examples of different intents say the same, if their letters are this much alike,
#: too: to the encoder a thumb up is a thumb down. On data/nlu the next nearest, at .91, are a yes and a no
#: about the same order number.
ALIKE, LETTERS = 0.93, 0.3
PAIRS, SHOWN_PAIRS, DOUBLES = 20, 3, 100


def cross_validated(examples: Examples) -> Array:
    """Return (examples, intents): what a model that had not seen the example says of it.

    Leaving each out in turn takes one fit: the prediction without an example follows from the one with it
    and its weight in the fit (Allen 1974, Technometrics 16:125-127).
    """
    words = np.stack([hash_words(text) for text in examples.texts])
    random = np.random.default_rng(SEED)
    thrown = words @ random.normal(0, PROJECTED**-0.5, (COLUMNS, PROJECTED)).astype(np.float32)
    ones = np.ones((len(words), 1))
    features = np.hstack([examples.vectors, WORDS * thrown, ones]).astype(np.float64)
    right = np.zeros((len(words), len(examples.names)))
    right[np.arange(len(words)), examples.labels] = 1.0
    moments = features.T @ features + PENALTY * np.eye(features.shape[1])
    spread = np.linalg.solve(moments, features.T)
    own: NDArray[np.float64] = np.einsum("ij,ji->i", features, spread)[:, None]
    with_it = features @ (spread @ right)
    return np.asarray((with_it - own * right) / (1.0 - own), dtype=np.float64)


def confused(examples: Examples, logits: Array) -> list[Finding]:
    """Return the pairs of intents that are taken for each other, with the examples that are."""
    read = logits.argmax(axis=1)
    wrong: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place in np.flatnonzero(read != examples.labels):
        one, other = sorted((int(examples.labels[place]), int(read[place])))
        wrong[one, other].append(int(place))
    sizes = np.bincount(examples.labels, minlength=len(examples.names))
    found = []
    for (one, other), places in wrong.items():
        of = int(sizes[one] + sizes[other])
        if len(places) < LEAST_TIMES or len(places) < LEAST_SHARE * of:
            continue
        names = (examples.names[one], examples.names[other])
        if DECIDED_ELSEWHERE.intersection(names):
            continue
        found.append(
            Finding(
                Kind.CONFUSED,
                about=names,
                intents=names,
                weight=len(places),
                figures={"times": len(places), "of": of},
                lines=_pairs(examples, logits, places),
            )
        )
    return sorted(found, key=lambda one: -one.weight)[:PAIRS]


def _pairs(examples: Examples, logits: Array, places: list[int]) -> tuple[tuple[Line, ...], ...]:
    """Return the surest mistakes, each beside the example of the other intent that is most like it."""

    def sureness(place: int) -> float:
        row = logits[place]
        return float(row.max() - row[examples.labels[place]])

    pairs: dict[frozenset[int], tuple[Line, ...]] = {}
    for place in sorted(places, key=sureness, reverse=True):
        taken_for = int(logits[place].argmax())
        others = np.flatnonzero(examples.labels == taken_for)
        like = int(others[(examples.vectors[others] @ examples.vectors[place]).argmax()])
        pair = (_line(examples, place), _line(examples, like))
        pairs.setdefault(frozenset((place, like)), pair)
    return tuple(pairs.values())[:SHOWN_PAIRS]


def doubles(examples: Examples) -> list[Finding]:
    """Return examples of different intents that say the same, word for word or nearly."""
    found = []
    reads = [normalise(text) for text in examples.texts]
    for start in range(0, len(reads), BLOCK):
        cosines = examples.vectors[start : start + BLOCK] @ examples.vectors.T
        cosines[examples.labels[start : start + BLOCK, None] == examples.labels[None, :]] = -1.0
        for row, other in np.argwhere(cosines >= ALIKE):
            one, two = start + int(row), int(other)
            exact = reads[one] == reads[two]
            if one >= two or not (exact or _letters_alike(examples, one, two)):
                continue  # each pair once
            cosine = 1.0 if exact else float(cosines[row, other])
            pair = sorted((one, two), key=lambda place: examples.intents[place])
            found.append(
                Finding(
                    Kind.DOUBLE,
                    about=tuple(
                        part for at in pair for part in (examples.intents[at], examples.texts[at])
                    ),
                    intents=tuple(examples.intents[at] for at in pair),
                    weight=1.0 + cosine if exact else cosine,
                    figures={"exact": float(exact), "alike": min(1.0, cosine)},
                    lines=(tuple(_line(examples, at) for at in pair),),
                )
            )
    # An example that stands twice in its file is in as many pairs; each is told once.
    once = {one.key: one for one in found}
    return sorted(once.values(), key=lambda one: -one.weight)[:DOUBLES]


def _letters_alike(examples: Examples, one: int, two: int) -> bool:
    return float(hash_words(examples.texts[one]) @ hash_words(examples.texts[two])) >= LETTERS


def _line(examples: Examples, place: int) -> Line:
    return Line(examples.intents[place], examples.texts[place])
