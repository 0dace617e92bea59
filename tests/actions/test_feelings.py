"""Frustration is acknowledged first, once, and leads to a person by level; danger goes at once."""

from __future__ import annotations

import pytest

from actions.intents import HANDOFF
from actions.words import Words
from tests.actions.fakes import Customer

WORDS = Words.load()


@pytest.fixture
def customer() -> Customer:
    return Customer()


async def test_acknowledged_first_and_the_facts_follow_in_the_same_turn(
    customer: Customer,
) -> None:
    reply = await customer.says(
        "action_answer", "delivery_info", "DELIVERY takes forever", level="acknowledge"
    )
    assert reply.messages[0]["text"] in WORDS.variants("empathy.delivery_info")
    assert reply.messages[0]["custom"]["kind"] == "apology"
    assert reply.messages[1]["custom"]["kind"] == "answer"


async def test_the_empathy_line_comes_once_per_episode(customer: Customer) -> None:
    await customer.says("action_answer", "delivery_info", "delivery!!", level="acknowledge")
    reply = await customer.says(
        "action_answer", "refund_status", "deliver my money", level="acknowledge"
    )
    assert all(m["custom"].get("kind") != "apology" for m in reply.messages)


@pytest.mark.parametrize("intent", ["complaint", "item_damaged", "item_missing"])
async def test_trouble_never_skips_the_empathy_line(customer: Customer, intent: str) -> None:
    reply = await customer.says("action_answer", intent, "the delivery was broken")
    assert reply.messages[0]["text"] in WORDS.variants(f"empathy.{intent}")


async def test_doubtful_trouble_in_calm_words_gets_no_pity(customer: Customer) -> None:
    customer.hears("item_missing", "the delivery page shows nothing")
    customer.latest["intent"]["confidence"] = 0.7
    reply = await customer.run("action_answer")
    assert reply.messages[0]["custom"]["kind"] == "answer"


async def test_level_offer_adds_a_person_to_the_answer(customer: Customer) -> None:
    reply = await customer.says("action_answer", "delivery_info", "delivery!!!", level="offer")
    assert reply.buttons["Talk to a person"] == "/request_human"
    choice = await customer.says("action_answer", "technical_problem", "connect", level="offer")
    assert "Talk to a person" in choice.buttons


@pytest.mark.parametrize(
    ("action", "intent"),
    [
        ("action_answer", "delivery_info"),
        ("action_social", "thanks"),
        ("action_confirm", "deny"),
        ("action_acknowledge", "frustrated"),
        ("action_never_mind", "never_mind"),
    ],
)
async def test_level_handoff_hands_off_whatever_was_said(
    customer: Customer, action: str, intent: str
) -> None:
    reply = await customer.says(action, intent, "delivery is USELESS", level="handoff")
    assert reply.records["handoff"]["reason"] == "frustration"
    feeling = WORDS.variants(
        "empathy.delivery_info" if intent == "delivery_info" else "empathy.default"
    )
    assert any(reply.text.startswith(variant) for variant in feeling)
    assert len(reply.messages) == 1


async def test_venting_is_acknowledged_and_the_matter_asked_for(customer: Customer) -> None:
    reply = await customer.says("action_acknowledge", "frustrated", "this is useless")
    assert reply.messages[0]["custom"]["kind"] == "apology"
    assert reply.buttons == {"Talk to a person": "/request_human"}
    again = await customer.says("action_acknowledge", "frustrated", "argh")
    assert again.text == "Would you like to talk to a person?"
    person = await customer.says("action_confirm", "affirm", "yes")
    assert person.records["handoff"]["reason"] == "asked"


async def test_venting_after_an_answer_counts_as_no(customer: Customer) -> None:
    await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    reply = await customer.says("action_acknowledge", "frustrated", "useless!")
    assert reply.messages[0]["text"] in WORDS.variants("empathy.default")
    assert reply.records["verdict"]["helped"] is False
    assert reply.text.endswith("Would you like to talk to a person?")
    assert "decision" not in reply.records


async def test_venting_names_a_trouble_that_the_customer_came_with(customer: Customer) -> None:
    await customer.says("action_answer", "login_problem", "deliver me from this login")
    reply = await customer.says("action_acknowledge", "frustrated", "useless!")
    assert reply.messages[0]["text"] in WORDS.variants("empathy.login_problem")


async def test_thanks_for_nothing_is_not_thanked(customer: Customer) -> None:
    reply = await customer.says("action_social", "thanks", "thanks for nothing", level="offer")
    assert reply.messages[0]["custom"]["kind"] == "apology"
    assert "outcome" not in reply.records
    milder = await Customer().says(
        "action_social", "thanks", "thanks for nothing", level="acknowledge"
    )
    assert milder.messages[0]["custom"]["kind"] == "apology"


@pytest.mark.parametrize("intent", HANDOFF)
async def test_a_person_at_once(customer: Customer, intent: str) -> None:
    reply = await customer.says("action_handoff", intent, "now")
    assert reply.records["handoff"]["reason"] == HANDOFF[intent]
    assert len(reply.messages) == 1
    if HANDOFF[intent] == "moment_of_truth":
        assert reply.records["handoff"]["detail"] == intent
        assert reply.text in WORDS.variants(f"handoff.{intent}")


async def test_danger_names_the_danger_first(customer: Customer) -> None:
    reply = await customer.says("action_handoff", "safety_hazard", "the lamp is smoking")
    assert reply.text.startswith("Your safety comes first")


async def test_the_card_gets_the_question(customer: Customer) -> None:
    await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    reply = await customer.says("action_handoff", "request_human", "a person please")
    assert reply.records["handoff"]["detail"] == "delivery_info: what does delivery cost?"
