"""The benchmark's own arithmetic: which labels it makes wrong, and what it counts."""

from __future__ import annotations

import numpy as np

from training.suspects.measure import NEIGHBOURS, Asked, flip, interval, rows

CENTRES = np.eye(5, dtype=np.float32) + 0.02 * np.arange(25, dtype=np.float32).reshape(5, 5)
LABELS = np.repeat(np.arange(5), 40)
VECTORS = CENTRES[LABELS]


def test_a_share_of_labels_becomes_one_of_the_nearest_intents() -> None:
    wrong = flip(LABELS, VECTORS, 0.05, 1)
    changed = np.flatnonzero(wrong != LABELS)
    assert len(changed) == 10
    assert (flip(LABELS, VECTORS, 0.05, 1) == wrong).all()
    assert (flip(LABELS, VECTORS, 0.05, 2) != wrong).any()
    unit = CENTRES / np.linalg.norm(CENTRES, axis=1, keepdims=True)
    likeness = unit @ unit.T
    for place in changed:
        order = [one for one in np.argsort(-likeness[LABELS[place]]) if one != LABELS[place]]
        assert wrong[place] in order[:NEIGHBOURS]


def test_shares_and_their_intervals() -> None:
    assert interval([]) == "–"
    assert interval([True] * 20) == "100.0 % (100.0 to 100.0)"
    assert interval([True, False] * 200).startswith("50.0 % (4")


def test_found_and_listed_are_counted_over_all_runs() -> None:
    wrong = np.zeros(60, dtype=np.bool_)
    wrong[:4] = True
    run = Asked(wrong, [0, 1, 9], [True, False, False], list(range(60)), 1.0)
    clean = Asked(np.zeros(60, dtype=np.bool_), [7], [False], list(range(60)), 1.0)
    text = "\n".join(rows("a set", [run, run], clean))
    assert "found of 8 wrong labels (recall) | 50.0 %" in text
    assert "listed 6 in 2 runs: wrong on purpose (precision) | 66.7 %" in text
    assert "the likelier intent is the right one | 50.0 %" in text
    assert "recall in the first 4, as many as are wrong | 50.0 % (" in text
    assert text.endswith("| | listed when nothing is wrong on purpose | 1 | |")
