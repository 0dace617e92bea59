"""Two requests in one message: both are answered, or the second is asked about and remembered."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.fakes import DELIVERY, LATE, Customer, FakeCandidate

PAY = FakeCandidate("payments/ways", "Ways to pay")
ASKS = "You also asked"


@pytest.fixture
def customer() -> Customer:
    customer = Customer()
    customer.knowledge.articles[PAY.article_id] = PAY
    decide = customer.knowledge.decide

    async def with_payments(question: str, context: Any) -> Any:
        decision = await decide(question, context)
        if "paypal" in question.casefold():
            return type(decision)("answer", (PAY,))
        return decision

    customer.knowledge.decide = with_payments  # type: ignore[method-assign]
    return customer


def also(customer: Customer, intent: str, text: str, question: str | None = None) -> None:
    """What bot/components/second_request.py adds to the message just heard."""
    customer.latest["also"] = {"intent": intent, "confidence": 0.9, "text": text}
    if question is not None:
        customer.latest["question"] = question


async def test_two_questions_are_both_answered_and_one_is_asked(customer: Customer) -> None:
    customer.hears("delivery_info", "what does delivery cost? and do you take paypal?")
    also(customer, "payment_methods", "do you take paypal?", "what does delivery cost?")
    reply = await customer.run("action_answer")
    sources = [m["custom"]["source"]["title"] for m in reply.messages if "source" in m["custom"]]
    assert sources == [DELIVERY.title, PAY.title]
    assert reply.messages[-1]["text"] == "Did this solve it?"
    assert sum(bool(m["custom"].get("buttons")) for m in reply.messages) == 1
    assert customer.slots.get("also_asked") is None
    assert reply.records["decision"]["question"] == "what does delivery cost?"
    assert reply.records["decision_also"]["question"] == "do you take paypal?"
    again = await customer.says("action_confirm", "deny", "no")
    assert again.messages[-2]["custom"]["source"]["title"] == LATE.title


async def test_a_second_question_without_an_answer_is_asked_about(customer: Customer) -> None:
    customer.hears("delivery_info", "what does delivery cost? and is the moon far?")
    also(customer, "product_question", "is the moon far?", "what does delivery cost?")
    reply = await customer.run("action_answer")
    assert reply.messages[-1]["text"].startswith(ASKS)
    assert "is the moon far?" in reply.messages[-1]["text"]
    declined = await customer.says("action_confirm", "deny", "no")
    assert declined.messages[-1]["text"] == "Did this solve it?"
    assert customer.slots["also_asked"] is None


async def test_a_question_beside_a_task_is_answered_and_the_form_goes_on(
    customer: Customer,
) -> None:
    customer.hears("order_status", "where is my order and do you take paypal?")
    also(customer, "payment_methods", "do you take paypal?", "where is my order")
    customer.loop = "order_status_form"
    customer.events.append({"event": "active_loop", "name": customer.loop})
    reply = await customer.form_goes_on()
    assert reply.messages[0]["text"] == "And to your other question."
    assert reply.messages[1]["custom"]["source"]["title"] == PAY.title
    assert customer.slots["requested_slot"] == "order_number"
    assert customer.slots.get("also_asked") is None


async def test_a_second_task_is_asked_about_when_the_first_is_done(customer: Customer) -> None:
    customer.hears(
        "order_status", "where is FW-204411 and cancel FW-310277", order_number="FW-310277"
    )
    also(customer, "cancel_order", "cancel FW-310277", "where is FW-204411")
    customer.loop = "order_status_form"
    customer.events.append({"event": "active_loop", "name": customer.loop})
    await customer.form_goes_on()
    assert customer.slots["requested_slot"] == "email"
    assert customer.slots["order_number"] == "FW-204411"
    told = await customer.tells("give_details", "ann@example.com", email="ann@example.com")
    assert told.messages[-1]["text"].startswith(ASKS)
    assert set(told.buttons) == {"Yes", "No"}
    going = await customer.says("action_confirm", "affirm", "yes")
    assert {"event": "followup", "timestamp": None, "name": "cancel_order_form"} in going.events
    assert customer.slots["order_number"] == "FW-310277"
    assert customer.slots["also_asked"] is None


async def begins(
    customer: Customer, task: str, text: str, own: str, second: tuple[str, str], number: str
) -> None:
    """Two requests open the first's form; Rasa has filled the slot with ``number``, wherever it stood."""
    customer.hears(task, text, order_number=number)
    also(customer, *second, own)
    customer.loop = f"{task}_form"
    customer.events.append({"event": "active_loop", "name": customer.loop})
    await customer.form_goes_on()


async def test_orders_of_the_other_request_are_not_taken(customer: Customer) -> None:
    second = ("order_status", "where are FW-204411 and FW-204519?")
    text = "I want to return my lamp. where are FW-204411 and FW-204519?"
    await begins(customer, "return_order", text, "I want to return my lamp", second, "FW-204411")
    assert customer.slots["order_number"] is None
    assert customer.slots["requested_slot"] == "order_number"


async def test_an_order_named_in_neither_clause_is_the_first_ones(customer: Customer) -> None:
    second = ("return_order", "I want to return FW-204519.")
    text = "I want to return FW-204519. My order FW-204411 is late. where is it?"
    await begins(customer, "order_status", text, "where is it?", second, "FW-204519")
    assert customer.slots["order_number"] == "FW-204411"
    assert customer.slots["requested_slot"] == "email"
    assert customer.slots["also_asked"]["orders"] == ["FW-204519"]


async def test_one_order_serves_both_requests(customer: Customer) -> None:
    second = ("cancel_order", "cancel it please")
    text = "where is FW-204411? or cancel it please"
    await begins(customer, "order_status", text, "where is FW-204411?", second, "FW-204411")
    await customer.tells("give_details", "ann@example.com", email="ann@example.com")
    await customer.says("action_confirm", "affirm", "yes")
    assert customer.slots["order_number"] == "FW-204411"


async def test_a_second_task_asks_for_its_order_where_the_first_named_several(
    customer: Customer,
) -> None:
    second = ("return_order", "I want to return my lamp")
    text = "where are FW-204411 and FW-204519? I want to return my lamp"
    await begins(
        customer, "order_status", text, "where are FW-204411 and FW-204519?", second, "FW-204411"
    )
    assert customer.slots["requested_slot"] == "order_number"
    await customer.tells("give_details", "FW-204411", order_number="FW-204411")
    await customer.tells("give_details", "ann@example.com", email="ann@example.com")
    assert customer.slots["awaiting"] == "also"
    await customer.says("action_confirm", "affirm", "yes")
    assert customer.slots["order_number"] is None


async def test_yes_to_a_second_question_searches_with_its_words(customer: Customer) -> None:
    customer.slots |= {
        "also_asked": {
            "intent": "payment_methods",
            "confidence": 0.9,
            "text": "do you take paypal?",
        },
        "awaiting": "also",
    }
    reply = await customer.says("action_confirm", "affirm", "yes please")
    assert reply.messages[0]["custom"]["source"]["title"] == PAY.title
    assert customer.slots["topic"] == "payment_methods"


async def test_a_mark_alone_puts_the_question_again(customer: Customer) -> None:
    open_one = {"intent": "cancel_order", "confidence": 0.9, "text": "cancel my order"}
    customer.slots |= {"also_asked": open_one, "awaiting": "also"}
    reply = await customer.says("action_answer", "out_of_scope", "?")
    assert reply.messages[-1]["text"].startswith(ASKS)


async def test_a_person_hears_of_everything_so_nothing_is_asked_any_more(
    customer: Customer,
) -> None:
    customer.slots["also_asked"] = {"intent": "invoice", "confidence": 0.9, "text": "an invoice"}
    reply = await customer.says("action_handoff", "request_human", "a person please")
    assert ASKS not in reply.text
    assert customer.slots["also_asked"] is None


async def test_asking_for_it_again_settles_it(customer: Customer) -> None:
    customer.slots["also_asked"] = {
        "intent": "payment_methods",
        "confidence": 0.9,
        "text": "paypal?",
    }
    reply = await customer.says("action_answer", "payment_methods", "do you take paypal?")
    assert reply.messages[-1]["text"] == "Did this solve it?"


async def test_a_follow_up_searches_with_what_it_leans_on(customer: Customer) -> None:
    await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    customer.hears("delivery_info", "and to the uk?")
    customer.latest["question"] = "delivery cost and to the uk?"
    await customer.run("action_answer")
    assert customer.knowledge.asked[-1][0] == "delivery cost and to the uk?"
    assert customer.slots["last_question"] == "delivery cost and to the uk?"


async def test_a_mended_text_is_what_is_searched_with(customer: Customer) -> None:
    customer.hears("delivery_info", "waht does delivrey cost")
    customer.latest["meant"] = "what does delivery cost"
    reply = await customer.run("action_answer")
    assert reply.messages[0]["custom"]["source"]["title"] == DELIVERY.title
