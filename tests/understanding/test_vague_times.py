"""Vague times are found with their place; times that say when are not."""

from __future__ import annotations

import pytest

from understanding.vague_times import names_a_time, vague_times


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We will write as soon as possible.", ["as soon as possible"]),
        ("It takes a few days, then we call you shortly.", ["takes a few days", "shortly"]),
        ("Your refund comes within 5 working days.", []),
        ("We answer by Monday at 14:00.", []),
    ],
)
def test_vague_times_are_found(text: str, words: list[str]) -> None:
    found = vague_times(text)
    assert [one.words for one in found] == words
    assert all(text[one.start : one.end].strip() == one.words for one in found)


def test_a_time_that_says_when() -> None:
    assert names_a_time("We answer within 2 working days.")
    assert not names_a_time("We answer in due course.")
