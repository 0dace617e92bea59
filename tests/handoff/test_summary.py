from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handoff import words
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


def test_details_and_sighs_are_no_questions() -> None:
    made = summarise(
        said(
            ("where is my parcel", "order_status"),
            ("ann@example.com", "give_details"),
            ("a human please", "request_human"),
            ("forget it", None),
        ),
        [],
    )
    assert (made.first_ask, made.last_ask) == ("where is my parcel", None)
    later = summarise(said(("hello", "greet"), ("the invoice is missing too", None)), [])
    assert later.first_ask == "the invoice is missing too"


def test_a_code_at_the_start_of_a_detail_is_said_in_words() -> None:
    assert words.detail("order_status: where is it?") == "Order status: where is it?"
    assert words.detail("legal_threat") == "Legal threat"
    assert words.detail("No, the link: nothing") == "No, the link: nothing"
    assert words.detail(None) is None


def test_what_failed_is_said_once() -> None:
    assert summarise([], ["x: failed", "x: failed"]).failed == ["x: failed"]


@given(st.text(max_size=1000))
def test_a_quote_is_one_line_of_bounded_length_and_extractive(text: str) -> None:
    line = quote(text)
    assert len(line) <= QUOTE_LENGTH
    assert len(line.splitlines()) <= 1
    assert " ".join(text.split()).startswith(line.removesuffix("…").rstrip())
