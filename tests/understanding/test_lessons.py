"""What the classifier learns from beside the examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.understanding.synthetic import examples
from understanding import intents, lessons
from understanding.slips import NEIGHBOURS, slipped

TEXTS, VECTORS, NAMES = examples(each=10)
KNOWN = sorted(set(NAMES))
LABELS = np.array([KNOWN.index(name) for name in NAMES])


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Slipped copies and names look like nothing in particular."""
    return np.tile(np.full(VECTORS.shape[1], 0.25, dtype=np.float32), (len(texts), 1))


def test_held_out_examples_leave_nothing_behind() -> None:
    found = lessons.gather(TEXTS, VECTORS, LABELS, KNOWN, encode, seed=0)
    held = np.array([0, 7, 39])
    rows = found.without(held)
    assert not set(held) & set(found.source[rows].tolist())
    assert len(found.labels) - len(rows) == 2 * len(held), "each and its copy"
    assert set(found.labels[found.source == lessons.NONE].tolist()) == set(range(len(KNOWN)))


def test_an_intent_weighs_as_the_root_of_its_examples() -> None:
    found = lessons.gather(TEXTS, VECTORS, LABELS, KNOWN, encode, seed=0)
    rows = np.flatnonzero((found.labels != 1) | (np.arange(len(found.labels)) % 10 == 0))
    sums = np.bincount(found.labels[rows], weights=found.balanced(rows))
    plain = np.bincount(found.labels[rows], weights=found.shares[rows])
    assert plain.max() > 4 * plain.min()
    assert sums == pytest.approx(np.sqrt(plain))


def test_few_examples_beside_many_are_still_found() -> None:
    texts, vectors, names = examples(each=60, seed=3)
    kept = [place for place, name in enumerate(names) if name != "frustrated" or place % 12 == 0]
    trained = intents.train(
        [texts[place] for place in kept], vectors[kept], [names[place] for place in kept]
    )
    asked, near, truth = examples(each=20, seed=9)
    guess = trained.model.probabilities_of_many(asked, near).argmax(axis=1)
    right = [trained.model.intents[one] == name for one, name in zip(guess, truth, strict=True)]
    assert (
        np.mean([found for found, name in zip(right, truth, strict=True) if name == "frustrated"])
        > 0.9
    )


@given(st.text(max_size=60), st.integers(0, 3))
def test_a_slip_is_always_the_same_and_never_grows_by_more_than_a_letter_a_word(
    text: str, seed: int
) -> None:
    again = slipped(text, seed)
    assert again == slipped(text, seed)
    for before, after in zip(text.split(" "), again.split(" "), strict=True):
        assert abs(len(before) - len(after)) <= 1
        if len(before) < 4:
            assert before == after


def test_neighbours_touch() -> None:
    assert set("qwsz") == set(NEIGHBOURS["a"])
    assert all(key in NEIGHBOURS[other] for key in NEIGHBOURS for other in NEIGHBOURS[key])
