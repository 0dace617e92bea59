"""Kappa against values from textbooks, its interval, and what people confuse."""

from __future__ import annotations

from uuid import UUID

import pytest

from training.opinions.agreement import ENOUGH, Pair, interval, kappa, measure

ANN, BEN, CLEO = (UUID(int=number) for number in (1, 2, 3))
NAMES = {ANN: "Ann", BEN: "Ben", CLEO: "Cleo"}


def pair(first: str, second: str, one: UUID = ANN, other: UUID = BEN, drawn: bool = True) -> Pair:
    return Pair(first, second, (one, other), (NAMES[one], NAMES[other]), drawn)


def table(*cells: tuple[str, str, int]) -> tuple[list[str], list[str]]:
    rows = [(a, b) for a, b, times in cells for _ in range(times)]
    return [a for a, _ in rows], [b for _, b in rows]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # Two by two, worked out by hand: (p - pe) / (1 - pe) = (.7 - .5) / .5, (.6 - .54) / .46, (.6 - .46) / .54.
        ([("yes", "yes", 20), ("yes", "no", 5), ("no", "yes", 10), ("no", "no", 15)], 0.4),
        ([("yes", "yes", 45), ("yes", "no", 15), ("no", "yes", 25), ("no", "no", 15)], 0.1304),
        ([("yes", "yes", 25), ("yes", "no", 35), ("no", "yes", 5), ("no", "no", 35)], 0.2593),
        # Three categories: Cohen 1960, κ = .492.
        (
            [("1", "1", 88), ("1", "2", 10), ("1", "3", 2), ("2", "1", 14), ("2", "2", 40),
             ("2", "3", 6), ("3", "1", 18), ("3", "2", 10), ("3", "3", 12)],
            0.4915,
        ),
        ([("a", "b", 5), ("b", "a", 5)], -1.0),
        ([("a", "a", 5), ("b", "b", 5)], 1.0),
    ],
)  # fmt: skip
def test_kappa_is_that_of_the_books(cells: list[tuple[str, str, int]], expected: float) -> None:
    assert kappa(*table(*cells)) == pytest.approx(expected, abs=5e-5)


def test_where_only_one_intent_was_ever_said_there_is_no_kappa() -> None:
    assert kappa(["a"] * 12, ["a"] * 12) is None
    assert interval(["a"] * 12, ["a"] * 12) is None
    measured = measure([pair("a", "a")] * 12)
    assert (measured.all.same, measured.all.kappa, measured.all.low) == (12, None, None)


def test_the_interval_holds_the_value_and_narrows_with_more_pairs() -> None:
    few = table(("a", "a", 8), ("a", "b", 2), ("b", "b", 8), ("b", "a", 2))
    many = (few[0] * 20, few[1] * 20)
    low, high = interval(*few) or (0.0, 0.0)
    low_many, high_many = interval(*many) or (0.0, 0.0)
    value = kappa(*few)
    assert value == kappa(*many) == pytest.approx(0.6)
    assert low < 0.6 < high
    assert low < low_many < 0.6 < high_many < high
    # Wald's interval of kappa for 400 pairs: 0.6 ± 1.96 · sqrt(p (1 - p) / n) / (1 - pe).
    wide = 1.96 * (0.8 * 0.2 / 400) ** 0.5 / 0.5
    assert high_many - low_many == pytest.approx(2 * wide, rel=0.15)
    assert interval(*few) == interval(*few)


def test_few_pairs_have_no_figure() -> None:
    measured = measure([pair("a", "b")] * (ENOUGH - 1))
    assert (measured.all.pairs, measured.all.same, measured.all.kappa) == (ENOUGH - 1, 0, None)
    assert measure([]).all.pairs == 0


def test_drawn_messages_are_measured_apart() -> None:
    hard = [pair("a", "b", drawn=False), pair("b", "a", drawn=False)] * 6
    easy = [pair("a", "a"), pair("b", "b")] * 6
    measured = measure(hard + easy)
    assert measured.all.kappa == pytest.approx(0.0)
    assert measured.drawn.kappa == pytest.approx(1.0)
    assert (measured.all.pairs, measured.drawn.pairs) == (24, 12)


def test_confused_intents_are_counted_both_ways_the_commonest_first() -> None:
    pairs = [pair("b", "a"), pair("a", "b"), pair("a", "a"), pair("c", "a"), pair("d", "d")]
    confused = measure(pairs).confused
    assert [(one.intents, one.times, one.of) for one in confused] == [
        (("a", "b"), 2, 4),
        (("a", "c"), 1, 4),
    ]


def test_people_are_listed_by_name_whoever_was_first() -> None:
    pairs = [pair("a", "b", BEN, ANN), pair("a", "a", ANN, BEN), pair("a", "a", CLEO, ANN)]
    people = measure(pairs).people
    assert [(one.names, one.pairs, one.same, one.kappa) for one in people] == [
        (("Ann", "Ben"), 2, 1, None),
        (("Ann", "Cleo"), 1, 1, None),
    ]


def test_each_of_two_people_keeps_their_side() -> None:
    # Ben says "b" to everything, Ann divides: as sides of their own, agreement is pure chance.
    pairs = [pair("a", "b", ANN, BEN), pair("b", "b", BEN, ANN)] * 10
    (ann_and_ben,) = measure(pairs).people
    assert ann_and_ben.kappa == pytest.approx(0.0)
