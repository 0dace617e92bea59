"""What the customer is told: who owns the chat, how long it takes, who is there; answers, choices, rating."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import expect

from tests.widget.conftest import Customer

PARTS = {
    "context": "You wait for your money. It starts when the parcel **arrives**.",
    "action": "1. Look at [My orders](https://fernway.example/orders).\n2. Wait *5* days.",
    "outcome": "You get an e-mail on the day we refund.",
}
SOURCE = {"article_id": "x", "title": "How long a refund takes", "url": "/help/refund-time"}


def test_an_answer_has_three_parts_and_its_source(customer: Customer) -> None:
    customer.visit().open()
    customer.server.say("bot", "Good question.", kind="answer", parts=PARTS, source=SOURCE)
    row = customer.row("Good question.")
    expect(row.locator(".context strong")).to_have_text("arrives")
    expect(row.locator(".action ol > li")).to_have_count(2)
    expect(row.locator(".outcome")).to_contain_text("What happens next")
    link = row.get_by_role("link", name="My orders")
    assert link.get_attribute("rel") == "noopener noreferrer"
    source = row.get_by_role("link", name="From the article: How long a refund takes")
    assert source.get_attribute("href") == f"{customer.server.url}/help/refund-time"


def test_the_plain_twin_of_an_answer_is_not_shown_twice(customer: Customer) -> None:
    customer.visit().open()
    twin = "\n\n".join(PARTS.values())
    customer.server.say("bot", twin, kind="answer", parts=PARTS)
    expect(customer.page.locator(".answer")).to_be_visible()
    expect(customer.page.locator(".row .text")).to_be_hidden()
    customer.server.say("bot", f"I am sorry about the wait.\n\n{twin}", kind="answer", parts=PARTS)
    expect(customer.page.locator(".row .text").last).to_have_text("I am sorry about the wait.")


def test_a_long_answer_is_shown_from_its_question_on(customer: Customer) -> None:
    customer.visit().open()
    long = {**PARTS, "action": "\n".join(f"{n}. Do step {n} with care." for n in range(1, 30))}
    customer.server.replies = lambda frame: [
        {"text": "", "payload": {"kind": "answer", "parts": long}}
    ]
    customer.say("How does it work?")
    expect(customer.page.get_by_role("button", name="More below")).to_be_visible()
    expect(customer.row("How does it work?")).to_be_in_viewport()
    customer.page.get_by_role("button", name="More below").click()
    expect(customer.page.locator(".outcome")).to_be_in_viewport()


def test_a_pressed_button_is_sent_by_index_and_the_buttons_go(customer: Customer) -> None:
    customer.visit().open()
    buttons = [{"title": "Yes", "style": "primary"}, {"title": "No", "style": "plain"}]
    seq = customer.server.say("bot", "Did this solve it?", kind="ask", buttons=buttons)
    customer.page.get_by_role("button", name="No", exact=True).click()
    expect(customer.page.locator(".row.customer")).to_contain_text("Sent")
    assert customer.server.said()[0]["button"] == {"seq": seq, "index": 1}
    expect(customer.page.get_by_role("button", name="Yes", exact=True)).to_be_hidden()
    expect(customer.field).to_be_focused()


def test_buttons_end_when_the_chat_changes_hands(customer: Customer) -> None:
    customer.visit().open()
    customer.server.say(
        "bot", "Which one?", kind="choose", buttons=[{"title": "This", "style": "plain"}]
    )
    button = customer.page.get_by_role("button", name="This", exact=True)
    expect(button).to_be_visible()
    customer.server.say("system", "You are in the queue.", event="queued")
    expect(button).to_be_hidden()


def test_the_header_says_who_owns_the_chat(customer: Customer) -> None:
    customer.visit().open()
    head = customer.page.locator(".head")
    expect(head).to_contain_text("Assistant")
    customer.page.get_by_role("button", name="More options").click()
    customer.page.locator(".menu").get_by_role("button", name="Talk to a person").click()
    expect(customer.field).to_be_focused()
    customer.server.change(owner="queued", position=2, wait_seconds=170)
    expect(head).to_contain_text("You are number 2, about 3 min")
    (asked,) = customer.server.said("person")
    assert isinstance(asked["seq"], int), "so that a repeat is known as one"
    customer.page.locator(".notice").get_by_role("button", name="Leave the queue").click()
    customer.server.change(owner="bot", position=None, wait_seconds=None)
    expect(head).to_contain_text("Assistant")
    assert len(customer.server.said("cancel")) == 1
    customer.server.change(owner="agent", agent="Anna")
    expect(head).to_contain_text("Anna from Fernway")
    customer.page.get_by_role("button", name="More options").click()
    customer.page.locator(".menu").get_by_role("button", name="Ask for somebody else").click()
    customer.server.change(owner="queued", agent=None, position=1)
    expect(head).to_contain_text("You are number 1")
    assert len(customer.server.said("someone_else")) == 1
    customer.server.change(owner="closed", agent=None)
    expect(head).to_contain_text("Chat ended")


def test_who_types_is_shown_until_they_stop(customer: Customer) -> None:
    customer.visit().open()
    customer.server.change(owner="agent", agent="Anna")
    customer.server.push({"type": "typing", "author": "agent", "on": True})
    expect(customer.page.locator(".dots")).to_contain_text("Anna is typing")
    customer.server.say("agent", "Hello", "Anna")
    expect(customer.page.locator(".dots")).to_be_hidden()


def test_nobody_online_says_when_and_takes_an_address(customer: Customer) -> None:
    tomorrow = datetime.now(timezone.utc).astimezone() + timedelta(days=1)
    opens = tomorrow.replace(hour=8, minute=0, second=0, microsecond=0)
    customer.visit().open()
    customer.server.change(owner="queued", online=False, opens_at=opens.isoformat(), mail="ask")
    expect(customer.panel).to_contain_text("We are back tomorrow at 08:00")
    mail = customer.page.get_by_role("textbox", name="E-mail (optional)")
    mail.fill("not an address")
    mail.press("Enter")
    expect(customer.page.get_by_role("alert")).to_contain_text("Please check")
    mail.fill("mia@example.org")
    mail.press("Enter")
    expect(customer.panel).to_contain_text("We will also write to mia@example.org.")
    customer.wait("true")
    assert customer.server.said("details") == [{"type": "details", "email": "mia@example.org"}]


def test_a_bot_that_is_down_offers_a_person(customer: Customer) -> None:
    customer.visit().open()
    customer.server.change(bot="down")
    notice = customer.page.locator(".notice", has_text="The assistant is not available right now.")
    notice.get_by_role("button", name="Talk to a person").click()
    customer.server.change(owner="queued", position=1)
    expect(notice).to_be_hidden()
    assert len(customer.server.said("person")) == 1


def test_a_wish_made_while_the_line_is_down_is_not_lost(customer: Customer) -> None:
    customer.visit().open()
    customer.say("hello")
    expect(customer.row("hello")).to_contain_text("Sent")
    customer.server.open = False
    customer.server.drop()
    customer.page.get_by_role("button", name="More options").click()
    customer.page.locator(".menu").get_by_role("button", name="Talk to a person").click()
    customer.server.open = True
    customer.page.evaluate("dispatchEvent(new Event('online'))")
    expect(customer.row("hello")).to_be_visible()
    for _ in range(50):
        if customer.server.said("person"):
            break
        customer.page.wait_for_timeout(100)
    assert len(customer.server.said("person")) == 1


def test_rating_by_stars_with_a_comment(customer: Customer) -> None:
    customer.visit().open()
    customer.server.change(owner="closed", rateable=1, survey="csat")
    send = customer.page.get_by_role("button", name="Send rating")
    expect(send).to_be_disabled()
    customer.page.get_by_role("radio", name="4 of 5: Good").check(force=True)
    customer.page.get_by_role("textbox", name="What should we know?").fill("Quick and kind")
    send.click()
    expect(customer.page.get_by_text("Thank you for your rating.")).to_be_visible()
    rate = {"type": "rate", "episode": 1, "score": 4, "comment": "Quick and kind"}
    assert customer.server.said("rate") == [rate]
    customer.server.change(rated=True)
    expect(send).to_be_hidden()


def test_a_skipped_rating_is_not_asked_again(customer: Customer) -> None:
    customer.server.state.update(owner="closed", rateable=3, survey="csat")
    customer.visit().open()
    customer.page.get_by_role("button", name="Skip").click()
    expect(customer.page.locator(".rating")).to_be_hidden()
    expect(customer.field).to_be_focused()
    customer.page.reload()
    expect(customer.page.locator(".head")).to_contain_text("Chat ended")
    expect(customer.page.locator(".rating")).to_be_hidden()
    assert customer.server.said("rate") == []


def test_new_messages_while_reading_above_wait_behind_a_pill(customer: Customer) -> None:
    for number in range(40):
        customer.server.commit(author="bot", text=f"line {number}")
    customer.visit().open()
    expect(customer.row("line 39")).to_be_in_viewport()
    customer.page.locator(".scroll").evaluate("node => node.scrollTo(0, 0)")
    customer.page.wait_for_timeout(200)
    customer.server.say("agent", "the newest", "Anna")
    pill = customer.page.get_by_role("button", name="1 new message")
    expect(pill).to_be_visible()
    expect(customer.row("the newest")).not_to_be_in_viewport()
    pill.click()
    expect(customer.row("the newest")).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_the_log_is_a_live_region_that_is_quiet_while_history_comes(customer: Customer) -> None:
    customer.server.commit(author="bot", text="earlier")
    customer.visit().open()
    expect(customer.row("earlier")).to_be_visible()
    expect(customer.log).to_have_attribute("aria-live", "polite")
    expect(customer.log).to_have_attribute("aria-busy", "false")


@pytest.mark.parametrize("question", ["Where is my order FW-204411?", "Can I talk to a person?"])
def test_a_site_can_ask_for_the_customer(customer: Customer, question: str) -> None:
    customer.visit()
    customer.page.locator(f'[data-ask="{question}"]').click()
    expect(customer.row(question)).to_contain_text("Sent")
    assert customer.server.texts() == [question]
