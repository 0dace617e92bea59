"""An agent's hour in real Chromium: once with the mouse, once with nothing but the keyboard.

Saves what was seen under results/screenshots/.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from server.trial import Trial
from tests.browser.people import PASSWORD, Colleague, Customer
from tests.browser.test_two_windows import browser, shot, tab_to, window

__all__ = ["browser"]

ALL_WEEK = {str(day): [["00:00", "23:59"]] for day in range(7)}


@dataclass
class House:
    """One system, with two agents of its own and a team that offers its chats."""

    base_url: str
    admin: Colleague
    ada: Colleague
    bob: Colleague
    team: str
    customers: list[Customer] = field(default_factory=list)

    def customer(self, name: str, text: str) -> Customer:
        self.customers.append(Customer(self.base_url, name))
        return self.customers[-1].asks_for_a_person(text)

    def offered(self, name: str, text: str) -> Customer:
        """A customer whom Bob has passed on to Ada's team."""
        customer = self.customer(name, text)
        self.bob.call("POST", f"/api/conversations/{customer.conversation}/claim")
        note = "Has waited for two weeks already."
        path = f"/api/conversations/{customer.conversation}/transfer"
        self.bob.call("POST", path, team=self.team, note=note)
        return customer

    def console(self, page: Page, staff: Colleague) -> Page:
        page.context.add_cookies(staff.cookies())  # type: ignore[arg-type]
        page.goto(f"{self.base_url}/staff/queue")
        expect(page.locator(".hc-presence")).to_contain_text("Taking chats")
        return page


@pytest.fixture(scope="module")
def house(system: Trial) -> Iterator[House]:
    admin = Colleague(system.base_url, "admin", system.settings.first_password.get_secret_value())
    tag = secrets.token_hex(3)
    ids = [admin.hires(f"{name}-{tag}", f"{name} {tag}", "agent") for name in ("Ada", "Bob")]
    home = admin.call("GET", "/api/desk/teams")[0]
    members = [*home["members"], ids[0]]
    admin.call("PUT", f"/api/desk/teams/{home['id']}/members", members=members)
    team = admin.call(
        "POST", "/api/desk/teams",
        name=f"Parcels {tag}", week=ALL_WEEK, assign="round_robin", offer_seconds=300,
    )  # fmt: skip
    admin.call("PUT", f"/api/desk/teams/{team['id']}/members", members=[ids[0]])
    ada, bob = (Colleague(system.base_url, f"{name}-{tag}", PASSWORD) for name in ("Ada", "Bob"))
    house = House(system.base_url, admin, ada, bob, team["id"])
    yield house
    admin.call("PUT", f"/api/desk/teams/{home['id']}/members", members=members[:-1])
    admin.call("POST", f"/api/desk/teams/{team['id']}/archive")
    for customer in house.customers:
        customer.leave()
    for colleague in (admin, ada, bob):
        colleague.leave()


@pytest.fixture
def problems() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    assert not found


def lines(page: Page, group: str) -> Locator:
    return page.get_by_role("list", name=group).get_by_role("listitem")


def chat(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def said_by_agents(customer: Customer) -> list[str]:
    return [message["text"] for message in customer.log() if message["author"] == "agent"]


def watched(page: Page, problems: list[str]) -> Page:
    page.on("pageerror", lambda error: problems.append(str(error)))
    return page


def eventually(page: Page, true: Callable[[], bool]) -> None:
    for _ in range(100):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come true")


def test_an_hour_with_the_mouse(house: House, browser: Browser, problems: list[str]) -> None:
    page = house.console(watched(window(browser, 1680, 940), problems), house.ada)
    ana = house.offered("Ana Lopez", "my parcel is two weeks late")
    offer = lines(page, "Chats offered to you").filter(has_text="Ana Lopez")
    expect(offer).to_contain_text("left")
    shot(page, "hour-1-offered")
    offer.get_by_role("button", name="Accept").click()

    first = chat(page, "Ana Lopez")
    box = first.get_by_role("textbox", name="Reply to the customer")
    expect(box).to_be_focused()
    first.get_by_role("group", name="Suggested replies").get_by_role("button").first.click()
    expect(box).not_to_have_value("")
    suggested = box.input_value()
    box.press("Enter")
    expect(first.get_by_role("log")).to_contain_text(suggested.splitlines()[0])
    eventually(page, lambda: said_by_agents(ana) == [suggested])
    shot(page, "hour-2-answered")

    house.customer("Wei Chen", "where is my refund for order 4411?")
    first.get_by_label("More to do").click()
    first.get_by_role("button", name="Pin beside others").click()
    lines(page, "Waiting customers").filter(has_text="Wei Chen").get_by_role("button").first.click()
    second = chat(page, "Wei Chen")
    second.get_by_role("button", name="Claim").click()
    expect(second.get_by_role("textbox", name="Reply to the customer")).to_be_focused()
    expect(box).to_be_visible()
    box.fill("A draft for Ana")
    second.get_by_role("textbox", name="Reply to the customer").fill("A draft for Wei")
    shot(page, "hour-3-side-by-side")
    page.reload()
    expect(box).to_have_value("A draft for Ana")
    expect(second.get_by_role("textbox", name="Reply to the customer")).to_have_value(
        "A draft for Wei"
    )

    bob = house.console(watched(window(browser, 390, 844), problems), house.bob)
    bob.emulate_media(color_scheme="dark")
    second.get_by_role("log").click()
    page.get_by_role("tab", name="Notes").click()
    note = page.get_by_role("combobox", name="Add a note")
    note.press_sequentially("Ask @Bob")
    page.get_by_role("option", name="Bob").click()
    note.press_sequentially("about the carrier")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".hc-notes .hc-mention")).to_contain_text("@Bob")
    eventually(page, lambda: bool(house.bob.call("GET", "/api/desk/mentions")["mentions"]))
    shot(page, "hour-4-note")

    second.get_by_role("button", name="Transfer").click()
    dialog = page.get_by_role("dialog")
    to = dialog.get_by_role("combobox", name="To")
    to.select_option(label=next(t for t in to.locator("option").all_inner_texts() if "Bob" in t))
    dialog.get_by_role("textbox").fill("The refund is on its way, tell them the date.")
    shot(page, "hour-5-transfer")
    dialog.get_by_role("button", name="Transfer").click()
    expect(second).to_have_count(0)
    expect(lines(bob, "Your chats").filter(has_text="Wei Chen")).to_be_visible()
    shot(bob, "hour-5-colleague-phone-dark")
    lines(bob, "Your chats").filter(has_text="Wei Chen").get_by_role("button").first.click()
    expect(chat(bob, "Wei Chen").get_by_role("log")).to_contain_text("refund for order 4411")
    shot(bob, "hour-6-phone-dark-chat")

    house.customer("Priya Nair", "this is dangerous: the lamp caught fire in my kitchen")
    alarm = lines(page, "Alarms").filter(has_text="Priya Nair")
    expect(alarm).to_be_visible()
    page.emulate_media(color_scheme="dark")
    shot(page, "hour-7-alarm-dark")
    alarm.get_by_role("button", name="Take on the alarm").click()
    expect(alarm).to_have_count(0)
    page.emulate_media(color_scheme="light")

    chat(page, "Ana Lopez").get_by_role("button", name="Close").click()
    closing = page.get_by_role("dialog")
    closing.get_by_role("radio", name="Needs follow-up").check()
    shot(page, "hour-8-close")
    closing.get_by_role("button", name="Close chat").click()
    expect(lines(page, "Your chats").filter(has_text="Ana Lopez")).to_have_count(0)


def test_the_same_hour_without_a_mouse(house: House, browser: Browser, problems: list[str]) -> None:
    page = house.console(watched(window(browser, 1680, 940), problems), house.ada)
    bob = house.console(watched(window(browser, 1280, 860), problems), house.bob)
    keys = page.keyboard
    ana = house.offered("Ana Ruiz", "my parcel is three weeks late")
    expect(lines(page, "Chats offered to you").filter(has_text="Ana Ruiz")).to_be_visible()
    keys.press("a")
    box = chat(page, "Ana Ruiz").get_by_role("textbox", name="Reply to the customer")
    expect(box).to_be_focused()
    keys.press("Escape")
    keys.press("1")
    expect(box).not_to_have_value("")
    keys.press("Enter")
    eventually(page, lambda: len(said_by_agents(ana)) == 1)

    house.customer("Wei Zhang", "where is my refund for order 4412?")
    expect(lines(page, "Waiting customers").filter(has_text="Wei Zhang")).to_be_visible()
    keys.press("Escape")
    keys.press("p")
    keys.press("q")
    for _ in range(30):
        if "Wei Zhang" in page.evaluate("document.activeElement.textContent"):
            break
        keys.press("ArrowDown")
    keys.press("Enter")
    keys.press("c")
    second = chat(page, "Wei Zhang")
    reply = second.get_by_role("textbox", name="Reply to the customer")
    expect(reply).to_be_focused()
    expect(box).to_be_visible()
    keys.type("Good morning, I am looking at order 4412.")
    keys.press("Enter")
    expect(second.get_by_role("log")).to_contain_text("I am looking at order 4412.")
    shot(page, "keys-1-side-by-side")

    keys.press("Escape")
    keys.press("n")
    expect(page.get_by_role("combobox", name="Add a note")).to_be_focused()
    keys.type("Ask @Bob")
    expect(page.get_by_role("option", name="Bob")).to_be_visible()
    keys.press("Enter")
    keys.type("about the carrier")
    keys.press("Control+Enter")
    expect(page.locator(".hc-notes .hc-mention")).to_contain_text("@Bob")

    keys.press("Escape")
    keys.press("t")
    expect(page.get_by_role("dialog", name="Transfer this chat")).to_be_visible()
    keys.type("Bob")
    keys.press("Tab")
    keys.type("The refund is on its way, tell them the date.")
    tab_to(page, "Transfer", within=4)
    keys.press("Enter")
    expect(second).to_have_count(0)
    expect(lines(bob, "Your chats").filter(has_text="Wei Zhang")).to_be_visible()

    house.customer("Priya Rao", "this is dangerous: the lamp caught fire in my kitchen")
    alarm = lines(page, "Alarms").filter(has_text="Priya Rao")
    expect(alarm).to_be_visible()
    expect(page.locator("[aria-live=assertive]")).to_contain_text("Priya Rao")
    # Keys mean nothing until the deed is done and the desk was read again.
    with page.expect_response("**/api/queue"):
        keys.press("o")
    expect(alarm).to_have_count(0)
    keys.press("x")

    keys.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    shot(page, "keys-2-sheet")
    keys.press("Escape")
    expect(page.get_by_role("heading", name="Ana Ruiz")).to_be_visible()
    keys.press("e")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(lines(page, "Your chats").filter(has_text="Ana Ruiz")).to_have_count(0)
