"""A handful of the staff's pages by axe-core: WCAG 2.2 A and AA, in light and dark, and their names."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.axe import breaches
from tests.browser.people import PASSWORD, Colleague, Customer
from tests.complaints.conftest import PATIENCE
from tests.complaints.ears import nameless

CHAT = "/staff/chat/"
PAGES = {
    "": ("/staff/login",),
    "sue": ("/staff/queue", CHAT, "/staff/insights/surveys", "/staff/widget"),
    "kim": ("/staff/articles", "/staff/training", "/staff/password"),
}


@pytest.fixture(scope="module")
def chat(desk: str) -> str:
    """A chat of more than one question, which "sue" has; its id."""
    customer = Customer(desk, "Mia").asks_for_a_person("Where is my order?")
    sue = Colleague(desk, "sue", PASSWORD)
    sue.call("POST", f"/api/conversations/{customer.conversation}/claim")
    body = {"client_id": "a" * 32, "text": "I am looking."}
    sue.call("POST", f"/api/conversations/{customer.conversation}/messages", **body)
    sue.leave()
    customer.leave()
    return customer.conversation


def settle(page: Page, path: str) -> None:
    """Until what the page shows stands."""
    page.locator(":is(h1, h2) >> visible=true").first.wait_for()
    if path.startswith(CHAT):
        expect(page.get_by_role("log").get_by_text("I am looking.")).to_be_visible(timeout=PATIENCE)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("login", PAGES)
def test_a_page_breaks_no_rule(desk: str, chat: str, browser: Browser, login: str) -> None:
    context = browser.new_context(reduced_motion="reduce", locale="en-GB")
    person = Colleague(desk, login, PASSWORD) if login else None
    if person:
        context.add_cookies(person.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for path in PAGES[login]:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(desk + (path + chat if path == CHAT else path))
            settle(page, path)
            assert page.evaluate("document.documentElement.lang") in ("en", "en-GB")
            if wrong := breaches(page) + nameless(page):
                found[f"{path} {scheme}"] = wrong
    context.close()
    if person:
        person.leave()
    assert found == {}
