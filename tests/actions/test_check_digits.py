"""A number whose check digit is wrong is asked for again; no card number becomes a slot."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions import memory
from actions.words import Words
from tests.actions.fakes import Customer
from understanding import numbers

# The first digit to the last are Luhn's: 310987 can be an order, 310982 can't.
LUHN = """
numbers:
- {entity: order_number, forms: ['fw[ -]?[0-9]{6}'], bare: ['[0-9]{6}'], canonical: 'FW-######', check: luhn}
"""
HINT = Words.load().say("hint.order_number", "")


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "numbers.yml"
    path.write_text(LUHN, encoding="utf-8")
    own = numbers.load(path)
    monkeypatch.setattr(numbers, "default", lambda: own)


@pytest.mark.usefixtures("checked")
def test_only_a_number_that_can_be_right_is_taken() -> None:
    assert memory.order_number("FW-310982 or 310983") is None
    assert memory.order_numbers("FW-310982, 310987 and fw 310987") == ["FW-310987"]


@pytest.mark.usefixtures("checked")
async def test_a_number_that_cannot_be_right_is_asked_for_with_what_it_looks_like() -> None:
    customer = Customer()
    reply = await customer.opens(
        "order_status", "where is FW-310982", order_number_unsure="FW-310982"
    )
    assert reply.text == HINT
    assert customer.slots["requested_slot"] == "order_number"
    assert customer.slots.get("order_number") is None
    reply = await customer.tells("give_details", "FW-310982", order_number_unsure="FW-310982")
    assert reply.text == HINT
    await customer.tells("give_details", "sorry, FW-310987", order_number="FW-310987")
    assert customer.slots["requested_slot"] == "email"


async def test_without_a_number_the_question_is_the_plain_one() -> None:
    reply = await Customer().opens("order_status", "where is my order")
    assert reply.text != HINT


async def test_a_card_number_reaches_no_slot() -> None:
    customer = Customer()
    await customer.opens("order_status", "where is my order, card 4111 1111 1111 1111")
    assert "************1111" in str(customer.slots["last_question"])
    assert "4111 1111" not in repr(customer.slots)
