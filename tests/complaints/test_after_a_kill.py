"""Complaint: after a crash of the server messages are gone, doubled or out of order, and so is what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.people import Customer
from tests.complaints.conftest import PATIENCE, Agent, Desk

Agents = Callable[[str], Agent]
Customers = Callable[[str], Customer]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of this file's own, for it is killed."""
    own = Desk(tmp_path_factory.mktemp("killed"))
    try:
        own.start()
        yield own
    finally:
        own.stop()


@pytest.fixture(scope="module")
def desk(server: Desk) -> str:
    return server.url


def texts(region: Locator) -> list[str]:
    return region.locator(".hc-message .hc-text").all_inner_texts()


def test_console_and_widget_come_back_with_everything_once_and_what_was_being_typed(
    server: Desk, browser: Browser, agent: Agents, customer: Customers
) -> None:
    widget = browser.new_context(viewport={"width": 420, "height": 820}).new_page()
    widget.set_default_timeout(PATIENCE)
    widget.goto(server.url)
    widget.get_by_role("button", name="Open chat").click()
    field = widget.get_by_role("textbox", name="Write a message")
    log = widget.get_by_role("log")
    field.fill("where is my lamp?")
    field.press("Enter")
    expect(log.get_by_text("re: where is my lamp?")).to_be_visible()

    ada = agent("ada")
    ada.page.set_viewport_size({"width": 1900, "height": 940})
    names = ("Ivo", "Jun", "Kai")
    customers = {name: customer(name) for name in names}
    for one in customers.values():
        ada.claims(one)
    ada.opens()
    chats = {name: ada.page.get_by_role("region", name=name, exact=True) for name in names}
    mine = ada.page.get_by_role("list", name="Your chats")
    for name in names:
        mine.get_by_role("button", name=name).click()
        expect(chats[name].get_by_text(f"{name} needs help", exact=True)).to_be_visible()
        ada.page.keyboard.press("p")
    box = {name: chats[name].get_by_role("textbox", name="Reply to the customer") for name in names}
    box["Ivo"].fill("Hello Ivo")
    box["Ivo"].press("Enter")
    expect(chats["Ivo"].get_by_text("Sent", exact=True)).to_be_visible()
    ada.page.get_by_role("tab", name="Notes").click()
    ada.page.get_by_role("combobox", name="Add a note").fill("Ivo sounds tired")
    box["Kai"].fill("A long answer that is not ready y")
    ada.page.wait_for_function("window.socket?.io.reconnection() === false")
    ada.page.evaluate("window.loadedOnce = true")

    server.kill()
    expect(ada.page.get_by_text("Connection lost. Trying again")).to_be_visible()
    box["Kai"].press_sequentially("et")
    for text in ("one, while nobody listened", "two, while nobody listened"):
        box["Jun"].fill(text)
        box["Jun"].press("Enter")
    expect(chats["Jun"].get_by_text("Sending…")).to_have_count(2)
    field.fill("are you there?")
    field.press("Enter")
    expect(log.get_by_text("are you there?")).to_be_visible()
    field.press_sequentially("I wonder wh")
    server.start()

    expect(ada.page.get_by_text("Connection lost. Trying again")).to_be_hidden(timeout=30_000)
    expect(chats["Jun"].get_by_text("Sending…")).to_have_count(0)
    for name, one in customers.items():
        one.says(f"{name} is still here")
        expect(chats[name].get_by_text(f"{name} is still here")).to_be_visible()
    begun = {name: [f"{name} needs help", f"re: {name} needs help"] for name in names}
    said = {
        "Ivo": ["Hello Ivo"],
        "Jun": ["one, while nobody listened", "two, while nobody listened"],
        "Kai": [],
    }
    for name in names:
        expected = [*begun[name], *said[name], f"{name} is still here"]
        assert texts(chats[name]) == expected
        assert [m["text"] for m in customers[name].log() if m["author"] != "system"] == expected
    expect(box["Kai"]).to_have_value("A long answer that is not ready yet")
    expect(box["Jun"]).to_be_focused()
    assert ada.page.evaluate("window.loadedOnce"), "a page that is worked in was loaded anew"
    expect(ada.page.get_by_role("button", name="Taking chats")).to_be_visible()
    box["Kai"].press("Enter")
    expect(chats["Kai"].get_by_text("Sent", exact=True)).to_be_visible()

    ada.page.reload()
    mine.get_by_role("button", name="Ivo").click()
    ada.page.get_by_role("tab", name="Notes").click()
    expect(ada.page.get_by_role("combobox", name="Add a note")).to_have_value("Ivo sounds tired")

    expect(log.get_by_text("re: are you there?")).to_be_visible(timeout=30_000)
    field.press_sequentially("ether")
    rows = [row.splitlines()[-1] for row in log.locator(".row .text").all_inner_texts()]
    assert [row for row in rows if "there" in row or "lamp" in row] == [
        "where is my lamp?",
        "re: where is my lamp?",
        "are you there?",
        "re: are you there?",
    ]
    expect(field).to_have_value("I wonder whether")
    widget.context.close()
