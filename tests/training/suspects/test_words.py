"""What the page of doubtful examples says."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from training.suspects import words
from training.suspects.service import Found

NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
NOTHING = Found((), 0, False, None, False, 0, (), None)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (5, "just now"),
        (60, "1 minute ago"),
        (3600, "60 minutes ago"),
        (7200, "2 hours ago"),
        (200_000, "2 days ago"),
    ],
)
def test_how_long_ago(seconds: int, said: str) -> None:
    assert words.ago(NOW - timedelta(seconds=seconds), NOW) == said


def test_what_was_looked_through() -> None:
    found = Found((), 1, False, NOW, True, 2553, ("order_status",), None)
    assert words.stamp(found, NOW) == (
        "2,553 examples looked through just now. The training files have changed since. "
        "“order status” has too few examples to judge."
    )
    assert words.stamp(NOTHING, NOW) == ""
    assert words.count(found) == "1 example"


def test_an_empty_list_says_what_to_do() -> None:
    assert words.nothing(NOTHING)[0] == "Not looked yet"
    looking = Found((), 0, True, None, False, 0, (), None)
    assert words.nothing(looking)[0] == "Looking for the first time"
    assert words.nothing(Found((), 0, False, NOW, False, 0, (), None))[0] == "No examples to judge"
    assert (
        words.nothing(Found((), 0, False, NOW, False, 9, (), None))[0] == "No example looks wrong"
    )
