"""Whether a question leans on the last one."""

from __future__ import annotations

import pytest

from understanding.followups import MAX_BEFORE, leans, with_before


@pytest.mark.parametrize(
    "text",
    [
        "and how long does that take?",
        "what about gift cards?",
        "and for sale items?",
        "where do i find that?",
        "how much is it?",
        "can it go faster?",
        "and paypal?",
        "when does it come?",
    ],
)
def test_these_lean(text: str) -> None:
    assert leans(text)


@pytest.mark.parametrize(
    "text",
    [
        "how do I reset my password?",
        "what does delivery to Spain cost?",
        "do you have a student discount?",
        "my lamp won't connect to the wifi and it flashes red",
        "hello",
        "",
    ],
)
def test_these_stand_alone(text: str) -> None:
    assert not leans(text)


def test_the_last_question_comes_first_and_short() -> None:
    joined = with_before("and to the uk?", "what does delivery cost in Belgium? " * 50)
    assert joined.endswith("and to the uk?")
    assert joined.startswith("delivery cost belgium")
    assert len(joined) < MAX_BEFORE
    assert with_before("and then?", "") == "and then?"
