"""What goes into a training file is one safe line without personal data, whatever came in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
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


NAMES = st.sampled_from(
    [
        "Sofie",
        "Anaïs",
        "Jan",
        "Will",
        "May",
        "Li",
        "Błażej",
        "maes",
        "O'Neill",
        "Van den Berg",
        "Peeters",
        "de Smet",
    ]
)
DIGITS = st.text("0123456789", min_size=9, max_size=16)
MAILS = st.from_regex(r"[a-z]{2,9}[.][a-z]{3,9}@[a-z]{3,8}[.](be|com|co[.]uk)", fullmatch=True)
AROUND = (
    st.sampled_from(["", " ", "hello ", "my number is ", "tel:", "("]),
    st.sampled_from([" ", ", ", "? ", ")", "\n"]),
)


def _spaced(data: st.DataObject, digits: str) -> str:
    """A number as people type it, and as programs paste it."""
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    separator = data.draw(
        st.sampled_from(["", " ", "-", ".", "/", " - ", "\u00a0", "\u200b", " \u2013 "])
    )
    return separator.join(parts)


@settings(max_examples=60)
@given(
    first=NAMES,
    last=NAMES,
    digits=DIGITS,
    mail=MAILS,
    order=st.from_regex("[0-9]{6}", fullmatch=True),
    data=st.data(),
)
def test_nothing_that_the_customer_gave_survives(
    first: str, last: str, digits: str, mail: str, order: str, data: st.DataObject
) -> None:
    full = f"{first} {last}"
    details = [full, first, last.upper(), mail, mail.upper(), _spaced(data, digits), f"FW-{order}"]
    said = data.draw(st.permutations(details))
    text = "".join(data.draw(AROUND[0]) + one + data.draw(AROUND[1]) + "x " for one in said)
    parse = {"entities": [{"entity": "PERSON", "value": full, "masked": True}]}
    line = prepare(text, parse)
    rest = line.replace("Alex Smith", "").replace("name@example.com", "")
    for name in (first, last):
        assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", rest)
    assert mail.split("@")[0] not in rest.lower()
    assert not set(rest) & set("123456789")
    assert prepare(line, parse) == line or "Alex Smith" in line


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


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("SOFIE  MAES is here, maes", "Alex Smith is here, Alex Smith"),
        ("Sofie's parcel, not sofiesticated", "Alex Smith's parcel, not sofiesticated"),
        ("\u200bSo\u200bfie\u00a0Maes", "Alex Smith"),
    ],
)
def test_a_name_is_found_however_it_is_spelt(text: str, masked: str) -> None:
    parse = {"entities": [{"entity": "PERSON", "value": "Sofie Maes", "masked": True}]}
    assert prepare(text, parse) == masked


def test_a_name_that_is_a_word_counts_only_as_it_was_spelt() -> None:
    parse = {"entities": [{"entity": "PERSON", "value": "Will de Smet", "masked": True}]}
    assert (
        prepare("Will de Smet here, will you send it", parse) == "Alex Smith here, will you send it"
    )
    assert prepare("Will here. de facto", parse) == "Alex Smith here. de facto"
