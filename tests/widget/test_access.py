"""The widget by keyboard only, on a phone, zoomed, with less motion; and its contrast."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.widget.conftest import Customer
from tests.widget.test_states import PARTS, SOURCE

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SMALL = {"viewport": {"width": 320, "height": 400}}
ZOOMED = {"viewport": {"width": 640, "height": 430}}  # 1280 × 860 at 200 %
DARK = {"color_scheme": "dark"}

# Text against the first opaque background behind it (WCAG 2.2, 1.4.3); returns what falls short.
CONTRAST = """() => {
  const root = document.querySelector("handrail-widget").shadowRoot;
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const light = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if ((colour[3] ?? 1) > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const short = [];
  for (const node of root.querySelectorAll("*")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility() || node.closest(":disabled, .unseen")) continue;
    const [one, other] = [light(numbers(getComputedStyle(node).color)), light(behind(node))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    const name = node.className || node.localName;
    if (ratio < 4.5) short.push(`${name} ${ratio.toFixed(2)}: ${node.textContent.slice(0, 30)}`);
  }
  return short;
}"""


def focused(page: Page) -> str:
    name: str = page.evaluate(
        """() => {
          let node = document.activeElement;
          while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
          return node?.getAttribute("aria-label") || node?.textContent.trim() || node?.localName;
        }"""
    )
    return name


def tab_to(customer: Customer, name: str, key: str = "Tab") -> None:
    """Press Tab until this has the focus, and see that the focus can be seen."""
    for _ in range(40):
        if focused(customer.page).startswith(name):
            break
        customer.page.keyboard.press(key)
    assert focused(customer.page).startswith(name)
    seen = customer.page.evaluate(
        """() => {
          let node = document.activeElement;
          while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
          const marks = [node, node.parentElement ?? node].map((one) => getComputedStyle(one));
          return marks.some(({ outlineStyle, boxShadow }) => outlineStyle !== "none" || boxShadow !== "none");
        }"""
    )
    assert seen, f"nobody can see that {name} has the focus"


def test_the_whole_flow_by_keyboard_only(customer: Customer) -> None:
    page, server = customer.page, customer.server
    customer.visit()
    customer.page.locator(".launch").wait_for()
    tab_to(customer, "Open chat", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(customer.field).to_be_focused()
    page.keyboard.type("How long does a refund take?")
    page.keyboard.press("Enter")
    expect(customer.row("How long does a refund take?")).to_contain_text("Sent")
    buttons = [{"title": "Yes", "style": "primary"}, {"title": "No", "style": "plain"}]
    server.say("bot", "", kind="answer", parts=PARTS, source=SOURCE, buttons=buttons)
    expect(page.get_by_role("button", name="No", exact=True)).to_be_visible()
    tab_to(customer, "No", "Shift+Tab")
    page.keyboard.press("Space")
    expect(customer.page.locator(".row.customer", has_text="No")).to_contain_text("Sent")
    expect(customer.field).to_be_focused()
    tab_to(customer, "More options", "Shift+Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "Talk to a person"
    page.keyboard.press("Escape")
    assert focused(page) == "More options"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(customer.field).to_be_focused()
    server.change(owner="queued", position=1, wait_seconds=60)
    expect(customer.panel).to_contain_text("You are number 1")
    server.change(owner="agent", agent="Anna", position=None)
    server.say("agent", "Hello, what can I do?", "Anna")
    page.keyboard.type("Where is my money?")
    page.keyboard.press("Enter")
    expect(customer.row("Where is my money?")).to_contain_text("Sent")
    server.change(owner="closed", agent=None, rateable=1, survey="csat")
    expect(page.get_by_role("button", name="Skip")).to_be_visible()
    tab_to(customer, "Skip", "Shift+Tab")
    tab_to(customer, "5 of 5", "Shift+Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowLeft")
    tab_to(customer, "Send rating")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you for your rating.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(customer.panel).to_be_hidden()
    assert focused(page) == "Open chat"
    page.wait_for_timeout(100)
    assert [frame["score"] for frame in server.said("rate")] == [4]
    assert len(server.said("person")) == 1


def fill(customer: Customer) -> None:
    """Every kind of content at once."""
    server = customer.server
    customer.say("Where is my refund?")
    server.say("bot", "Let me see.", kind="answer", parts=PARTS, source=SOURCE)
    server.say("agent", "Hello, see https://fernway.example/x", "Anna")
    server.say("system", "Anna has joined the chat.", event="claimed")
    server.errors["fails"] = {"code": "invalid", "message": "?"}
    customer.say("fails")
    expect(customer.row("fails")).to_contain_text("Not sent.")
    buttons = [{"title": "Yes", "style": "primary"}, {"title": "No", "style": "plain"}]
    server.say("bot", "Did this help?", kind="ask", buttons=buttons)
    expect(customer.row("Did this help?")).to_be_visible()


@pytest.mark.parametrize("window", [{}, DARK], ids=["light", "dark"])
def test_every_text_has_contrast(customer: Customer, window: dict[str, Any]) -> None:
    customer.visit().open()
    assert customer.page.evaluate(CONTRAST) == []
    fill(customer)
    for state in (
        {"bot": "down"},
        {"owner": "queued", "position": 2, "wait_seconds": 60, "bot": "ok"},
        {"owner": "queued", "online": False},
        {"owner": "agent", "agent": "Anna", "online": True},
        {"owner": "closed", "rateable": 1, "survey": "csat"},
    ):
        customer.server.change(**state)
        customer.page.wait_for_timeout(150)
        assert customer.page.evaluate(CONTRAST) == [], state


@pytest.mark.parametrize("window", [PHONE, ZOOMED, SMALL], ids=["phone", "zoomed", "small"])
def test_the_panel_fills_a_small_window(customer: Customer, window: dict[str, Any]) -> None:
    customer.visit().open()
    fill(customer)
    box = customer.panel.bounding_box()
    size = window["viewport"]
    assert box == {"x": 0, "y": 0, **size}
    for node in (customer.field, customer.page.get_by_role("button", name="Close chat")):
        expect(node).to_be_in_viewport()
    inner, outer = customer.page.locator(".scroll").evaluate(
        "node => [node.scrollWidth, node.clientWidth]"
    )
    assert inner <= outer
    height = customer.page.locator(".stage").evaluate("node => node.clientHeight")
    assert height >= 150
    customer.page.get_by_role("button", name="Close chat").click()
    expect(customer.page.get_by_role("button", name="Open chat")).to_be_focused()


@pytest.mark.parametrize("window", [PHONE, SMALL], ids=["phone", "small"])
def test_the_demo_page_needs_no_sideways_scrolling(
    customer: Customer, window: dict[str, Any]
) -> None:
    customer.visit()
    assert customer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("window", [{"reduced_motion": "reduce"}], ids=["still"])
def test_nothing_moves_when_less_motion_is_wished(
    customer: Customer, window: dict[str, Any]
) -> None:
    customer.visit().open()
    customer.server.push({"type": "typing", "author": "bot", "on": True})
    expect(customer.page.locator(".dots")).to_be_visible()
    running = (
        """() => document.querySelector("handrail-widget").shadowRoot.getAnimations().length"""
    )
    assert customer.page.evaluate(running) == 0


def test_everything_that_can_be_pressed_has_a_name(customer: Customer) -> None:
    customer.visit().open()
    fill(customer)
    customer.server.change(owner="closed", rateable=1, survey="csat")
    expect(customer.page.get_by_role("button", name="Skip")).to_be_visible()
    nameless = customer.page.evaluate(
        """() => [...document.querySelector("handrail-widget").shadowRoot.querySelectorAll("*")]
          .filter((node) => node.matches("button, a, input:not([hidden]), textarea"))
          .filter((node) => !(node.getAttribute("aria-label") || node.textContent.trim()))
          .map((node) => node.outerHTML)"""
    )
    assert nameless == []
