"""Another language: said honestly in both, then a person who is told which one."""

from __future__ import annotations

from typing import Any

import pytest

from actions.words import Words
from tests.actions.fakes import Customer, Reply
from understanding.language_words import WORDS as LANGUAGES

WORDS = Words.load()
GERMAN = {"code": "de", "name": "German", "probability": 0.99, "sure": True}
GREEK = {"code": "el", "name": "Greek", "probability": 1.0, "sure": True}


@pytest.fixture
def customer() -> Customer:
    return Customer()


async def write(customer: Customer, text: str, language: dict[str, Any]) -> Reply:
    customer.hears("foreign_language", text)
    customer.latest["language"] = language
    return await customer.run("action_foreign_language")


def test_each_language_of_ours_has_its_lines() -> None:
    entries = {key.split(".")[0] for key in WORDS if key.startswith("foreign")}
    assert len(entries) == 8
    for entry in entries:
        own = {key.split(".")[1] for key in WORDS if key.startswith(f"{entry}.")}
        # Arabic is known by its letters and not by its words; the widget speaks it.
        assert own | {"en"} == {*LANGUAGES, "ar"}
        assert all(len(WORDS.variants(f"{entry}.{code}")) == 1 for code in own)


async def test_told_in_both_languages_and_offered_a_person(customer: Customer) -> None:
    reply = await write(customer, "Wo ist mein Paket?", GERMAN)
    assert reply.text.startswith("Ich bin ein automatischer Assistent")
    assert "writing in German" in reply.text
    assert reply.buttons == {"Mit einem Menschen sprechen": "/request_human"}
    assert "handoff" not in reply.records
    assert [context.language for _, context in customer.knowledge.asked] == ["de"]
    assert customer.slots["language"] == "German"


async def test_without_a_line_of_its_own_in_english_with_its_name(customer: Customer) -> None:
    reply = await write(customer, "Πού είναι το δέμα μου;", GREEK)
    assert reply.text.startswith("I think you are writing in Greek.")
    assert reply.buttons == {"Talk to a person": "/request_human"}


async def test_the_second_time_a_person_comes(customer: Customer) -> None:
    await write(customer, "Wo ist mein Paket?", GERMAN)
    reply = await write(customer, "Ich warte seit zwei Wochen", GERMAN)
    assert reply.records["handoff"]["reason"] == "asked"
    assert reply.records["handoff"]["detail"].startswith("language: German; ")
    assert "Wo ist mein Paket?" in reply.records["handoff"]["detail"]
    assert "telling them that you write in German" in reply.text
    assert len(reply.messages) == 1


async def test_asking_for_a_person_in_that_language_is_heard(customer: Customer) -> None:
    asking = {**GERMAN, "asks_person": True}
    reply = await write(customer, "ich will mit einem Mitarbeiter sprechen", asking)
    assert reply.records["handoff"]["detail"].startswith("language: German; ")


@pytest.mark.parametrize(
    ("action", "intent", "text"),
    [("action_handoff", "request_human", ""), ("action_confirm", "affirm", "yes")],
)
async def test_the_button_and_a_yes_take_the_language_along(
    customer: Customer, action: str, intent: str, text: str
) -> None:
    await write(customer, "Wo ist mein Paket?", GERMAN)
    reply = await customer.says(action, intent, text)
    assert reply.records["handoff"]["reason"] == "asked"
    assert reply.records["handoff"]["detail"] == "language: German; Wo ist mein Paket?"


async def test_a_form_is_left_only_for_a_person(customer: Customer) -> None:
    await customer.opens("cancel_order", "cancel my order")
    customer.hears("foreign_language", "ich weiß die Nummer nicht")
    customer.latest["language"] = GERMAN
    assert (await customer.form_goes_on()).rejected
    await customer.run("action_foreign_language")
    assert customer.loop == "cancel_order_form"
    await write(customer, "ich finde sie nicht", GERMAN)
    assert customer.loop is None


RETURN = "Wie kann ich das zurückschicken?"


async def test_articles_in_their_language_are_offered_beside_the_person(customer: Customer) -> None:
    reply = await write(customer, RETURN, GERMAN)
    assert reply.messages[0]["text"].startswith("Ich bin ein automatischer Assistent")
    assert (
        reply.messages[1]["text"]
        == "Diese Artikel haben wir auf Deutsch. Vielleicht hilft einer davon:"
    )
    assert list(reply.buttons) == [
        "Einen Artikel zurückgeben", "Das Etikett drucken", "Mit einem Menschen sprechen",
    ]  # fmt: skip
    assert reply.records["decision"]["kind"] == "choose"
    assert "handoff" not in reply.records


async def chosen(customer: Customer) -> Reply:
    reply = await write(customer, RETURN, GERMAN)
    payload = reply.buttons["Einen Artikel zurückgeben"]
    article = payload.partition('": "')[2].rstrip('"}')
    return await customer.says("action_answer", "give_details", "", article_id=article)


async def test_the_chosen_one_is_shown_and_asked_about_in_that_language(customer: Customer) -> None:
    reply = await chosen(customer)
    assert reply.messages[0]["custom"]["source"]["title"] == "Einen Artikel zurückgeben"
    assert reply.messages[1]["text"] == "Hat das geholfen?"
    assert reply.buttons == {"Ja": "/affirm", "Nein": "/deny"}


async def test_a_yes_ends_it_in_that_language(customer: Customer) -> None:
    await chosen(customer)
    reply = await customer.says("action_confirm", "affirm")
    assert reply.text.startswith("Das freut mich.")
    assert reply.records["verdict"]["helped"] is True
    assert "handoff" not in reply.records


async def test_a_no_brings_a_person_who_is_told_which_language_it_is(customer: Customer) -> None:
    await chosen(customer)
    reply = await customer.says("action_confirm", "deny")
    assert reply.records["verdict"]["helped"] is False
    assert reply.records["handoff"]["reason"] == "no_answer"
    assert reply.records["handoff"]["detail"].startswith("language: German; ")
    assert reply.text.startswith("Ich hole einen Menschen dazu")


async def test_a_title_typed_instead_of_pressed_is_heard(customer: Customer) -> None:
    await write(customer, RETURN, GERMAN)
    reply = await write(customer, "Das Etikett drucken", GERMAN)
    assert reply.messages[0]["custom"]["source"]["title"] == "Das Etikett drucken"


@pytest.mark.parametrize(
    ("typed", "helped"), [("Ja, danke, das hat geholfen", True), ("Nein, das war es nicht", False)]
)
async def test_a_typed_answer_in_that_language_is_heard(
    customer: Customer, typed: str, helped: bool
) -> None:
    await chosen(customer)
    reply = await write(customer, typed, GERMAN)
    assert reply.records["verdict"]["helped"] is helped
    assert ("handoff" in reply.records) is not helped
    if not helped:
        assert reply.records["handoff"]["reason"] == "no_answer"


async def test_a_yes_with_a_but_is_none(customer: Customer) -> None:
    await chosen(customer)
    reply = await write(customer, "Ja, aber das hilft mir nicht", GERMAN)
    assert reply.records["handoff"]["reason"] == "asked"
    assert "verdict" not in reply.records


async def test_asked_again_it_is_the_same_choice_in_the_same_language(customer: Customer) -> None:
    first = await write(customer, RETURN, GERMAN)
    again = await customer.says("action_confirm", "affirm", "yes")
    assert again.buttons == first.buttons
    assert again.messages[0]["text"] == first.messages[1]["text"]
    assert [one["language"] for one in customer.slots["choices"]] == ["de", "de"]


async def test_none_of_these_brings_a_person(customer: Customer) -> None:
    await write(customer, RETURN, GERMAN)
    reply = await customer.says("action_confirm", "deny", "nein")
    assert reply.records["handoff"]["reason"] == "no_answer"


async def test_one_that_is_gone_brings_a_person(customer: Customer) -> None:
    reply = await write(customer, RETURN, GERMAN)
    article = reply.buttons["Einen Artikel zurückgeben"].partition('": "')[2].rstrip('"}')
    customer.knowledge.articles.clear()
    reply = await customer.says("action_answer", "give_details", "", article_id=article)
    assert reply.records["handoff"]["reason"] == "no_answer"


async def test_writing_on_in_that_language_brings_the_person(customer: Customer) -> None:
    await write(customer, RETURN, GERMAN)
    reply = await write(customer, "Nein, das meine ich nicht", GERMAN)
    assert reply.records["handoff"]["reason"] == "asked"


async def test_an_english_question_after_it_is_asked_about_in_english(customer: Customer) -> None:
    await chosen(customer)
    reply = await customer.says("action_answer", "delivery", "when do you deliver")
    assert "solve it" in reply.text
    assert "Yes" in reply.buttons


async def test_in_a_form_no_articles_are_offered(customer: Customer) -> None:
    customer.loop = "form_cancel_order"
    reply = await write(customer, RETURN, GERMAN)
    assert list(reply.buttons) == ["Mit einem Menschen sprechen"]
    assert customer.knowledge.asked == []
