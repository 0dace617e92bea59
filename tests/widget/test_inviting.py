"""Invitations in a real Chromium: when they come, how they leave, and what becomes of them in the chat."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.widget.conftest import Customer
from tests.widget.fake_server import TOKEN, FakeServer
from tests.widget.test_access import CONTRAST
from widget.config import WidgetConfig

OFFER: dict[str, Any] = {
    "id": "offer",
    "seconds": 0,
    "text": {"en": "Any questions about delivery?", "ar": "هل لديك أسئلة عن التوصيل؟"},
    "starters": ["How long does it take?", "What does it cost?"],
}
SECOND: dict[str, Any] = {"id": "second", "seconds": 0, "text": {"en": "Still there?"}}
PHONE = {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce"}


@pytest.fixture
def house(server: FakeServer) -> Callable[..., None]:
    def set_up(*invitations: dict[str, Any], **values: Any) -> None:
        server.settings = WidgetConfig.model_validate(
            {"language": "auto", "invitations": invitations, **values}
        )

    return set_up


def teaser(customer: Customer) -> Locator:
    return customer.page.locator(".teaser")


def wait_for(customer: Customer, condition: Callable[[], bool]) -> None:
    for _ in range(160):
        if condition():
            return
        customer.page.wait_for_timeout(25)
    raise AssertionError("it did not happen")


def settle(customer: Customer) -> None:
    """Long enough for what is due at once to have come."""
    customer.page.wait_for_timeout(400)


def whats(server: FakeServer) -> list[tuple[str, str]]:
    return [(name, what) for name, what, _ in server.invitations]


def test_it_opens_the_chat_and_becomes_its_first_line(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(OFFER)
    customer.visit()
    box = teaser(customer)
    expect(box).to_have_accessible_name("A message for you")
    expect(box.get_by_role("status")).to_have_text("Any questions about delivery?")
    assert customer.page.evaluate("document.activeElement === document.body"), "no focus is taken"
    expect(customer.page.get_by_role("button", name="Open chat")).to_be_visible()
    wait_for(customer, lambda: whats(server) == [("offer", "shown")])
    assert server.invitations[0][2] is None
    assert server.visitors == 0, "a teaser makes nobody known"

    box.get_by_role("button", name="Any questions about delivery?").click()
    expect(box).to_be_hidden()
    expect(customer.field).to_be_focused()
    expect(customer.log.locator(".row")).to_have_count(1)
    expect(customer.row("Any questions about delivery?")).to_contain_text("Assistant")
    expect(customer.panel.get_by_text("Hello! How can we help?")).to_be_hidden()
    wait_for(customer, lambda: ("offer", "opened") in whats(server))
    assert server.log == [], "who only looks leaves no chat behind"

    # It waits for its answer on the next page, too.
    customer.page.reload()
    expect(customer.row("Any questions about delivery?")).to_be_visible()
    customer.row("Any questions about delivery?").get_by_role(
        "button", name="What does it cost?"
    ).click()
    expect(customer.row("What does it cost?").last).to_contain_text("Sent")
    assert [(m["author"], m["text"]) for m in server.log] == [
        ("bot", "Any questions about delivery?"),
        ("customer", "What does it cost?"),
    ]
    expect(customer.log.locator(".row")).to_have_count(2)
    customer.say("And where from?")
    wait_for(customer, lambda: len(server.log) == 3)
    assert "invitation" not in server.said()[-1], "answered once"
    customer.page.reload()
    expect(customer.log.locator(".row")).to_have_count(3)


def test_a_starter_is_said_at_once_and_the_bubble_takes_it_along(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(OFFER)
    customer.visit()
    teaser(customer).get_by_role("button", name="How long does it take?").click()
    wait_for(customer, lambda: server.texts() == ["How long does it take?"])
    assert server.log[0]["text"] == "Any questions about delivery?"


def test_sent_away_by_keyboard_it_leaves_the_visitor_in_peace(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(OFFER, SECOND)
    customer.visit()
    dismiss = teaser(customer).get_by_role("button", name="Close this message")
    dismiss.focus()
    customer.page.keyboard.press("Escape")
    expect(teaser(customer)).to_be_hidden()
    expect(customer.page.get_by_role("button", name="Open chat")).to_be_focused()
    wait_for(customer, lambda: whats(server) == [("offer", "shown"), ("offer", "dismissed")])
    customer.page.reload()
    settle(customer)
    expect(teaser(customer)).to_be_hidden()
    # A day later there may be another one, and never the same.
    customer.page.evaluate("""() => {
        const kept = JSON.parse(localStorage.getItem("handrail:invitations"));
        localStorage.setItem("handrail:invitations", JSON.stringify({ ...kept, peace: Date.now() - 1 }));
    }""")
    customer.page.reload()
    expect(teaser(customer)).to_contain_text("Still there?")


def test_one_a_page_view_by_page_event_and_visitor(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(
        {**OFFER, "id": "paying", "page": "/*?step=pay*"},
        {**SECOND, "id": "left", "event": "cart_left"},
        {**SECOND, "id": "back", "visitor": "returning", "text": {"en": "Good to see you again."}},
        {**SECOND, "id": "first", "visitor": "new", "text": {"en": "Welcome!"}},
    )
    page = customer.visit().page
    expect(teaser(customer)).to_contain_text("Welcome!")
    page.evaluate("Handrail.track('cart_left')")
    settle(customer)
    expect(teaser(customer)).to_contain_text("Welcome!")
    # A route of a single-page app is another page.
    page.evaluate("history.pushState(null, '', '?step=pay&item=2')")
    expect(teaser(customer)).to_contain_text("Any questions about delivery?")
    page.evaluate("history.pushState(null, '', '?step=done')")
    settle(customer)
    expect(teaser(customer)).to_be_hidden()
    page.evaluate("Handrail.push(['track', 'nothing'], ['track', 'cart_left'])")
    expect(teaser(customer)).to_contain_text("Still there?")
    assert {name for name, _ in whats(server)} == {"first", "paying", "left"}
    again = customer.page.context.new_page()
    again.goto(server.url)
    expect(again.locator(".teaser")).to_contain_text("Good to see you again.")
    again.close()


def test_the_server_decides_what_only_it_knows(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house({**OFFER, "segment": "at_risk"}, SECOND)
    server.may_invite = False
    customer.visit()
    expect(teaser(customer)).to_contain_text("Still there?")
    assert whats(server)[:1] == [("offer", "check")]
    # A known visitor is asked about for every one: perhaps they saw it elsewhere.
    page = customer.page
    page.evaluate(f"localStorage.clear(); localStorage.setItem('handrail:token', '{TOKEN}')")
    server.invitations.clear()
    page.reload()
    wait_for(customer, lambda: [one[1] for one in server.invitations] == ["check", "check"])
    assert {one[2] for one in server.invitations} == {TOKEN}
    settle(customer)
    expect(teaser(customer)).to_be_hidden()


def test_before_consent_nothing_leaves_and_the_first_line_waits(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house({**OFFER, "id": "asked", "online": True}, OFFER, consent={"text": {"en": "We keep it."}})
    asked: list[str] = []
    customer.page.on("request", lambda request: asked.append(request.url))
    customer.visit()
    teaser(customer).get_by_role("button", name="Any questions about delivery?").click()
    expect(customer.panel.get_by_role("heading", name="Before we begin")).to_be_focused()
    assert not [url for url in asked if "/api/" in url or "/ws/" in url]
    expect(customer.row("Any questions about delivery?")).to_be_visible()
    customer.panel.get_by_role("button", name="Agree").click()
    customer.say("Yes: how long?")
    wait_for(customer, lambda: len(server.log) == 2)
    assert server.log[0]["payload"] == {"kind": "invitation"}


def test_not_while_the_chat_is_open_and_gone_when_it_opens(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house({**OFFER, "seconds": 1})
    customer.visit().open()
    customer.page.wait_for_timeout(1300)
    expect(teaser(customer)).to_be_hidden()
    assert whats(server) == []


@pytest.mark.parametrize("window", [{**PHONE, "color_scheme": "dark"}])
def test_on_a_phone_in_arabic_it_fits_and_moves_nothing(
    customer: Customer, server: FakeServer, house: Callable[..., None], shots: Path
) -> None:
    house({**OFFER, "starters": ["How long does it take to the islands?", "What does it cost?"]})
    server.hosts["ar"] = (
        '<!doctype html><html lang="ar" dir="rtl"><link rel="icon" href="data:,">'
        '<script type="module" src="/widget/handrail.js"></script><body><p>متجر',
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:",
    )
    customer.visit("/hosts/ar")
    box = teaser(customer)
    expect(box).to_contain_text("هل لديك أسئلة عن التوصيل؟")
    expect(box).to_have_attribute("dir", "rtl")
    expect(box).to_have_css("animation-name", "none")
    place = box.bounding_box()
    assert place is not None
    assert place["x"] >= 0 and place["x"] + place["width"] <= 320
    close = box.get_by_role("button", name="إغلاق هذه الرسالة").bounding_box()
    assert close is not None and close["x"] < 60, "at the end of the line, not over its beginning"
    bubble = customer.page.locator(".launch").bounding_box()
    assert bubble is not None and place["y"] + place["height"] < bubble["y"]
    assert bubble["x"] < 100, "beside the bubble, which is on the left here"
    assert customer.page.evaluate("document.documentElement.scrollWidth") == 320
    customer.page.screenshot(path=shots / "invitation-ar-phone-dark.png")


@pytest.mark.parametrize("window", [{"color_scheme": "light"}, {"color_scheme": "dark"}])
def test_every_text_of_it_has_contrast(
    customer: Customer, server: FakeServer, house: Callable[..., None], shots: Path
) -> None:
    house(OFFER)
    customer.visit("/")
    expect(teaser(customer).get_by_role("status")).to_have_text("Any questions about delivery?")
    customer.page.screenshot(path=shots / "invitation.png")
    assert customer.page.evaluate(CONTRAST) == []
    teaser(customer).get_by_role("button", name="Any questions about delivery?").click()
    expect(customer.field).to_be_focused()
    settle(customer)
    customer.page.screenshot(path=shots / "invitation-opened.png")
