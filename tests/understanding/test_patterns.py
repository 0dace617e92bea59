"""Entities by form: found in every common writing, apart, in linear time."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understanding import patterns


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
        ("you took €1.234,50 from me", "amount", "1234.50"),
        ("29 euros twice", "amount", "29"),
        ("$1,299.99", "amount", "1299.99"),
        ("45.5 EUR", "amount", "45.50"),
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
    "piece", ["a.", "a@", "1 ", "1.", "+1(", "fw ", "€1,", "ticket ", "@a.", "-", "0" * 7 + " "]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = (piece * 4000)[:4000]
    patterns.find(text[:100])
    start = time.perf_counter()
    patterns.find(text)
    # A quadratic match of 4,000 characters takes seconds; this takes about 5 ms.
    assert time.perf_counter() - start < 0.5
