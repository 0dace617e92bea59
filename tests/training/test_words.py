"""The sentences of the trainer's page, and the arithmetic behind its verdict."""

from __future__ import annotations

import pytest

from training import words
from training.compare import chance, compare, may_promote_itself
from training.golden import Golden
from training.inbox import Filter, Page, Show
from training.nlu_files import Example
from training.reasons import Reason


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


def test_an_empty_inbox_always_says_what_to_do_next() -> None:
    def say(wanted: Filter, all_time: int = 5) -> str:
        page = Page((), 0, 1, 1, dict.fromkeys(Reason, 0), all_time)
        return words.nothing_to_show(page, wanted)[0]

    assert say(Filter(), all_time=0) == "No messages yet"
    assert say(Filter(search="x")) == "Nothing matches these filters"
    assert say(Filter(show=Show.LABELLED)) == "Nothing is labelled yet"
    assert say(Filter(show=Show.IGNORED)) == "Nothing is ignored"
    assert say(Filter(doubtful=True)) == "Nothing is in doubt"
    assert say(Filter()) == "All done"


def test_numbers_read_well() -> None:
    assert (words.duration(4.4), words.duration(65), words.percent(0.415)) == (
        "4 s", "1 min 05 s", "42%",
    )  # fmt: skip
    assert words.waiting(1) == "1 label is not trained yet."
    assert words.intent(None) == "nothing"
    assert set(words.REASONS) == set(words.EXPLAINED) == set(Reason)
