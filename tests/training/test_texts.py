"""What goes into a training file is one safe line without personal data, whatever came in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.texts import LIMIT, clean, key, mask, normalise, prepare
from understanding import patterns


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("where is FW-204411", "where is FW-000000"),
        ("order 204411 please", "order 000000 please"),
        ("mail ann.peeters+shop@gmail.com", "mail name@example.com"),
        ("call +32 470 12 34 56", "call +00 000 00 00 00"),
        ("card 4111 1111 1111 1111 was charged", "card 0000 0000 0000 0000 was charged"),
        ("invoice INV-2024-00017", "invoice INV-0000-00000"),
        ("pay to BE68 5390 0754 7034", "pay to BE00 0000 0000 0000"),
        ("pay to GB82WEST12345698765432", "pay to GB00WEST00000000000000"),
        ("I paid 59.90 euro for 2 lamps in 2024", "I paid 59.90 euro for 2 lamps in 2024"),
    ],
)
def test_personal_data_is_masked_and_the_sentence_stays(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(masked) == masked


def test_a_masked_number_is_still_an_order_number() -> None:
    assert [found.entity for found in patterns.find(mask("track fw 204411"))] == ["order_number"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/greet", "greet"),
        ("// \\cancel_order", "cancel_order"),
        ('{"intent": "x"}', '("intent": "x")'),
        ('[FW](order_number) [a]{"entity": "b"}', '(FW)(order_number) (a)("entity": "b")'),
        ("one\ntwo\r\nthree\x0bfour\u2028five\x85six", "one two three four five six"),
        ("nul\x00 bell\x07 esc\x1b[31m", "nul bell esc (31m"),
        ("C:\\Users\\U0001", "C:/Users/U0001"),
        ("${HANDRAIL_RASA_TOKEN}", "$(HANDRAIL_RASA_TOKEN)"),
        ("\u202eevil\u202c \ufeffbom \ud800half", "evil bom half"),
        ("  - a\t list ", "- a list"),
        ("👩‍👩‍👧 thanks", "👩‍👩‍👧 thanks"),
        ("مرحبا أين طلبي", "مرحبا أين طلبي"),
        (" \n\t/ ", ""),
    ],
)
def test_hostile_text_becomes_one_plain_line(text: str, line: str) -> None:
    assert clean(text) == line


def test_long_text_is_cut_before_any_work() -> None:
    assert prepare("a" * 100_000, {}) == "a" * LIMIT
    assert len(prepare("😀 " * 10_000, {})) <= LIMIT


@given(st.text(max_size=800))
def test_clean_is_final_and_safe(text: str) -> None:
    line = clean(text)
    assert clean(line) == line
    assert len(line) <= LIMIT
    assert line == line.strip()
    assert len(line.splitlines()) <= 1
    assert not line.startswith(("/", "{"))
    assert not set(line) & set("[]{}\\")


def test_messages_that_read_the_same_share_a_key() -> None:
    assert key("Where’s  my ORDER?!") == key("wheres my order")
    assert key("yes") != key("no")
    assert normalise("???") == "???"
    assert key("👍") != key("👎")


def test_people_that_the_parse_names_are_masked() -> None:
    parse = {
        "entities": [
            {"entity": "PERSON", "value": "Sofie", "masked": True},
            {"entity": "PERSON", "value": "Sofie Maes", "masked": True},
            {"entity": "GPE", "value": "Ghent", "masked": False},
            None,
        ]
    }
    assert prepare("Sofie Maes from Ghent, Sofie!", parse) == "Alex Smith from Ghent, Alex Smith!"
    assert prepare("hello", {"entities": "none"}) == "hello"
