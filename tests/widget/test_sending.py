"""Messages on their way: sent, kept while offline, failed, retried; and what comes after a drop or a reload."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.widget.conftest import Customer


def test_a_message_is_shown_at_once_and_acknowledged(customer: Customer) -> None:
    customer.visit().open()
    expect(customer.field).to_be_focused()
    customer.say("Where is my order?")
    expect(customer.row("Where is my order?")).to_contain_text("Sent")
    expect(customer.field).to_have_value("")
    customer.server.say("bot", "It left this morning.")
    expect(customer.row("It left this morning.")).to_be_visible()
    assert customer.server.texts() == ["Where is my order?"]


def test_a_page_may_begin_the_message_but_not_over_the_customers_own_words(
    customer: Customer,
) -> None:
    customer.visit()
    begin = "(text) => document.querySelector('handrail-widget').open({ draft: text })"
    customer.page.evaluate(begin, "About “Return a gift”: ")
    expect(customer.field).to_have_value("About “Return a gift”: ")
    expect(customer.field).to_be_focused()
    customer.page.keyboard.type("how long?")
    customer.page.evaluate(begin, "About something else: ")
    expect(customer.field).to_have_value("About “Return a gift”: how long?")
    customer.field.press("Enter")
    expect(customer.row("how long?")).to_contain_text("Sent")
    assert customer.server.texts() == ["About “Return a gift”: how long?"]
    customer.page.reload()
    expect(customer.field).to_have_value("")


def test_shift_enter_makes_a_line_and_enter_sends(customer: Customer) -> None:
    customer.visit().open()
    customer.field.press_sequentially("one")
    customer.field.press("Shift+Enter")
    customer.field.press_sequentially("two")
    customer.field.press("Enter")
    expect(customer.row("two")).to_contain_text("Sent")
    assert customer.server.texts() == ["one\ntwo"]


def test_offline_messages_survive_a_reload_and_arrive_once_and_in_order(customer: Customer) -> None:
    customer.expected_errors = ["WebSocket"]
    customer.visit().open()
    customer.say("first")
    expect(customer.row("first")).to_contain_text("Sent")
    customer.server.open = False
    customer.server.drop()
    customer.say("second")
    customer.say("third")
    expect(customer.row("third")).to_contain_text("Will be sent when you are back online")
    notice = customer.page.get_by_text(
        "Connection lost. Messages you write are kept and sent later."
    )
    expect(notice).to_be_visible()
    customer.page.reload()
    expect(customer.row("third")).to_be_visible()
    assert customer.server.texts() == ["first"]
    customer.server.open = True
    expect(customer.row("third")).to_contain_text(re.compile("Sent [0-9]"))
    expect(notice).to_be_hidden()
    assert customer.server.texts() == ["first", "second", "third"]
    assert customer.page.locator(".row.customer").count() == 3


def test_a_lost_ack_neither_loses_nor_doubles(customer: Customer) -> None:
    customer.visit().open()
    customer.server.acknowledging = False
    customer.say("charge me once")
    customer.wait("localStorage.length > 1")
    customer.server.acknowledging = True
    customer.server.drop()
    expect(customer.row("charge me once")).to_contain_text("Sent")
    assert customer.server.texts() == ["charge me once"]
    assert customer.page.locator(".row.customer").count() == 1


def test_a_refused_message_says_so_and_one_tap_sends_it_again(customer: Customer) -> None:
    customer.visit().open()
    customer.server.errors["hello"] = {"code": "unavailable", "message": "?"}
    customer.say("hello")
    row = customer.row("hello")
    expect(row).to_contain_text("Not sent.")
    row.get_by_role("button", name="Try again").click()
    expect(row).to_contain_text("Sent")
    expect(customer.field).to_be_focused()
    sent = customer.server.said()
    assert len(sent) == 2
    assert sent[0]["client_id"] == sent[1]["client_id"]


def test_a_failed_message_can_be_deleted(customer: Customer) -> None:
    customer.visit().open()
    customer.server.errors["oops"] = {"code": "too_many_requests", "message": "?"}
    customer.say("oops")
    expect(customer.row("oops")).to_contain_text("too many messages at once")
    customer.row("oops").get_by_role("button", name="Delete").click()
    expect(customer.row("oops")).to_have_count(0)
    assert customer.page.evaluate("Object.keys(localStorage).join()") == "handrail:token"


def test_messages_of_a_gap_arrive_after_a_drop(customer: Customer) -> None:
    customer.visit().open()
    customer.say("hello")
    expect(customer.row("hello")).to_contain_text("Sent")
    customer.server.open = False
    customer.server.drop()
    for number in range(5):
        customer.server.commit(author="agent", name="Anna", text=f"while away {number}")
    customer.server.open = True
    expect(customer.row("while away 4")).to_be_visible()
    shown = customer.page.locator(".row.agent .text").all_inner_texts()
    assert shown == [f"while away {number}" for number in range(5)]
    assert customer.server.said("hello")[-1]["after"] == 1


def test_the_chat_and_the_draft_come_back_after_a_reload(customer: Customer) -> None:
    customer.visit().open()
    customer.say("hello")
    expect(customer.row("hello")).to_contain_text("Sent")
    customer.field.fill("half a sent")
    customer.page.reload()
    expect(customer.row("hello")).to_be_visible()
    expect(customer.field).to_have_value("half a sent")
    assert customer.server.visitors == 1


def test_unread_messages_are_counted_on_the_bubble(customer: Customer) -> None:
    customer.visit().open()
    customer.say("hello")
    expect(customer.row("hello")).to_contain_text("Sent")
    customer.field.press("Escape")
    bubble = customer.page.get_by_role("button", name="Open chat")
    expect(bubble).to_be_focused()
    customer.server.say("bot", "one")
    customer.server.say("bot", "two")
    expect(customer.page.get_by_role("button", name="Open chat, 2 unread messages")).to_be_visible()
    customer.page.reload()
    customer.page.get_by_role("button", name="Open chat, 2 unread messages").click()
    expect(customer.row("two")).to_be_visible()
    customer.page.keyboard.press("Escape")
    expect(customer.page.get_by_role("button", name="Open chat", exact=True)).to_be_visible()


def test_two_tabs_stay_in_step(customer: Customer) -> None:
    customer.visit().open()
    other = Customer(customer.page.context.new_page(), customer.server).visit().open()
    customer.say("from the first tab")
    expect(other.row("from the first tab")).to_be_visible()
    other.say("from the second tab")
    expect(customer.row("from the second tab")).to_be_visible()
    assert customer.server.texts() == ["from the first tab", "from the second tab"]
    assert customer.server.visitors == 1


def test_an_expired_token_starts_a_new_chat_with_what_was_not_sent(customer: Customer) -> None:
    customer.visit().open()
    customer.say("hello")
    expect(customer.row("hello")).to_contain_text("Sent")
    customer.server.tokens = {"u" * 43}
    customer.server.log.clear()
    customer.server.open = False
    customer.server.drop()
    customer.say("still here?")
    customer.server.open = True
    expect(customer.row("still here?")).to_contain_text(re.compile("Sent [0-9]"))
    expect(customer.row("hello")).to_have_count(0)
    assert customer.server.texts() == ["still here?"]
    assert customer.server.visitors == 2


def test_the_limit_is_counted_as_the_server_counts(customer: Customer) -> None:
    customer.visit().open()
    send = customer.page.get_by_role("button", name="Send")
    expect(send).to_be_disabled()
    customer.field.fill("😀" * 1999)
    expect(customer.panel).to_contain_text("1 character left")
    expect(send).to_be_enabled()
    customer.field.fill("😀" * 10_000)
    expect(customer.panel).to_contain_text("8,000 characters too many")
    expect(send).to_be_disabled()
    customer.field.press("Enter")
    customer.field.fill("😀" * 2000)
    customer.field.press("Enter")
    expect(customer.page.locator(".row.customer")).to_contain_text("Sent")
    assert customer.server.texts() == ["😀" * 2000]


def test_typing_is_told(customer: Customer) -> None:
    customer.visit().open()
    customer.page.wait_for_timeout(300)
    customer.field.press_sequentially("hello there", delay=20)
    customer.field.press("Enter")
    expect(customer.row("hello there")).to_contain_text("Sent")
    assert [frame["on"] for frame in customer.server.said("typing")] == [True, False]
