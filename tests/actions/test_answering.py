"""Conversations about questions: answer, choose, other words, second attempt, person."""

from __future__ import annotations

import json

import pytest

from actions.words import Words
from tests.actions.fakes import DELIVERY, HUB, LAMP, LATE, Customer, FakeCandidate


@pytest.fixture
def customer() -> Customer:
    return Customer()


async def test_a_plain_question_is_answered_without_an_empathy_line(customer: Customer) -> None:
    reply = await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    answer, question = reply.messages
    assert answer["custom"]["kind"] == "answer"
    assert answer["custom"]["parts"] == {
        "context": DELIVERY.context,
        "action": DELIVERY.action,
        "outcome": DELIVERY.outcome,
    }
    assert answer["custom"]["source"] == {
        "article_id": str(DELIVERY.article_id),
        "title": DELIVERY.title,
        "url": "/help/delivery/costs",
    }
    assert question["text"] == "Did this solve it?"
    assert reply.buttons == {"Yes": "/affirm", "No": "/deny"}
    assert customer.slots["stage"] == "confirm"
    assert reply.records["decision"]["shown"] == str(DELIVERY.article_id)


async def test_yes_ends_the_episode_as_confirmed(customer: Customer) -> None:
    await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    reply = await customer.says("action_confirm", "affirm", "yes")
    assert reply.records["outcome"] == "confirmed"
    assert reply.records["verdict"] == {"article_id": str(DELIVERY.article_id), "helped": True}


async def test_no_brings_one_different_attempt_and_then_a_person(customer: Customer) -> None:
    await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    second = await customer.says("action_confirm", "deny", "no")
    question, context = customer.knowledge.asked[-1]
    assert question == "what does delivery cost?"
    assert context.excluded == {DELIVERY.article_id}
    assert (context.intent, context.confidence) == ("delivery_info", 0.9)
    assert second.messages[1]["custom"]["source"]["article_id"] == str(LATE.article_id)
    assert "handoff" not in second.records
    last = await customer.says("action_confirm", "deny", "no")
    assert last.records["handoff"] == {
        "reason": "no_answer",
        "detail": "delivery_info: what does delivery cost?",
    }
    assert last.buttons == {}


async def test_a_second_attempt_with_several_articles_is_one_message(customer: Customer) -> None:
    third = FakeCandidate("devices/reset", "Reset your lamp")
    customer.knowledge.articles[third.article_id] = third
    await customer.says("action_answer", "technical_problem", "it won't connect")
    await customer.says("action_answer", "give_details", article_id=str(third.article_id))
    reply = await customer.says("action_confirm", "deny", "no")
    (choice,) = reply.messages
    assert choice["custom"]["kind"] == "choose"
    assert choice["text"] in Words.load().variants("resolve.second_choice")


@pytest.mark.parametrize(
    ("said", "solved"),
    [
        ("i did that already", False),
        ("tried that before", False),
        ("it already worked, I tried it", True),
        ("yes, already done", True),
        ("it did", True),
    ],
)
async def test_who_did_that_already_is_not_helped(
    customer: Customer, said: str, solved: bool
) -> None:
    await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    reply = await customer.says("action_confirm", "affirm", said)
    assert reply.records["verdict"]["helped"] is solved


async def test_no_second_article_means_a_person_at_once(customer: Customer) -> None:
    await customer.says("action_answer", "order_change", "change my order")
    reply = await customer.says("action_confirm", "deny", "no")
    assert reply.records["handoff"]["reason"] == "no_answer"


async def test_an_ambiguous_question_gets_one_choice(customer: Customer) -> None:
    reply = await customer.says("action_answer", "technical_problem", "it won't connect")
    assert list(reply.buttons) == [LAMP.title, HUB.title, "None of these"]
    assert reply.messages[0]["custom"]["kind"] == "choose"
    assert customer.slots["stage"] == "clarify"
    payload = reply.buttons[HUB.title].removeprefix("/give_details")
    chosen = await customer.says("action_answer", "give_details", **json.loads(payload))
    assert chosen.messages[0]["custom"]["source"]["title"] == HUB.title
    assert chosen.messages[1]["text"] == "Did this solve it?"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("the second one", HUB.title),
        ("1", LAMP.title),
        ("number two please", HUB.title),
        ("connect your LAMP!", LAMP.title),
        ("the last one", HUB.title),
        ("one", LAMP.title),
    ],
)
async def test_a_choice_can_be_typed(customer: Customer, said: str, title: str) -> None:
    await customer.says("action_answer", "technical_problem", "it won't connect")
    reply = await customer.says("action_answer", "nlu_fallback", said)
    assert reply.messages[0]["custom"]["source"]["title"] == title


async def test_other_words_are_a_question_not_a_choice(customer: Customer) -> None:
    await customer.says("action_answer", "technical_problem", "it won't connect")
    reply = await customer.says("action_answer", "delivery_info", "is the first delivery free")
    assert reply.messages[0]["custom"]["source"]["title"] == DELIVERY.title


async def test_none_of_these_asks_for_other_words_and_excludes_them(customer: Customer) -> None:
    await customer.says("action_answer", "technical_problem", "it won't connect")
    reply = await customer.says("action_confirm", "deny")
    assert reply.buttons == {"Talk to a person": "/request_human"}
    again = await customer.says("action_answer", "technical_problem", "connect to wifi")
    assert customer.knowledge.asked[-1][1].excluded == {LAMP.article_id, HUB.article_id}
    assert again.records["handoff"]["reason"] == "no_answer"


async def test_yes_to_a_choice_shows_it_again(customer: Customer) -> None:
    await customer.says("action_answer", "technical_problem", "it won't connect")
    reply = await customer.says("action_confirm", "affirm", "yes")
    assert list(reply.buttons) == [LAMP.title, HUB.title, "None of these"]


async def test_no_answer_asks_for_other_words_once(customer: Customer) -> None:
    first = await customer.says("action_answer", "nlu_fallback", "frobnicate")
    assert "other words" in first.text
    assert first.buttons == {"Talk to a person": "/request_human"}
    assert customer.slots["stage"] == "clarify"
    second = await customer.says("action_answer", "nlu_fallback", "the frobnicator")
    assert second.records["handoff"]["reason"] == "no_answer"


async def test_an_upset_customer_is_offered_a_person_instead(customer: Customer) -> None:
    text = "no!!! i've had enough of this stupid bot"
    reply = await customer.says("action_answer", "out_of_scope", text, level="acknowledge")
    assert customer.slots["awaiting"] == "person"
    assert set(reply.buttons) == {"Yes", "No"}


async def test_other_words_may_find_the_answer(customer: Customer) -> None:
    await customer.says("action_answer", "nlu_fallback", "frobnicate")
    reply = await customer.says("action_answer", "delivery_info", "how long is delivery")
    assert reply.messages[0]["custom"]["kind"] == "answer"


async def test_what_is_outside_is_said_honestly(customer: Customer) -> None:
    reply = await customer.says("action_answer", "out_of_scope", "who won the match")
    assert "outside what I know" in reply.text


async def test_after_no_other_words_a_person_is_offered(customer: Customer) -> None:
    await customer.says("action_answer", "nlu_fallback", "frobnicate")
    offer = await customer.says("action_confirm", "deny", "no")
    assert offer.buttons == {"Yes": "/affirm", "No": "/deny"}
    stays = await customer.says("action_confirm", "deny", "no")
    assert "handoff" not in stays.records
    await customer.says("action_answer", "nlu_fallback", "frobnicate")
    await customer.says("action_confirm", "deny", "no")
    person = await customer.says("action_confirm", "affirm", "yes")
    assert person.records["handoff"]["reason"] == "asked"


async def test_asking_on_about_the_same_article_offers_a_person(customer: Customer) -> None:
    await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    reply = await customer.says("action_answer", "delivery_info", "delivery to the islands?")
    assert f"“{DELIVERY.title}”, is still the one" in reply.text
    assert all("source" not in message["custom"] for message in reply.messages)
    assert "Talk to a person" in reply.buttons
    last = await customer.says("action_confirm", "deny", "no")
    assert last.records["handoff"]["reason"] == "no_answer"


async def test_a_new_question_starts_anew(customer: Customer) -> None:
    await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    await customer.says("action_confirm", "deny", "no")
    await customer.says("action_answer", "technical_problem", "it won't connect")
    assert customer.slots["attempts"] == 0
    assert customer.knowledge.asked[-1][1].excluded == frozenset()
    assert customer.knowledge.asked[-1][1].topic == "delivery_info"


async def test_an_article_that_is_gone_is_not_shown(customer: Customer) -> None:
    await customer.says("action_answer", "technical_problem", "it won't connect")
    del customer.knowledge.articles[HUB.article_id]
    reply = await customer.says("action_answer", "give_details", article_id=str(HUB.article_id))
    assert "no longer available" in reply.text
    assert reply.records["decision"]["kind"] == "choose"
    broken = await customer.says("action_answer", "give_details", article_id="not-an-id")
    assert "no longer available" in broken.text


async def test_details_alone_are_noted_and_the_wish_is_asked(customer: Customer) -> None:
    reply = await customer.says("action_answer", "give_details", "204411", order_number="204411")
    assert customer.slots["order_number"] == "FW-204411"
    assert reply.buttons["Where is my order?"] == "/order_status"
    assert customer.knowledge.asked == []
    plain = await customer.says("action_answer", "give_details", "my name is Jonas")
    assert "noted" in plain.text


@pytest.mark.parametrize("said", ["that helped, thanks", "yes thanks, Anna", "it did, thank you"])
async def test_thanks_confirms_only_when_it_says_that_it_helped(
    customer: Customer, said: str
) -> None:
    await customer.says("action_answer", "delivery_info", "what does delivery cost?")
    polite = await customer.says("action_social", "thanks", "thanks")
    assert "outcome" not in polite.records
    not_helped = await customer.says("action_social", "thanks", "thanks but it didn't work")
    assert "outcome" not in not_helped.records
    helped = await customer.says("action_social", "thanks", said)
    assert helped.records["outcome"] == "confirmed"


@pytest.mark.parametrize(
    "intent", ["greet", "thanks", "goodbye", "praise", "bot_challenge", "small_talk"]
)
async def test_social_messages_get_a_fixed_reply(customer: Customer, intent: str) -> None:
    reply = await customer.says("action_social", intent, "hello there")
    assert len(reply.messages) == 1
    assert reply.records == {}


@pytest.mark.parametrize("intent", ["affirm", "deny"])
async def test_yes_and_no_without_a_question(customer: Customer, intent: str) -> None:
    reply = await customer.says("action_confirm", intent, "well")
    assert len(reply.messages) == 1
    assert reply.records == {}


async def test_a_repeated_turn_says_the_same(customer: Customer) -> None:
    customer.hears("greet", "hello")
    assert (await customer.run("action_social")).text == (await customer.run("action_social")).text


async def test_yes_to_other_words_listens(customer: Customer) -> None:
    await customer.says("action_answer", "nlu_fallback", "frobnicate")
    reply = await customer.says("action_confirm", "affirm", "ok")
    assert "go ahead" in reply.text
    assert customer.slots["awaiting"] == "rephrase"


async def test_a_reserved_topic_goes_to_a_person_and_is_never_searched() -> None:
    customer = Customer(reserved=frozenset({"privacy"}))
    reply = await customer.says("action_answer", "privacy", "erase all my data")
    assert reply.records["handoff"] == {
        "reason": "reserved_topic",
        "detail": "privacy: erase all my data",
    }
    assert customer.knowledge.asked == []
