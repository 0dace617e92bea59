from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handoff.summary import QUOTE_LENGTH, Said, quote, summarise


def said(*pairs: tuple[str, str | None]) -> list[Said]:
    return [Said(seq=n, text=text, intent=intent) for n, (text, intent) in enumerate(pairs, 1)]


def test_greetings_are_not_the_problem() -> None:
    made = summarise(
        said(
            ("hello", "greet"), ("my parcel is lost", "order_status"), ("a human", "request_human")
        ),
        [],
    )
    assert (made.first_ask, made.last_ask) == ("my parcel is lost", None)


def test_without_substance_any_words_stand_in() -> None:
    made = summarise(said(("hello", "greet"), ("a human please", "request_human")), [])
    assert (made.first_ask, made.last_ask) == ("hello", "a human please")


def test_what_failed_is_said_once() -> None:
    assert summarise([], ["x: failed", "x: failed"]).failed == ["x: failed"]


@given(st.text(max_size=1000))
def test_a_quote_is_one_line_of_bounded_length_and_extractive(text: str) -> None:
    line = quote(text)
    assert len(line) <= QUOTE_LENGTH
    assert len(line.splitlines()) <= 1
    assert " ".join(text.split()).startswith(line.removesuffix("…").rstrip())
