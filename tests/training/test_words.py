"""The sentences of the trainer's page, and the arithmetic behind its verdict."""

from __future__ import annotations

import pytest

from training import words
from training.comparing.golden import Golden
from training.comparing.noise import chance
from training.comparing.score import compare
from training.comparing.verdict import may_promote_itself
from training.nlu_files import Example
from training.review.items import Order, Show
from training.review.reasons import After, Reason


def golden(count: int) -> Golden:
    return Golden(tuple(Example("greet", f"message {n}") for n in range(count)), 0)


def answers(right: int, count: int) -> list[str | None]:
    return [*["greet"] * right, *["deny"] * (count - right)]


@pytest.mark.parametrize(
    ("old", "new", "verdict", "tone", "sentence"),
    [
        (90, 90, "equal", "plain", "exactly as good"),
        (90, 89, "equal", "plain", "about as good (1.0 points lower)"),
        (90, 88, "worse", "warn", "2.0 points worse. A difference this small may be chance."),
        (90, 70, "worse", "warn", "20.0 points worse."),
        (90, 91, "better", "good", "1.0 points better. A difference this small may be chance."),
        (50, 90, "better", "good", "40.0 points better."),
        (None, 90, "first", "plain", "No model is in service"),
    ],
)
def test_the_verdict_allows_one_point(
    old: int | None, new: int, verdict: str, tone: str, sentence: str
) -> None:
    before = None if old is None else answers(old, 100)
    figures = compare(golden(100), before, answers(new, 100))
    assert figures["verdict"] == verdict
    assert may_promote_itself(figures) is (verdict != "worse")
    said_tone, said = words.verdict(figures)
    assert said_tone == tone
    assert sentence in said


def test_what_was_not_compared_says_so_and_does_not_go_live() -> None:
    assert words.verdict({"problem": "No golden set."}) == ("warn", "Not compared: No golden set.")
    assert not may_promote_itself({})
    with pytest.raises(ValueError, match="one answer"):
        compare(golden(2), None, ["greet"])


def test_chance_is_the_exact_two_sided_mcnemar_test() -> None:
    assert chance([True] * 5, [True] * 5) == 1.0
    assert chance([False] * 5, [True] * 5) == pytest.approx(2 / 32)
    assert chance([True, False], [False, True]) == 1.0


def test_every_code_has_its_words_and_every_empty_list_says_what_to_do_next() -> None:
    assert set(words.AFTER) == set(After)
    assert set(words.ORDERS) == set(Order)
    assert set(words.EMPTY) == {"never", "filtered", *words.SHOWN} and set(words.SHOWN) == set(Show)
    assert all(title and advice for title, advice in words.EMPTY.values())


def test_numbers_read_well() -> None:
    assert (words.duration(4.4), words.duration(65), words.percent(0.415)) == (
        "4 s", "1 min 05 s", "42%",
    )  # fmt: skip
    assert words.waiting(1) == "1 label is not trained yet."
    assert words.intent(None) == "nothing"
    assert set(words.REASONS) == set(words.EXPLAINED) == set(Reason)
