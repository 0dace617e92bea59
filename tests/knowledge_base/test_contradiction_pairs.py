"""The labelled pairs, and how the share of right warnings is counted."""

from __future__ import annotations

from benchmarks.knowledge import contradictions
from benchmarks.knowledge.contradictions import KEPT_BACK, MENDED_ON, Pair
from tests.knowledge_base.support import FakeEncoder


def test_there_are_as_many_contradictions_as_fitting_pairs_and_no_pair_twice() -> None:
    pairs = contradictions.read_pairs()
    assert sum(pair.contrary for pair in pairs) == 40
    assert len(pairs) == len({frozenset((pair.one, pair.two)) for pair in pairs}) == 80


def test_both_halves_hold_as_much_of_each_and_nothing_in_common() -> None:
    pairs = contradictions.read_pairs()
    parted = contradictions.halves(pairs)
    assert {name: len(some) for name, some in parted.items()} == {MENDED_ON: 40, KEPT_BACK: 40}
    assert all(sum(pair.contrary for pair in some) == 20 for some in parted.values())
    assert set(parted[MENDED_ON]) | set(parted[KEPT_BACK]) == set(pairs)
    assert parted == contradictions.halves(pairs)


def test_precision_is_of_warnings_and_recall_of_contradictions() -> None:
    month, week = "You can return an item within 30 days.", "You can return an item within 7 days."
    other = "The lamp has a warm light."
    pairs = [
        Pair(month, week, "time", contrary=True),
        Pair(month, week, "time", contrary=False),
        Pair(month, other, "time", contrary=True),
    ]
    found = contradictions.score(FakeEncoder(), pairs)
    assert found.precision is not None and found.recall is not None
    assert (found.pairs, found.precision.value, found.recall.value) == (3, 0.5, 0.5)
    assert "| some | 3 | 0.50 (" in contradictions.table({"some": found})


def test_where_nothing_is_warned_of_there_is_no_precision() -> None:
    pair = Pair("The lamp is red.", "A parcel takes 3 days.", "colour", contrary=True)
    found = contradictions.score(FakeEncoder(), [pair])
    assert found.precision is None
    assert "| – |" in contradictions.table({"one": found})
