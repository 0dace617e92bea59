"""Complaint: the tab nags for permission, and then says nothing when somebody waits."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import Customer
from tests.complaints.conftest import Agent

Agents = Callable[[str], Agent]
Customers = Callable[[str], Customer]

# A browser that was never asked, and machines for pictures and sound that write down what they are told.
MACHINES = """
window.asked = 0; window.shown = []; window.tones = 0;
window.Notification = class extends EventTarget {
  static permission = "default";
  static async requestPermission() { window.asked += 1; return (window.Notification.permission = "granted"); }
  constructor(title, options) { super(); window.shown.push({ title, ...options }); window.last = this; }
  close() {}
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
"""
LOOKS = """(away) => {
  for (const [name, value] of [["hidden", away], ["visibilityState", away ? "hidden" : "visible"]]) {
    Object.defineProperty(document, name, { configurable: true, get: () => value });
  }
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def choose(page: Page, name: str, on: bool) -> None:
    page.get_by_role("button", name="Preferences").click()
    page.get_by_role("checkbox", name=name).set_checked(on)
    page.get_by_role("button", name="Done").click()


def test_the_browser_is_asked_at_a_click_and_then_tells_who_waits(
    agent: Agents, customer: Customers
) -> None:
    ada = agent("ada")
    page = ada.page
    page.add_init_script(MACHINES)
    ada.opens()
    page.evaluate(LOOKS, True)
    customer("Ola")
    expect(page).to_have_title(re.compile(r"\([1-9]\d*\) Queue"))
    page.evaluate(LOOKS, False)
    page.keyboard.press("j")
    assert page.evaluate("[window.asked, window.shown.length]") == [0, 0]

    page.get_by_role("button", name="Preferences").click()
    switch = page.get_by_role("dialog").get_by_role("button", name="desktop notifications")
    assert page.evaluate("window.asked") == 0
    switch.click()
    expect(switch).to_have_text("Switch desktop notifications off")
    assert page.evaluate("window.asked") == 1
    page.get_by_role("button", name="Done").click()

    customer("Pia")
    expect(page.get_by_text("Pia needs help").first).to_be_visible()
    assert page.evaluate("window.shown") == [], "who looks at the page sees it there"
    before = int(re.findall(r"\d+", page.title())[0])
    page.evaluate(LOOKS, True)
    customer("Rui")
    page.wait_for_function("window.shown.length === 1")
    told = page.evaluate("window.shown[0]")
    assert (told["title"], told["body"]) == ("A customer waits", "Rui waits: Rui needs help")
    expect(page).to_have_title(re.compile(rf"\({before + 1}\) "))
    page.evaluate("window.last.dispatchEvent(new Event('click'))")
    expect(page.get_by_role("heading", name="Rui")).to_be_visible()
    assert page.evaluate("window.asked") == 1


def test_sound_plays_only_where_it_is_chosen(agent: Agents, customer: Customers) -> None:
    ada = agent("ada")
    page = ada.page
    page.add_init_script(MACHINES)
    ada.opens()
    choose(page, "A soft sound", on=False)
    customer("Tea")
    expect(page.get_by_text("Tea needs help").first).to_be_visible()
    assert page.evaluate("window.tones") == 0
    choose(page, "A soft sound", on=True)
    tried = page.evaluate("window.tones")
    assert tried > 0, "the choice lets one hear it"
    customer("Uwe")
    page.wait_for_function(f"window.tones > {tried}")
