"""Conversations about tasks: ask what is missing, prove, read back, do once, say so."""

from __future__ import annotations

import pytest

from actions.intents import FORMS, HANDOFF
from actions.words import Words
from business.protocol import Task
from tests.actions.fakes import LAMP, Customer

WORDS = Words.load()
ANN = "ann@example.com"


@pytest.fixture
def customer() -> Customer:
    return Customer()


async def test_an_order_is_shown_after_number_and_email(customer: Customer) -> None:
    first = await customer.opens("order_status", "where is my order")
    assert customer.slots["requested_slot"] == "order_number"
    assert first.buttons == {"Talk to a person": "/request_human"}
    assert customer.slots["stage"] == "clarify"
    await customer.tells("give_details", "FW-310982", order_number="FW-310982")
    assert customer.slots["requested_slot"] == "email"
    reply = await customer.tells("give_details", "it's Ann@Example.com", email="Ann@Example.com")
    assert reply.messages[0]["custom"]["kind"] == "summary"
    assert "on its way with DHL. We expect it on Thursday 12 March." in reply.text
    assert "https://track.fernway.example/FW-310982" in reply.text
    assert reply.messages[1]["text"] == "Did this solve it?"
    assert customer.slots["stage"] == "confirm"
    assert customer.loop is None


async def test_what_is_known_is_not_asked(customer: Customer) -> None:
    customer.slots |= {"order_number": "310982", "email": ANN}  # seeded after a hand-back
    reply = await customer.opens("order_status", "where is it")
    assert "FW-310982" in reply.text
    assert customer.loop is None


async def test_everything_in_one_message(customer: Customer) -> None:
    reply = await customer.opens("order_status", "where is FW-310982? I am ann@example.com")
    assert "on its way" in reply.text


async def test_the_postcode_proves_an_order_too(customer: Customer) -> None:
    await customer.opens("order_status", "where is FW-310982")
    reply = await customer.tells("nlu_fallback", "my postcode is 9000")
    assert "on its way" in reply.text


async def test_nothing_is_told_to_who_guesses(customer: Customer) -> None:
    foreign = await customer.opens("order_status", "where is FW-310982, eve@example.com")
    unknown = await Customer().opens("order_status", "where is FW-999999, eve@example.com")
    assert foreign.text.replace("FW-310982", "FW-999999") == unknown.text
    assert "DHL" not in foreign.text
    assert customer.slots["requested_slot"] == "email"


async def test_three_wrong_tries_bring_a_person(customer: Customer) -> None:
    await customer.opens("order_status", "where is FW-310982, eve@example.com")
    await customer.tells("give_details", "bob@example.com", email="bob@example.com")
    reply = await customer.tells("give_details", "carl@example.com", email="carl@example.com")
    assert reply.records["handoff"]["reason"] == "no_answer"
    assert customer.loop is None
    assert "on its way" not in reply.text


async def test_the_same_wrong_details_again_count_as_a_try(customer: Customer) -> None:
    await customer.opens("order_status", "where is FW-310982, eve@example.com")
    await customer.tells("give_details", "eve@example.com", email="eve@example.com")
    reply = await customer.tells("give_details", "eve@example.com", email="eve@example.com")
    assert reply.records["handoff"]["reason"] == "no_answer"


async def test_a_wrong_number_can_be_put_right(customer: Customer) -> None:
    await customer.opens("order_status", f"where is FW-310983, {ANN}")
    reply = await customer.tells("give_details", "sorry, FW-310982", order_number="FW-310982")
    assert "on its way" in reply.text


async def test_two_orders_in_one_message_are_not_guessed(customer: Customer) -> None:
    reply = await customer.opens("order_status", "where are FW-310982 and FW-204411")
    assert reply.buttons["FW-204411"] == '/give_details{"order_number": "FW-204411"}'
    assert customer.slots["requested_slot"] == "order_number"
    assert customer.slots["order_number"] is None


async def test_cancelling_reads_back_asks_and_acts_once(customer: Customer) -> None:
    asked = await customer.opens("cancel_order", f"cancel FW-204411, {ANN}")
    assert asked.text == (
        "Shall I cancel order FW-204411 (Fernway Kettle, sage and 2 × Stoneware mug, €59.90) "
        "for you?"
    )
    assert asked.buttons == {"Yes": "/affirm", "No": "/deny"}
    assert customer.shop.effects == []
    reply = await customer.tells("affirm", "yes")
    assert customer.shop.effects == [(Task.CANCEL_ORDER, "FW-204411")]
    assert reply.records["effect"] == {
        "task": "cancel_order",
        "subject": "FW-204411",
        "done": True,
        "reference": "R-00000001",
    }
    assert "is cancelled" in reply.text
    assert "Did this solve it?" in reply.text


async def test_a_repeated_turn_has_its_effect_once(customer: Customer) -> None:
    await customer.opens("cancel_order", f"cancel FW-204411, {ANN}")
    await customer.tells("affirm", "yes")
    customer.slots |= {"confirmed": True, "task_end": None}
    again = await customer.run("action_cancel_order")
    assert len(customer.shop.effects) == 1
    assert again.records["effect"]["reference"] == "R-00000001"


async def test_a_no_changes_nothing(customer: Customer) -> None:
    await customer.opens("cancel_order", f"cancel FW-204411, {ANN}")
    reply = await customer.tells("deny", "no")
    assert "haven't cancelled anything" in reply.text
    assert customer.shop.effects == []
    assert customer.slots["confirmed"] is None


async def test_another_number_instead_of_yes_is_read_back_again(customer: Customer) -> None:
    await customer.opens("return_order", f"return FW-118204, {ANN}")
    reply = await customer.opens("return_order", f"return FW-204412, {ANN}")
    reply = await customer.tells("nlu_fallback", "too small")
    assert "FW-204412" in reply.text
    reply = await customer.tells("deny", "no, I mean FW-118204", order_number="FW-118204")
    assert "The 30 days to return order FW-118204 ended on" in reply.text
    assert customer.shop.effects == []


async def test_anything_but_yes_is_not_a_yes(customer: Customer) -> None:
    await customer.opens("cancel_order", f"cancel FW-204411, {ANN}")
    reply = await customer.tells("nlu_fallback", "hmm let me think")
    assert reply.text == (
        "Nothing has been changed yet. Do you want me to cancel order FW-204411, yes or no?"
    )
    assert list(reply.buttons) == ["Yes", "No", "Talk to a person"]
    assert customer.shop.effects == []


async def test_the_effect_is_dropped_when_the_bot_no_longer_owns_the_chat(
    customer: Customer,
) -> None:
    await customer.opens("cancel_order", f"cancel FW-204411, {ANN}")
    customer.guard.owned = False
    reply = await customer.tells("affirm", "yes")
    assert customer.shop.effects == []
    assert reply.records["effect"]["error"] == "owner_changed"
    turn_id, epoch = customer.guard.checked[0]
    assert (str(turn_id), epoch) == (customer.latest["metadata"]["turn_id"], 3)


async def test_shipped_orders_are_not_cancelled_and_the_next_step_is_named(
    customer: Customer,
) -> None:
    reply = await customer.opens("cancel_order", f"cancel FW-310982, {ANN}")
    assert "already left us" in reply.text
    assert reply.buttons == {"Talk to a person": "/request_human"}
    assert customer.loop is None
    delivered = await customer.opens("cancel_order", "cancel FW-204412")
    assert delivered.buttons["Return it instead"] == "/return_order"


async def test_somebody_faster_between_question_and_yes(customer: Customer) -> None:
    await customer.opens("cancel_order", f"cancel FW-204411, {ANN}")
    await customer.shop.cancel_order("FW-204411", key="another turn")
    reply = await customer.tells("affirm", "yes")
    assert "cancelled already" in reply.text
    assert len(customer.shop.effects) == 1


async def test_the_shop_breaks_down_between_question_and_yes(customer: Customer) -> None:
    await customer.opens("cancel_order", f"cancel FW-204411, {ANN}")
    customer.shop.down = True
    reply = await customer.tells("affirm", "yes")
    assert "nothing was changed" in reply.text
    assert reply.buttons["Try again"] == "/cancel_order"
    customer.shop.down = False
    again = await customer.opens("cancel_order")
    assert "Shall I cancel order FW-204411" in again.text


async def test_the_shop_is_down(customer: Customer) -> None:
    customer.shop.down = True
    reply = await customer.opens("order_status", f"where is FW-204411, {ANN}")
    assert "isn't answering" in reply.text
    assert reply.buttons == {"Try again": "/order_status", "Talk to a person": "/request_human"}
    assert customer.loop is None


async def test_a_return_asks_why_and_gives_a_label(customer: Customer) -> None:
    await customer.opens("return_order", f"return FW-204412, {ANN}")
    assert customer.slots["requested_slot"] == "return_reason"
    asked = await customer.tells("sizing", "the sleeves are too long")
    assert "Your reason: the sleeves are too long." in asked.text
    reply = await customer.tells("affirm", "yes")
    assert "https://fernway.example/labels/FW-204412.pdf" in reply.text
    assert customer.shop.reasons == ["the sleeves are too long"]
    assert customer.slots["return_reason"] is None


async def test_just_cancel_it_stays_with_what_is_being_cancelled() -> None:
    customer = Customer()
    await customer.opens("cancel_subscription", "stop my box")
    reply = await customer.tells("cancel_order", "no, actually just cancel it")
    assert not reply.rejected
    assert customer.slots["requested_slot"] == "email"
    other = await customer.tells("cancel_order", "cancel my order FW-204411 as well")
    assert other.rejected


@pytest.mark.parametrize(("intent", "text"), [("deny", ""), ("nlu_fallback", "skip")])
async def test_a_subscription_ends_and_why_can_be_skipped(
    customer: Customer, intent: str, text: str
) -> None:
    await customer.opens("cancel_subscription", "stop my box")
    await customer.tells("give_details", ANN, email=ANN)
    why = await customer.tells("give_details", "9000")
    assert why.buttons == {"Skip": "/deny"}
    asked = await customer.tells(intent, text)
    assert asked.text == (
        "Shall I cancel Fernway Box, Medium (€29.00 a month) for you? "
        "It stays paid until Saturday 28 March. Your reason: not given."
    )
    reply = await customer.tells("affirm", "yes please")
    assert "ends on Saturday 28 March" in reply.text
    assert customer.shop.effects == [(Task.CANCEL_SUBSCRIPTION, ANN)]
    again = await customer.opens("cancel_subscription", "stop my box")
    assert "cancelled already" in again.text


async def test_an_email_alone_ends_no_subscription(customer: Customer) -> None:
    await customer.opens("cancel_subscription", f"stop my box, {ANN}")
    reply = await customer.tells("give_details", "1000")
    assert "I can't find a subscription" in reply.text
    await customer.tells("give_details", "1001")
    last = await customer.tells("give_details", "1002")
    assert last.records["handoff"]["reason"] == "no_answer"
    assert customer.shop.effects == []


async def test_a_suggestion_is_kept_with_its_reason(customer: Customer) -> None:
    asked = await customer.opens("suggestion", "you should add a wish list")
    assert asked.buttons == {"Skip": "/deny"}
    reply = await customer.tells("nlu_fallback", "so my family knows what to give")
    assert reply.records["effect"]["details"] == {
        "suggestion": "you should add a wish list",
        "reason": "so my family knows what to give",
    }
    assert "you should add a wish list" in reply.text


async def test_a_bare_suggestion_is_asked_for(customer: Customer) -> None:
    await customer.opens("suggestion", "I have a suggestion")
    assert customer.slots["requested_slot"] == "suggestion"
    await customer.tells("suggestion", "a dark mode")
    reply = await customer.tells("deny", "no")
    assert reply.records["effect"]["details"] == {
        "suggestion": "a dark mode",
        "reason": "not given",
    }


async def test_braces_in_a_customers_words_are_only_words(customer: Customer) -> None:
    await customer.opens("suggestion", "you should add {order.email} {0} %s <b>")
    reply = await customer.tells("deny", "no")
    assert "{order.email} {0} %s <b>" in reply.text


async def test_a_question_in_a_form_is_answered_and_the_form_goes_on(customer: Customer) -> None:
    await customer.opens("return_order", "return my coat")
    interrupted = await customer.tells("delivery_info", "what does delivery cost?")
    assert interrupted.rejected
    assert interrupted.messages == []
    answer = await customer.run("action_answer")
    assert [m["custom"]["kind"] for m in answer.messages] == ["answer"]
    assert answer.buttons == {}
    goes_on = await customer.form_goes_on()
    assert goes_on.text in WORDS.variants("ask.order_number")
    assert customer.loop == "return_order_form"


async def test_no_answer_in_a_form_does_not_end_it(customer: Customer) -> None:
    await customer.opens("return_order", "return my coat")
    await customer.tells("sizing", "do you have it in red?")
    reply = await customer.run("action_answer")
    assert "We can go on here" in reply.text
    assert "handoff" not in reply.records


async def test_wrong_details_are_not_looked_up_again_after_a_question(customer: Customer) -> None:
    await customer.opens("order_status", "where is FW-310982, eve@example.com")
    await customer.tells("delivery_info", "what does delivery cost?")
    await customer.run("action_answer")
    goes_on = await customer.form_goes_on()
    assert "Please check both" in goes_on.text
    assert customer.slots["tries"] == 1


async def test_a_reason_that_is_a_question_is_answered(customer: Customer) -> None:
    await customer.opens("return_order", f"return FW-204412, {ANN}")
    reply = await customer.tells("return_policy", "who pays the delivery back?")
    assert reply.rejected
    assert customer.slots.get("return_reason") is None


@pytest.mark.parametrize("intent", HANDOFF)
@pytest.mark.parametrize("task", FORMS)
async def test_a_person_is_reached_from_any_form(
    customer: Customer, task: str, intent: str
) -> None:
    await customer.opens(task, "please")
    reply = await customer.tells(intent, "get me someone, FW-204411", order_number="FW-204411")
    assert reply.rejected
    handed = await customer.run("action_handoff")
    assert handed.records["handoff"]["reason"] == HANDOFF[intent]
    assert customer.loop is None
    assert customer.slots["requested_slot"] is None


async def test_never_mind_leaves_the_form(customer: Customer) -> None:
    await customer.opens("cancel_order", f"cancel FW-204411, {ANN}")
    assert (await customer.tells("never_mind", "forget it")).rejected
    reply = await customer.run("action_never_mind")
    assert "Nothing was changed" in reply.text
    assert customer.loop is None
    later = await customer.says("action_confirm", "affirm", "yes")
    assert customer.shop.effects == []
    assert "effect" not in later.records


async def test_another_task_takes_over(customer: Customer) -> None:
    await customer.opens("return_order", f"return FW-204412, {ANN}")
    await customer.tells("nlu_fallback", "too big")
    assert (await customer.tells("cancel_order", "no wait, cancel FW-204411")).rejected
    asked = await customer.opens("cancel_order", "cancel FW-204411")
    assert "Shall I cancel order FW-204411" in asked.text
    assert customer.slots["return_reason"] is None


async def test_three_misses_bring_a_person(customer: Customer) -> None:
    await customer.opens("order_status", "where is my order")
    hint = await customer.tells("deny", "no idea")
    assert "FW and six digits" in hint.text
    await customer.tells("order_status", "where is it")
    reply = await customer.tells("nlu_fallback", "dunno")
    assert reply.records["handoff"]["reason"] == "no_answer"
    assert customer.loop is None


async def test_an_upset_customer_is_acknowledged_before_the_form_asks(customer: Customer) -> None:
    reply = await customer.opens("order_status", "WHERE IS MY ORDER", level="acknowledge")
    assert reply.messages[0]["text"] in WORDS.variants("empathy.order_status")
    assert reply.messages[1]["text"] in WORDS.variants("ask.order_number")


@pytest.mark.parametrize("task", FORMS)
async def test_a_furious_customer_gets_a_person_instead_of_a_form(
    customer: Customer, task: str
) -> None:
    reply = await customer.opens(task, "DO IT NOW", level="handoff")
    assert reply.records["handoff"]["reason"] == "frustration"
    assert len(reply.messages) == 1
    assert customer.loop is None


async def test_venting_in_a_form_is_acknowledged_and_the_form_goes_on(customer: Customer) -> None:
    await customer.opens("order_status", "where is my order")
    assert (await customer.tells("frustrated", "for gods sake")).rejected
    reply = await customer.run("action_acknowledge")
    assert [message["text"] for message in reply.messages] == [reply.text]
    assert reply.text in WORDS.variants("empathy.default")
    assert (await customer.form_goes_on()).text in WORDS.variants("ask.order_number")
    await customer.tells("frustrated", "argh")
    again = await customer.run("action_acknowledge")
    assert again.buttons == {"Talk to a person": "/request_human"}


async def test_a_choice_in_a_form_is_the_only_question(customer: Customer) -> None:
    await customer.opens("return_order", "return my coat")
    await customer.tells("technical_problem", "and it won't connect")
    choice = await customer.run("action_answer")
    assert choice.messages[0]["custom"]["kind"] == "choose"
    customer.events.append({"event": "bot", "data": {"custom": choice.messages[0]["custom"]}})
    assert (await customer.form_goes_on()).messages == []
    await customer.tells("give_details", article_id=str(LAMP.article_id))
    assert (await customer.run("action_answer")).messages[0]["custom"]["kind"] == "answer"
    assert (await customer.form_goes_on()).text in WORDS.variants("ask.order_number")


async def test_no_after_a_task_asks_what_is_still_open(customer: Customer) -> None:
    await customer.opens("order_status", f"where is my order FW-310982, {ANN}")
    reply = await customer.says("action_confirm", "deny", "no")
    assert reply.records["verdict"] == {"article_id": None, "helped": False}
    assert reply.text in WORDS.variants("clarify.still_open")
    assert "Talk to a person" in reply.buttons
    answer = await customer.says("action_answer", "delivery_info", "why is the delivery late")
    assert answer.messages[0]["custom"]["kind"] == "answer"
    last = await customer.says("action_confirm", "deny", "no")
    assert last.records["handoff"]["reason"] == "no_answer"


async def test_guessing_across_episodes_is_locked() -> None:
    customer = Customer()
    for n in range(9):
        customer.loop = None
        customer.slots |= {"requested_slot": None, "email": None, "tries": None}
        await customer.opens("order_status", f"FW-31098{n}, eve{n}@example.com")
    customer.loop = None
    customer.slots |= {"requested_slot": None, "tries": None}
    reply = await customer.opens("order_status", f"FW-310982, {ANN}")
    assert "too many tries" in reply.text
    assert "on its way" not in reply.text
