"""How likely a message was misread: from shipped weights, corrected by the house's own labels."""

from __future__ import annotations

import numpy as np

from training.review.reasons import Reason
from training.review.wrongness import FEATURES, SHIPPED, Wrongness, features, fit


def test_every_reason_has_a_weight_that_speaks_against_the_intent() -> None:
    assert SHIPPED.keys() == set(FEATURES)
    assert all(SHIPPED[reason] > 0 for reason in Reason)


def test_doubt_and_what_customers_did_make_it_likelier() -> None:
    model = Wrongness.shipped()
    sure = model.of((), 0.98, 0.97)
    unsure = model.of((Reason.LOW_CONFIDENCE,), 0.35, 0.1)
    refused = model.of((Reason.SAID_NO,), 0.98, 0.97)
    corrected = model.of((Reason.AGENT_SAID,), 0.98, 0.97)
    assert sure < 0.05 < refused < corrected
    assert sure < unsure


def test_without_labels_the_shipped_weights_hold() -> None:
    assert np.array_equal(fit([]).weights, Wrongness.shipped().weights)


def test_the_houses_labels_correct_a_weight() -> None:
    """Here frustration never meant a misread message; a search that disagreed always did."""
    annoyed = features((Reason.FRUSTRATION,), 0.7, 0.5)
    differs = features((Reason.SEARCH_DISAGREES,), 0.7, 0.5)
    few = fit([(annoyed, False), (differs, True)] * 5)
    many = fit([(annoyed, False), (differs, True)] * 50)
    shipped = Wrongness.shipped()
    annoyed_by = [float(one.of_many(annoyed[None])[0]) for one in (shipped, few, many)]
    differs_by = [float(one.of_many(differs[None])[0]) for one in (shipped, few, many)]
    assert annoyed_by[0] > annoyed_by[2]
    assert differs_by[0] < differs_by[1] < differs_by[2]
    assert (few.labels, many.labels) == (10, 100)


def test_one_label_hardly_moves_anything() -> None:
    row = features((Reason.SAID_NO,), 0.7, 0.5)
    before = float(Wrongness.shipped().of_many(row[None])[0])
    after = float(fit([(row, False)]).of_many(row[None])[0])
    assert before - 0.25 < after < before
