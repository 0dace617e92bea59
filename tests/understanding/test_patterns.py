"""Entities by form: found in every common writing, apart, in linear time."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understanding import bank_numbers, patterns


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("where is FW-204411?", "order_number", "FW-204411"),
        ("fw 204411 pls", "order_number", "FW-204411"),
        ("FW204411", "order_number", "FW-204411"),
        ("order 204411", "order_number", "FW-204411"),
        ("order #204411.", "order_number", "FW-204411"),
        ("204411", "order_number", "FW-204411"),
        ("invoice inv-2026-00871 is wrong", "invoice_number", "INV-2026-00871"),
        ("INV 2026 00871", "invoice_number", "INV-2026-00871"),
        ("ticket T-50213", "ticket_number", "T-50213"),
        ("about ticket 50213", "ticket_number", "T-50213"),
        ("mail Ann.Peeters+x@Example.co.uk!", "email", "ann.peeters+x@example.co.uk"),
        ("call +32 470 12 34 56", "phone", "+32470123456"),
        ("my number is (0)470/12.34.56", "phone", "0470123456"),
        ("you took €1.234,50 from me", "amount", "1234.50 EUR"),
        ("29 euros twice", "amount", "29 EUR"),
        ("$1,299.99", "amount", "1299.99 USD"),
        ("45.5 EUR", "amount", "45.50 EUR"),
        ("charged 1.299,50 euro", "amount", "1299.50 EUR"),
        ("1,299.50 pounds", "amount", "1299.50 GBP"),
        ("1 299,50 €", "amount", "1299.50 EUR"),
        ("1'299.50 CHF", "amount", "1299.50 CHF"),
        ("it was 29,- eur", "amount", "29 EUR"),
        ("zapłaciłam 45 zł", "amount", "45 PLN"),
        ("card 4111 1111 1111 1111 12/27 123", "card_number", "************1111"),
        ("2 times 4111-1111-1111-1111", "card_number", "************1111"),
        ("amex 378282246310005.", "card_number", "***********0005"),
        ("refund to be68 5390 0754 7034 please", "iban", "BE**********7034"),
        ("GB82 WEST 1234 5698 7654 32", "iban", "GB****************5432"),
    ],
)
def test_finds(text: str, entity: str, value: str) -> None:
    assert [(found.entity, found.value) for found in patterns.find(text)] == [(entity, value)]


@pytest.mark.parametrize(
    "text",
    [
        "refund status 4411",
        "size 42",
        "I ordered 3 lamps in 2025",
        "1234567",
        "ABC-204411",
        "20441",
        "user@",
        "5 eurosport channels",
        "I paid 12.3.4",
        "hello @ all",
        "",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert patterns.find(text) == []


def test_a_number_inside_an_address_is_part_of_the_address() -> None:
    found = patterns.find("write to 204411@example.com about 310982")
    assert [(one.entity, one.value) for one in found] == [
        ("email", "204411@example.com"),
        ("order_number", "FW-310982"),
    ]


def test_an_amount_says_number_and_currency() -> None:
    (found,) = patterns.find("€1.299,50")
    assert dict(found.more) == {"number": "1299.50", "currency": "EUR"}


@pytest.mark.parametrize(
    "text", ["4111 1111 1111 1112", "BE68 5390 0754 7035", "4111 1111 1111", "XX68 5390 0754 7034"]
)
def test_without_the_check_digits_it_is_no_card_and_no_account(text: str) -> None:
    assert not {one.entity for one in patterns.find(text)} & {"card_number", "iban"}


def test_what_is_hidden_is_gone_and_the_rest_stays() -> None:
    text = "card 4111 1111 1111 1111, account BE68539007547034, order FW-204411"
    hidden = bank_numbers.hide(text)
    assert hidden == "card ************1111, account BE**********7034, order FW-204411"
    assert bank_numbers.hide(hidden) == hidden


def test_dates_outrank_bare_digits_and_nothing_else() -> None:
    date = patterns.Found("date", "2026-04-03", 0, 10)
    assert [one.entity for one in patterns.find("03/04/2026", known=[date])] == ["date"]
    assert [one.entity for one in patterns.find("03/04/2026")] == ["phone"]


def test_personal_data_is_masked() -> None:
    text = "ann@example.com, 0470 12 34 56, FW-204411"
    assert patterns.mask(text) == "[email], [phone], FW-204411"
    assert {one.entity for one in patterns.find(text) if one.masked} == {"email", "phone"}


@settings(deadline=None)
@given(st.text(max_size=200))
def test_positions_are_right_and_apart_for_any_text(text: str) -> None:
    found = patterns.find(text)
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert one.value
    assert all(first.end <= second.start for first, second in itertools.pairwise(found))


@pytest.mark.parametrize(
    "piece",
    [
        "4 ",
        "41",
        "be68 ",
        "1.2 ",
        "1 234",
        "€",
        "a.",
        "a@",
        "1 ",
        "1.",
        "+1(",
        "fw ",
        "€1,",
        "ticket ",
        "@a.",
        "-",
        "0" * 7 + " ",
    ],
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = (piece * 4000)[:4000]
    patterns.find(text[:100])
    start = time.perf_counter()
    patterns.find(text)
    # A quadratic match of 4,000 characters takes seconds; this takes about 5 ms.
    assert time.perf_counter() - start < 0.5
