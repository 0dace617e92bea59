"""Whose name it is, and whether it is one: the evidence around what spaCy found."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understanding import names
from understanding.entities import Entities

IS_PRODUCT = Entities.default().is_product


def span(text: str, name: str) -> tuple[int, int]:
    return text.index(name), text.index(name) + len(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is marta kowalska and i need help", "marta kowalska"),
        ("MY NAME IS EMMA LARSEN", "EMMA LARSEN"),
        ("My name's Ola", "Ola"),
        ("name: Pierre Dubois", "Pierre Dubois"),
        ("my name is Mrs. Maes, hello", "Maes"),
        ("where is my parcel\nThanks,\nTomas Novak", "Tomas Novak"),
        ("no news yet. Best regards, Lucas Peeters", "Lucas Peeters"),
        ("no news yet. Kind regards\nNina Virtanen ", "Nina Virtanen"),
    ],
)
def test_a_name_with_an_introduction_needs_no_spacy(text: str, name: str) -> None:
    assert names.introduced(text) == span(text, name)
    assert names.is_own(text, *span(text, name))


@pytest.mark.parametrize(
    "text",
    [
        "my name is wrong on the invoice",
        "My name is misspelled",
        "my name is Anna's",
        "her name was Anna",
        "thanks, Tomas Novak",
        "Thanks,\nfor nothing",
        "regards\nFernway Support",
        "hello",
        "",
    ],
)
def test_without_an_introduction_there_is_no_name(text: str) -> None:
    assert names.introduced(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I'm Anna", "Anna"),
        ("im anna", "anna"),
        ("Anna here, where is my order?", "Anna"),
        ("Hello, Sofia Rossi here", "Sofia Rossi"),
        ("Good morning, Mark Dekker here", "Mark Dekker"),
        ("call me Lena", "Lena"),
        ("Jonas Weber", "Jonas Weber"),
        ("Best regards, Anna", "Anna"),
    ],
)
def test_own(text: str, name: str) -> None:
    assert names.is_own(text, *span(text, name))
    assert names.is_person(text, *span(text, name), IS_PRODUCT)


@pytest.mark.parametrize(
    "text",
    [
        "my sister Anna ordered it",
        "This is Anna's parcel",
        "I'm Anna's mother",
        "thanks, Anna",
        "Anna",
    ],
)
def test_somebody_elses(text: str) -> None:
    assert not names.is_own(text, *span(text, "Anna"))
    assert names.is_person(text, *span(text, "Anna"), IS_PRODUCT), "still a person, and masked"


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("KETTLE BROKEN", "KETTLE BROKEN"),
        ("Glow Lamp keeps blinking", "Glow Lamp"),
        ("lamp broken pls", "lamp broken"),
        ("can i pay with Klarna", "Klarna"),
        ("Track My Order Please", "Track My Order"),
        ("WHERE IS MY ORDER", "WHERE"),
        ("pay with bancontact", "bancontact"),
        ("FW-204411 Anna3", "Anna3"),
        ("fw fw", "fw"),
        ("!!", "!!"),
    ],
)
def test_what_is_nobody(text: str, taken: str) -> None:
    assert not names.is_person(text, *span(text, taken), IS_PRODUCT)


@pytest.mark.parametrize(
    ("text", "place", "is_one"),
    [
        ("do you ship to poland", "poland", True),
        ("I LIVE IN BERLIN", "BERLIN", True),
        ("the showroom in Ghent", "Ghent", True),
        ("Please deliver to Kerkstraat 12, 2000 Antwerp", "Antwerp", True),
        ("poland", "poland", False),
        ("pay in PayPal", "PayPal", False),
        ("put it in Kettle", "Kettle", False),
        ("klarna", "klarna", False),
    ],
)
def test_places(text: str, place: str, is_one: bool) -> None:
    assert names.is_place(text, *span(text, place), IS_PRODUCT) is is_one


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_nothing_raises(text: str, start: int, end: int) -> None:
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    names.is_person(text, start, end)
    names.is_place(text, start, end)
    found = names.introduced(text)
    assert found is None or 0 <= found[0] < found[1] <= len(text)


@pytest.mark.parametrize(
    "piece", ["hi ", "my name is ", "regards\n", "A", "Aa ", " ", "it's ", "a'", "name: a "]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = (piece * 4000)[:4000]
    start = time.perf_counter()
    for end in range(100, 4000, 400):  # about as many names as spaCy finds in a thousand characters
        names.is_person(text, end - 4, end)
        names.is_place(text, end - 4, end)
        names.is_own(text, end - 4, end)
    names.introduced(text)
    assert time.perf_counter() - start < 0.5
