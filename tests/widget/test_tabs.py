"""Several tabs of one visitor stay in step; and the quiet sound for what comes while nobody looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.widget.conftest import Customer
from tests.widget.fake_server import FakeServer
from widget.config import WidgetConfig

# Counts the notes instead of playing them.
EARS = """
window.notes = 0;
window.AudioContext = class { currentTime = 0; destination = {}; resume() { return Promise.resolve(); } };
window.OscillatorNode = class { connect(next) { return next; } start() { window.notes += 1; } stop() {} };
window.GainNode = class {
  gain = { linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
  connect() {}
};
"""


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.add_init_script(EARS)
    return context


@pytest.fixture
def other(context: BrowserContext, customer: Customer) -> Iterator[Customer]:
    """A second tab of the same browser."""
    page = context.new_page()
    second = Customer(page, customer.server)
    page.on("pageerror", lambda error: second.errors.append(f"uncaught: {error}"))
    yield second
    assert second.errors == []
    page.close()


def wait_for(page: Page, condition: Callable[[], Any]) -> None:
    for _ in range(160):
        if condition():
            return
        page.wait_for_timeout(25)
    raise AssertionError("it did not happen")


def both(customer: Customer, other: Customer) -> tuple[Customer, Customer]:
    """The chat, open in two tabs."""
    customer.visit().open()
    other.visit().open()
    wait_for(other.page, lambda: len(customer.server.sockets) == 2)
    return customer, other


def test_both_show_the_same(customer: Customer, other: Customer, server: FakeServer) -> None:
    both(customer, other)
    customer.say("hello")
    for one in (customer, other):
        expect(one.row("hello")).to_contain_text("Sent")
    server.say("agent", "Hello, I am Anna", "Anna")
    server.change(owner="agent", agent="Anna")
    for one in (customer, other):
        expect(one.row("Hello, I am Anna")).to_be_visible()
        expect(one.panel.get_by_role("heading", name="Anna")).to_be_visible()
    assert (server.visitors, server.texts()) == (1, ["hello"])
    # Each tab opens and closes for itself.
    other.page.get_by_role("button", name="Close chat").first.click()
    expect(other.panel).to_be_hidden()
    expect(customer.panel).to_be_visible()
    customer.page.get_by_role("button", name="Close chat").first.click()
    # Unread in both, read in both.
    server.say("agent", "Are you still there?", "Anna")
    for one in (customer, other):
        expect(one.page.get_by_role("button", name="Open chat, 1 unread message")).to_be_visible()
    customer.page.get_by_role("button", name="Open chat").click()
    expect(other.page.get_by_role("button", name="Open chat", exact=True)).to_be_visible()


def test_what_waits_is_seen_by_both_and_sent_by_one(
    customer: Customer, other: Customer, server: FakeServer
) -> None:
    both(customer, other)
    server.acknowledging = False
    customer.say("still on its way")
    for one in (customer, other):
        expect(one.row("still on its way")).to_contain_text("Sending…")
    customer.page.wait_for_timeout(1300)  # until the other one has asked whether this one is gone
    assert len(server.said()) == 1
    server.acknowledging = True
    server.drop()
    for one in (customer, other):
        expect(one.row("still on its way")).to_contain_text("Sent", timeout=15_000)
    assert server.texts() == ["still on its way"]
    wait_for(customer.page, lambda: customer.page.evaluate(
        "Object.keys(localStorage).filter((key) => key.includes('outbox')).length") == 0)  # fmt: skip
    assert len(server.said()) == 2, "by the tab that wrote it, and by no other"


def test_a_tab_that_is_closed_leaves_what_it_wrote_to_the_other(
    customer: Customer, other: Customer, server: FakeServer
) -> None:
    both(customer, other)
    server.errors["not yet"] = {"code": "too_many_requests", "message": "?"}
    other.say("not yet")
    expect(customer.row("not yet")).to_contain_text("Not sent")
    server.acknowledging = False
    other.say("the last words")
    expect(customer.row("the last words")).to_contain_text("Sending…")
    server.acknowledging = True
    other.page.close()
    expect(customer.row("the last words")).to_have_class(re.compile(r"\bsent\b"))
    wait_for(customer.page, lambda: server.texts() == ["the last words"])
    # What had failed there is tried again here.
    customer.row("not yet").get_by_role("button", name="Try again").click()
    wait_for(customer.page, lambda: server.texts() == ["the last words", "not yet"])
    other.page = customer.page.context.new_page()


def test_a_question_is_answered_once(
    customer: Customer, other: Customer, server: FakeServer
) -> None:
    both(customer, other)
    server.say("agent", "Bye!", "Anna")
    server.change(owner="closed", rateable=1, survey="csat")
    for one in (customer, other):
        expect(one.panel.get_by_text("How was your chat?")).to_be_visible()
    customer.panel.get_by_role("button", name="Skip").click()
    server.change(owner="closed", rateable=1, survey=None)
    for one in (customer, other):
        expect(one.panel.get_by_text("How was your chat?")).to_be_hidden()
    server.change(mail="ask", owner="queued", rateable=None, online=False)
    for one in (customer, other):
        expect(one.panel.get_by_label("E-mail (optional)")).to_be_visible()
    other.panel.get_by_role("button", name="No, thank you").click()
    for one in (customer, other):
        expect(one.panel.get_by_label("E-mail (optional)")).to_be_hidden()


def test_who_signs_out_in_one_is_gone_from_the_other(
    customer: Customer, other: Customer, server: FakeServer
) -> None:
    both(customer, other)
    customer.say("my secret")
    expect(other.row("my secret")).to_contain_text("Sent")
    server.log.clear()
    server.tokens.add("z" * 43)
    customer.page.evaluate("Handrail.forget()")
    expect(other.row("my secret")).to_have_count(0)
    wait_for(other.page, lambda: server.visitors == 2)
    other.say("hello from the next one")
    expect(other.row("hello from the next one")).to_contain_text("Sent")
    customer.open()
    expect(customer.row("hello from the next one")).to_be_visible()
    assert server.visitors == 2


def test_consent_given_in_one_holds_in_the_other(
    customer: Customer, other: Customer, server: FakeServer
) -> None:
    server.settings = WidgetConfig.model_validate(
        {"language": "auto", "consent": {"text": {"en": "We keep it."}}}
    )
    for one in (customer, other):
        one.visit().page.get_by_role("button", name="Open chat").click()
        expect(one.panel.get_by_text("We keep it.")).to_be_visible()
    customer.panel.get_by_role("button", name="Agree").click()
    for one in (customer, other):
        expect(one.field).to_be_visible()
    assert server.agreed == [1]


def notes(one: Customer) -> int:
    return int(one.page.evaluate("window.notes"))


def test_a_quiet_sound_only_where_it_is_wanted_and_nobody_looks(
    customer: Customer, other: Customer, server: FakeServer
) -> None:
    both(customer, other)
    for one in (customer, other):
        one.page.keyboard.press("Escape")
        expect(one.panel).to_be_hidden()
    server.say("agent", "Nobody hears this", "Anna")
    expect(customer.page.get_by_role("button", name="1 unread message")).to_be_visible()
    customer.page.wait_for_timeout(500)
    assert (notes(customer), notes(other)) == (0, 0), (
        "off, unless the house or the customer wants it"
    )

    customer.page.get_by_role("button", name="Open chat").click()
    customer.page.get_by_role("button", name="More options").click()
    switch = customer.page.get_by_role("switch", name="Sound for new messages")
    expect(switch).not_to_be_checked()
    switch.press("Enter")
    assert notes(customer) == 2, "one hears what one has chosen"
    customer.page.get_by_role("button", name="More options").click()
    expect(switch).to_be_checked()
    customer.page.keyboard.press("Escape")
    server.say("agent", "This is being read", "Anna")
    expect(customer.row("This is being read")).to_be_visible()
    customer.page.wait_for_timeout(500)
    assert (notes(customer), notes(other)) == (2, 0), "read at once in one tab, silent in all"
    customer.page.keyboard.press("Escape")
    server.say("agent", "Are you there?", "Anna")
    wait_for(customer.page, lambda: notes(customer) + notes(other) == 4)
    customer.page.wait_for_timeout(300)
    assert notes(customer) + notes(other) == 4, "one tab sounds"


def test_never_before_anybody_has_touched_the_page(customer: Customer, server: FakeServer) -> None:
    # The browser's own word would be true here: what a test evaluates counts as touching the page.
    customer.page.add_init_script("""window.touched = false;
        Object.defineProperty(navigator, "userActivation", { get: () => ({ hasBeenActive: window.touched }) });""")
    server.settings = WidgetConfig(sound=True)
    server.say("agent", "Earlier", "Anna")
    customer.visit()
    customer.page.evaluate("localStorage.setItem('handrail:token', 't'.repeat(43))")
    customer.page.reload()
    expect(customer.page.get_by_role("button", name="1 unread message")).to_be_visible()
    server.say("agent", "Untouched", "Anna")
    expect(customer.page.get_by_role("button", name="2 unread messages")).to_be_visible()
    customer.page.wait_for_timeout(450)
    assert notes(customer) == 0
    customer.page.evaluate("window.touched = true")
    server.say("agent", "Touched", "Anna")
    wait_for(customer.page, lambda: notes(customer) == 2)
