"""A message without a word is no answer: the question is put again, in other words."""

from __future__ import annotations

import pytest

from actions.words import Words
from tests.actions.fakes import HUB, LAMP, Customer

WORDS = Words.load()
ANN = "ann@example.com"
MARKS = ["?", "??", "...", "…", "!", "?!", "-", ":)", "❓", " . "]


@pytest.fixture
def customer() -> Customer:
    return Customer()


@pytest.mark.parametrize("marks", MARKS)
async def test_marks_are_no_yes_to_a_read_back(customer: Customer, marks: str) -> None:
    asked = await customer.opens("cancel_order", f"cancel FW-204411, {ANN}")
    reply = await customer.tells("affirm", marks)
    assert customer.shop.effects == []
    assert reply.text == (
        "Nothing has been changed yet. Do you want me to cancel order FW-204411, yes or no?"
    )
    assert reply.text != asked.text
    assert list(reply.buttons) == ["Yes", "No", "Talk to a person"]
    await customer.tells("affirm", "yes")
    assert len(customer.shop.effects) == 1


@pytest.mark.parametrize(("task", "opening"), [("return_order", f"return FW-204412, {ANN}")])
@pytest.mark.parametrize("intent", ["affirm", "frustrated", "request_human", "nlu_fallback"])
async def test_marks_are_no_reason_and_no_other_wish(
    customer: Customer, task: str, opening: str, intent: str
) -> None:
    await customer.opens(task, opening)
    reply = await customer.tells(intent, "...")
    assert not reply.rejected
    assert reply.text in WORDS.variants("hint.return_reason")
    await customer.tells("sizing", "too small")
    again = await customer.tells(intent, "??")
    assert "start the return of order FW-204412, yes or no?" in again.text
    assert customer.shop.effects == []


async def test_marks_three_times_bring_a_person(customer: Customer) -> None:
    await customer.opens("cancel_order", f"cancel FW-204411, {ANN}")
    for _ in range(2):
        await customer.tells("affirm", "?")
    reply = await customer.tells("affirm", "?")
    assert reply.records["handoff"]["reason"] == "no_answer"
    assert customer.shop.effects == []


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize(
    ("action", "intent"),
    [("action_confirm", "affirm"), ("action_confirm", "deny"), ("action_answer", "out_of_scope"),
     ("action_social", "goodbye")],
)  # fmt: skip
async def test_marks_do_not_say_that_it_helped(
    customer: Customer, action: str, intent: str, marks: str
) -> None:
    await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    searched = len(customer.knowledge.asked)
    reply = await customer.says(action, intent, marks)
    assert reply.records == {}
    assert reply.text in WORDS.variants("confirm.again")
    assert reply.buttons == {"Yes": "/affirm", "No": "/deny"}
    assert len(customer.knowledge.asked) == searched
    assert customer.slots["stage"] == "confirm"
    helped = await customer.says("action_confirm", "affirm", "yes")
    assert helped.records["outcome"] == "confirmed"


@pytest.mark.parametrize("yes", ["👍", "👍🏽", "✓", "1", "y", "да"])
async def test_what_says_something_is_heard(customer: Customer, yes: str) -> None:
    await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    reply = await customer.says("action_confirm", "affirm", yes)
    assert reply.records["outcome"] == "confirmed"


async def test_a_pressed_button_is_heard(customer: Customer) -> None:
    await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    reply = await customer.says("action_confirm", "affirm")
    assert reply.records["outcome"] == "confirmed"


async def test_a_choice_is_shown_again(customer: Customer) -> None:
    await customer.says("action_answer", "technical_problem", "it won't connect")
    reply = await customer.says("action_confirm", "affirm", "??")
    assert list(reply.buttons) == [LAMP.title, HUB.title, "None of these"]


async def test_who_can_not_put_it_in_other_words_is_offered_a_person(customer: Customer) -> None:
    await customer.says("action_answer", "nlu_fallback", "frobnicate")
    offer = await customer.says("action_answer", "out_of_scope", "?")
    assert offer.text in WORDS.variants("acknowledge.offer")
    again = await customer.says("action_confirm", "affirm", "?")
    assert "handoff" not in again.records
    assert again.text in WORDS.variants("acknowledge.offer_again")
    person = await customer.says("action_confirm", "affirm", "yes")
    assert person.records["handoff"]["reason"] == "asked"


async def test_marks_without_a_question_are_listened_to(customer: Customer) -> None:
    reply = await customer.says("action_confirm", "affirm", "?")
    assert reply.text in WORDS.variants("clarify.go_on")


async def test_a_helpful_answer_ends_kindly(customer: Customer) -> None:
    await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    reply = await customer.says("action_confirm", "affirm", "yes")
    (closing,) = reply.messages
    assert "glad" in closing["text"].lower()
    assert len(closing["text"]) < 50
