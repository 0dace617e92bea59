"""A moment of truth: one fitting message and a person; for one in danger of themselves nothing else."""

from __future__ import annotations

import pytest

from actions.words import Words
from tests.actions.fakes import Customer

WORDS = Words.load()
DESPAIR = "I want to end my life"


@pytest.fixture
def customer() -> Customer:
    return Customer()


def test_the_words_for_somebody_in_danger_are_one_and_fixed() -> None:
    (text,) = WORDS.variants("handoff.self_harm")
    assert "112" in text
    assert "emergency" in text
    assert "calling a person" in text
    assert "!" not in text
    assert "{" not in text


@pytest.mark.parametrize("level", ["calm", "acknowledge", "offer", "handoff"])
async def test_self_harm_gets_these_words_alone(customer: Customer, level: str) -> None:
    for _ in range(2):
        reply = await customer.says("action_handoff", "self_harm", DESPAIR, level=level)
        assert reply.text == WORDS.variants("handoff.self_harm")[0]
        assert len(reply.messages) == 1
        assert reply.buttons == {}
        assert reply.records == {"handoff": {"reason": "moment_of_truth", "detail": "self_harm"}}
    assert customer.knowledge.asked == []


async def test_self_harm_ends_a_form_whatever_the_anger(customer: Customer) -> None:
    await customer.opens("cancel_order", "cancel everything")
    asked = await customer.tells("self_harm", DESPAIR, level="handoff")
    assert asked.rejected
    assert asked.messages == []
    reply = await customer.run("action_handoff")
    assert reply.text == WORDS.variants("handoff.self_harm")[0]
    assert reply.records["handoff"]["detail"] == "self_harm"
    assert customer.loop is None


async def test_no_empathy_line_was_said_or_used_up(customer: Customer) -> None:
    await customer.says("action_handoff", "self_harm", DESPAIR, level="offer")
    assert not customer.slots.get("acknowledged")


async def test_who_is_about_to_leave_is_asked_to_go_on_writing(customer: Customer) -> None:
    reply = await customer.says("action_handoff", "cancellation_threat", "fix it or I'm gone")
    assert reply.records["handoff"] == {
        "reason": "moment_of_truth",
        "detail": "cancellation_threat",
    }
    assert "still open" in reply.text


async def test_the_language_goes_along_with_a_moment(customer: Customer) -> None:
    customer.hears("self_harm", "ich will nicht mehr leben")
    customer.latest["language"] = {"code": "de", "name": "German", "sure": True}
    reply = await customer.run("action_handoff")
    assert reply.records["handoff"]["detail"] == "self_harm: language German"
