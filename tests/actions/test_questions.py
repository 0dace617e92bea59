"""A question in the middle of a task is searched for, whatever its intent was taken for."""

from __future__ import annotations

import pytest

from actions.questions import asks, begins_as_question, names_a_matter
from actions.words import Words
from tests.actions.fakes import DELIVERY, HUB, LAMP, LATE, Customer

WORDS = Words.load()
ANN = "ann@example.com"


@pytest.fixture
def customer() -> Customer:
    return Customer()


@pytest.mark.parametrize(
    "text",
    ["im in lisbon, can i order from u guys", "do you ship here", "what now", "anyone there?",
     "hello! how long does it take", "I moved and can I still get it", "isn't there a shop",
     "don't you sell lamps", "whats that"],
)  # fmt: skip
def test_questions(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    ["yes", "do it", "will do", "can do", "is fine", "yes, do it", "no idea", "whatever",
     "ok so do that", "I have no clue where it is", "FW-204411", ""],
)  # fmt: skip
def test_no_questions(text: str) -> None:
    assert not asks(text)


def test_a_reason_that_sounds_like_a_question_is_a_reason() -> None:
    assert not begins_as_question("is broken")
    assert not begins_as_question("It doesn't fit, what a shame")


@pytest.mark.parametrize(
    "text",
    ["where is the number?", "why my e-mail?", "which post code", "where do i find that?",
     "what do you need it for?", "are you there?", "can you do it please?", "what?"],
)  # fmt: skip
def test_questions_about_our_own_question(text: str) -> None:
    assert asks(text)
    assert not names_a_matter(text)


@pytest.mark.parametrize("text", ["how long does it take", "do i pay for it?", "can i order it?"])
def test_questions_with_a_matter(text: str) -> None:
    assert names_a_matter(text)


@pytest.mark.parametrize(
    ("intent", "confidence"),
    [("cancel_order", 0.4), ("give_details", 0.9), ("nlu_fallback", 0.3), ("affirm", 0.9)],
)
async def test_a_question_is_answered_and_the_form_goes_on(
    customer: Customer, intent: str, confidence: float
) -> None:
    await customer.opens("cancel_order", "cancel it")
    reply = await customer.tells(intent, "im in lisbon, do u deliver there", confidence=confidence)
    answer, goes_on = reply.messages
    assert answer["custom"]["source"]["title"] == DELIVERY.title
    assert goes_on["text"] in WORDS.variants("ask.order_number")
    assert reply.records["decision"]["shown"] == str(DELIVERY.article_id)
    assert customer.slots["requested_slot"] == "order_number"
    assert not customer.slots.get("tries")
    assert customer.loop == "cancel_order_form"


async def test_no_answer_is_told_what_is_needed(customer: Customer) -> None:
    await customer.opens("cancel_order", "cancel it")
    reply = await customer.tells("nlu_fallback", "do you sell frobnicators?")
    assert len(customer.knowledge.asked) == 1
    assert reply.text in WORDS.variants("hint.order_number")
    assert customer.slots["tries"] == 1


@pytest.mark.parametrize("text", ["where do i find the order number?", "where do i find that?"])
async def test_a_question_about_the_number_gets_its_form(customer: Customer, text: str) -> None:
    await customer.opens("cancel_order", "cancel it")
    reply = await customer.tells("give_details", text)
    assert reply.text in WORDS.variants("hint.order_number")
    assert customer.knowledge.asked == []


async def test_the_task_asked_for_again_is_no_question(customer: Customer) -> None:
    await customer.opens("cancel_order", "cancel it")
    reply = await customer.tells("cancel_order", "can you cancel my order?")
    assert reply.text in WORDS.variants("hint.order_number")
    assert customer.knowledge.asked == []


async def test_a_question_with_a_number_is_an_answer(customer: Customer) -> None:
    await customer.opens("cancel_order", "cancel it")
    reply = await customer.tells("nlu_fallback", "is it FW-204411 what you deliver?")
    assert reply.text in WORDS.variants("ask.email")
    assert customer.knowledge.asked == []


async def test_a_choice_is_the_only_question(customer: Customer) -> None:
    await customer.opens("cancel_order", "cancel it")
    reply = await customer.tells("nlu_fallback", "how do i connect?")
    assert list(reply.buttons) == [LAMP.title, HUB.title, "None of these"]
    assert len(reply.messages) == 1
    assert customer.slots["requested_slot"] == "order_number"


async def test_a_question_is_no_yes_to_a_read_back(customer: Customer) -> None:
    await customer.opens("cancel_order", f"cancel FW-204411, {ANN}")
    reply = await customer.tells("affirm", "will the delivery be stopped?")
    assert customer.shop.effects == []
    answer, again = reply.messages
    assert answer["custom"]["source"]["article_id"] in map(
        str, (DELIVERY.article_id, LATE.article_id)
    )
    assert again["text"].startswith("Shall I cancel order FW-204411")
    unknown = await customer.tells("affirm", "can you do it please?")
    assert unknown.text.startswith("Nothing has been changed yet.")
    await customer.tells("affirm", "yes, will you?")
    assert len(customer.shop.effects) == 1
