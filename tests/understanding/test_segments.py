"""Clauses and politeness, by form alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understanding.segments import clauses, core


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (
            "hi there, hope you're well! quick one: where's my parcel? thanks a lot",
            "where's my parcel?",
        ),
        (
            "Good morning, sorry to bother you. My kettle leaks. Kind regards, Els",
            "My kettle leaks.",
        ),
        ("hello where is my order", "where is my order"),
        ("thanks for looking up my order", "thanks for looking up my order"),
        ("how do I pay? thanks, Anna Hill", "how do I pay?"),
        ("where is my parcel cheers Tom", "where is my parcel"),
        ("i said no thanks", "i said no thanks"),
        ("please cancel my order", "please cancel my order"),
        ("thank you so much!", "thank you so much!"),
        ("hi", "hi"),
        ("hi, yes please", "hi, yes please"),
        ("", ""),
    ],
)
def test_politeness_goes_where_enough_is_left(said: str, meant: str) -> None:
    assert core(said) == meant


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("cancel my box and also I need an invoice", ["cancel my box", "I need an invoice"]),
        ("can i pause my box\nalso how does it work", ["can i pause my box", "how does it work"]),
        ("where is my order? oh and btw i want an invoice", ["where is my order?", "i want an invoice"]),
        ("hi\nmy order\nhasnt come", ["my order hasnt come"]),
        ("does it also apply to my order", ["does it also apply to my order"]),
        ("I bought a lamp and a kettle", ["I bought a lamp and a kettle"]),
        ("I paid 49.95 on the 3. of May for it", ["I paid 49.95 on the 3. of May for it"]),
        ("I tried another one and it says the same", ["I tried another one and it says the same"]),
    ],
)  # fmt: skip
def test_cuts_are_few(said: str, parts: list[str]) -> None:
    assert [clause.text for clause in clauses(said)] == parts


def test_a_clause_knows_whether_it_asks_and_was_led_in() -> None:
    first, second = clauses("My lamp won't connect. By the way, how long is the warranty?")
    assert (first.asks, first.marked) == (False, False)
    assert (second.asks, second.marked) == (True, True)


@given(st.text(max_size=300))
def test_any_text_has_a_clause(text: str) -> None:
    assert 1 <= len(clauses(text)) <= 8


@pytest.mark.parametrize(
    "piece", ["\n", ".", " ", "hi ", "hi, ", "thanks, ", ".,", "?!\n", ". , ", "regards A ", "and also "]
)  # fmt: skip
def test_politeness_without_end_takes_no_time(piece: str) -> None:
    start = time.process_time()
    clauses((piece * 600)[:600])
    clauses(piece * 2000)
    assert time.process_time() - start < 0.2
