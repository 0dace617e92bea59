"""Complaint: a newcomer loses time in the console. What slowed one down in the first hour, by mouse."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Customer
from tests.complaints.conftest import Agent

Agents = Callable[[str], Agent]
Customers = Callable[[str], Customer]


def line(page: Page, name: str) -> Locator:
    return page.locator(".hc-entry").filter(has_text=name)


def chat(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def test_a_chat_is_claimed_from_the_list_and_stays_in_sight_under_an_alarm(
    agent: Agents, customer: Customers
) -> None:
    ada, sue = agent("ada"), agent("sue")
    for number in range(5):
        customer(f"Early {number}")
    late, alarm = customer("Zed"), customer("Burning")
    why = f"/api/conversations/{alarm.conversation}/alarm"
    sue.rest.call("POST", why, why="A lamp burns")
    ada.page.set_viewport_size({"width": 1280, "height": 640})
    page = ada.opens().page
    burning = page.get_by_role("list", name="Alarms").get_by_text("Burning", exact=True)
    line(page, "Zed").scroll_into_view_if_needed()
    expect(burning).to_be_in_viewport()
    line(page, "Zed").hover()
    page.get_by_role("button", name="Claim Zed").click()
    expect(chat(page, "Zed").get_by_role("textbox", name="Reply to the customer")).to_be_focused()
    mine = page.get_by_role("list", name="Your chats").get_by_text("Zed", exact=True)
    expect(mine).to_be_in_viewport()
    expect(burning).to_be_in_viewport()
    assert ada.rest.call("GET", "/api/queue")["mine"][0]["conversation"] == late.conversation
    sue.rest.call("POST", f"{why}/own")


def test_what_was_said_a_moment_ago_stands_in_the_note_of_a_transfer(
    agent: Agents, customer: Customers
) -> None:
    ada, bob, wes = agent("ada"), agent("bob").opens(), customer("Wes")
    ada.claims(wes)
    page = ada.opens_chat(wes).page
    expect(chat(page, "Wes").get_by_text("Wes needs help", exact=True)).to_be_visible()
    wes.says("it was the green one, order 7788")
    expect(chat(page, "Wes").get_by_text("order 7788")).to_be_visible()
    chat(page, "Wes").get_by_role("button", name="Transfer").click()
    dialog = page.get_by_role("dialog", name="Transfer this chat")
    note = dialog.get_by_role("textbox")
    expect(note).to_have_value(re.compile("Wes needs help.*order 7788", re.DOTALL))
    to = dialog.get_by_role("combobox", name="To")
    to.select_option(label="Bob Colleague (0 of 4 chats)")
    dialog.get_by_role("button", name="Transfer").click()
    got = bob.page.get_by_role("list", name="Your chats").get_by_role("button", name="Wes")
    got.click()
    bob.page.get_by_role("tab", name="Notes (1)").click()
    expect(bob.page.locator(".hc-notes")).to_contain_text("order 7788")


def test_the_menu_holds_its_buttons_and_hands_back_with_a_reason(
    agent: Agents, customer: Customers
) -> None:
    ada, yan = agent("ada"), customer("Yan")
    ada.claims(yan)
    page = ada.opens_chat(yan).page
    pane = chat(page, "Yan")
    pane.get_by_label("More to do").click()
    menu = pane.locator(".hc-menu-list")
    assert menu.evaluate("(menu) => menu.scrollWidth - menu.clientWidth") == 0
    pane.get_by_role("button", name="Hand back").click()
    dialog = page.get_by_role("dialog", name="Hand back to the assistant?")
    dialog.get_by_role("textbox").fill("An address change: the assistant can do it.")
    dialog.get_by_role("button", name="Hand back").click()
    expect(pane).to_have_count(0)
    card = ada.rest.call("GET", f"/api/conversations/{yan.conversation}/card")
    noted = [one["text"] for one in card["notes"]]
    assert noted == ["Handed back: An address change: the assistant can do it."]
    assert "An address change" not in str(yan.log()), "the customer never reads it"


def test_the_picker_offers_what_begins_with_the_letters_first(
    agent: Agents, customer: Customers
) -> None:
    ada, xia = agent("ada"), customer("Xia")
    ada.claims(xia)
    page = ada.opens_chat(xia).page
    box = chat(page, "Xia").get_by_role("textbox", name="Reply to the customer")
    box.click()
    page.keyboard.type("/")
    picks = chat(page, "Xia").get_by_role("listbox", name="Replies and macros")
    expect(picks.get_by_role("option").nth(3)).to_be_visible()
    page.keyboard.type("re")
    expect(picks.get_by_role("option").first).to_contain_text("No reply, close kindly")
    greet = picks.get_by_role("option", name=re.compile("^Greet"))
    greet.click()
    expect(picks).to_be_hidden()
    expect(box).to_have_value(re.compile("^Hello Xia, this is Ada Agent"))
    expect(box).to_be_focused()
