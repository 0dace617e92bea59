"""Clauses and politeness, by form alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understanding.segments import clauses, core, is_thanked_report, short_question


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
        ("cancel FW-204411 and where is FW-310982", ["cancel FW-204411", "where is FW-310982"]),
        ("order FW-204411 and FW-310982", ["order FW-204411 and FW-310982"]),
        ("cancel my order and get my money back", ["cancel my order and get my money back"]),
        ("where is my order and take me off your list", ["where is my order", "take me off your list"]),
    ],
)  # fmt: skip
def test_cuts_are_few(said: str, parts: list[str]) -> None:
    assert [clause.text for clause in clauses(said)] == parts


def test_a_clause_knows_whether_it_asks_and_was_led_in() -> None:
    first, second = clauses("My lamp won't connect. By the way, how long is the warranty?")
    assert (first.asks, first.marked) == (False, False)
    assert (second.asks, second.marked) == (True, True)


@pytest.mark.parametrize(
    "bid",
    [
        "take me off that sale email thing", "sign me up for the letter", "unsubscribe me from it all",
        "get rid of my account", "put my box on hold", "just put it on hold", "make sure nobody calls",
    ],
)  # fmt: skip
def test_commands_have_a_requests_form(bid: str) -> None:
    assert clauses(f"{bid} thanks, Anna")[0].asks


@pytest.mark.parametrize(
    "told",
    ["my refund arrived", "got it working now", "that did the trick", "it was put right today"],
)
def test_reports_of_success_have_none(told: str) -> None:
    assert not clauses(f"{told}, thanks, Anna")[0].asks


@pytest.mark.parametrize(
    "text",
    [
        "my refund arrived, thanks", "my parcel came today, thank you so much!", "it works now, thanks, Anna",
        "the lamp is working again, cheers", "just to say: everything is sorted now. many thanks, Tom Hill",
        "I got my refund thanks",
    ],
)  # fmt: skip
def test_good_news_with_thanks_is_a_report(text: str) -> None:
    assert is_thanked_report(text)


@pytest.mark.parametrize(
    "text",
    [
        "my refund arrived", "has my refund arrived? thanks", "my parcel arrived but a lamp is missing, thanks",
        "my parcel arrived late, thanks", "I received the wrong lamp, thanks", "my lamp stopped working, thanks",
        "my lamp isnt working, thanks", "it came today and I want to return it, thanks", "thanks", "",
    ],
)  # fmt: skip
def test_news_that_ask_for_something_are_none(text: str) -> None:
    assert not is_thanked_report(text)


def test_a_short_question_is_one_without_its_politeness() -> None:
    assert short_question("amex ok? thanks, Anna") == "amex ok?"
    assert [
        short_question(text) for text in ("amex ok?", "how do I pay? thanks", "", "ok, thanks")
    ] == [None] * 4


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
    is_thanked_report(f"my {piece * 600}"[:600])
    assert time.process_time() - start < 0.2
