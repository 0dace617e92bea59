"""Customer and agent in two real browser windows, by keyboard only, against the whole running system.

Saves what both saw under results/screenshots/.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from server.trial import Trial
from tests.chromium import ARGUMENTS, executable

SHOTS = Path(__file__).resolve().parents[2] / "results" / "screenshots"
PATIENCE = 20_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        yield browser
        browser.close()


def window(browser: Browser, width: int = 1280, height: int = 860) -> Page:
    """A window of its own, with its own cookies; errors on the page fail the test that looks at them."""
    page = browser.new_context(
        viewport={"width": width, "height": height}, locale="en-GB", timezone_id="UTC"
    ).new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    return page


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


def tab_to(page: Page, name: str, *, within: int = 60) -> None:
    """Press Tab until the focused element has this name, as somebody without a mouse does."""
    find = """() => {
        let node = document.activeElement;
        while (node && node.shadowRoot && node.shadowRoot.activeElement) node = node.shadowRoot.activeElement;
        return node ? (node.getAttribute("aria-label") || node.textContent || "").trim() : "";
    }"""
    for _ in range(within):
        if page.evaluate(find).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name!r} can't be reached with the Tab key")


def sign_in(page: Page, system: Trial, path: str) -> None:
    page.goto(f"{system.base_url}{path}")
    # The page asks for the focus, and gets it with its first frame, a moment after it has loaded.
    expect(page.locator("input[autofocus]")).to_be_focused()
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type(system.settings.first_password.get_secret_value())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")


def test_from_a_question_to_a_person_and_a_rating_by_keyboard_only(
    system: Trial, browser: Browser
) -> None:
    customer, agent = window(browser, 1100, 820), window(browser, 1400, 860)
    problems: list[str] = []
    for page in (customer, agent):
        page.on("pageerror", lambda error: problems.append(str(error)))

    customer.goto(system.base_url)
    tab_to(customer, "Open chat")
    customer.keyboard.press("Enter")
    log = customer.get_by_role("log")
    expect(customer.get_by_role("textbox", name="Write a message")).to_be_focused()
    question = f"how do I reset my password, asks {secrets.token_hex(3)}"
    customer.keyboard.type(question)
    customer.keyboard.press("Enter")
    expect(log.get_by_role("button").first).to_be_visible()
    shot(customer, "customer-answer")

    customer.keyboard.type("I want to talk to a person please")
    customer.keyboard.press("Enter")
    expect(customer.get_by_role("dialog").get_by_text("Waiting for a person")).to_be_visible()

    sign_in(agent, system, "/staff/queue")
    waiting = agent.get_by_role("list", name="Waiting customers").get_by_role("listitem")
    line = waiting.filter(has_text=question)
    expect(line).to_be_visible()
    line.get_by_role("button").or_(line.get_by_role("link")).first.focus()
    agent.keyboard.press("Enter")
    expect(agent.get_by_text("Asked for a person").first).to_be_visible()
    agent.keyboard.press("Escape")
    agent.keyboard.press("c")
    reply = agent.get_by_role("textbox", name="Reply to the customer")
    expect(reply).to_be_enabled()
    reply.focus()
    agent.keyboard.type("Hello, I am here. I have read everything above.")
    agent.keyboard.press("Enter")
    expect(log.get_by_text("Hello, I am here.")).to_be_visible()
    shot(agent, "agent-chat")
    shot(customer, "customer-with-agent")

    customer.keyboard.type("<img src=x onerror=alert(1)> thank you!")
    customer.keyboard.press("Enter")
    said = agent.get_by_role("log").get_by_text("<img src=x onerror=alert(1)> thank you!")
    expect(said).to_be_visible()

    agent.keyboard.press("Escape")
    agent.keyboard.press("e")
    agent.keyboard.press("Enter")
    expect(customer.get_by_role("radio").first).to_be_visible()
    customer.get_by_role("radio").first.focus()
    for _ in range(3):
        customer.keyboard.press("ArrowRight")
    tab_to(customer, "Send")
    customer.keyboard.press("Enter")
    expect(customer.get_by_text(re.compile("thank", re.IGNORECASE)).last).to_be_visible()
    shot(customer, "customer-rated")
    assert not problems


def test_a_reload_brings_the_whole_conversation_back(system: Trial, browser: Browser) -> None:
    page = window(browser, 390, 844)
    page.goto(system.base_url)
    page.get_by_role("button", name="Open chat").click()
    field = page.get_by_role("textbox", name="Write a message")
    field.fill("do you ship to Spain?")
    field.press("Enter")
    log = page.get_by_role("log")
    expect(log.locator(".row").nth(1)).to_be_visible()
    shot(page, "phone")
    rows = log.locator(".row").all_inner_texts()
    page.reload()
    expect(log.get_by_text("do you ship to Spain?")).to_be_visible()
    expect(log.locator(".row")).to_have_count(len(rows))


def test_an_editor_writes_an_article_and_a_customer_is_answered_from_it(
    system: Trial, browser: Browser
) -> None:
    page = window(browser)
    sign_in(page, system, "/staff/articles")
    page.get_by_role("textbox", name="Search titles").fill("return within 30 days")
    expect(page.get_by_text("Return an item within 30 days").first).to_be_visible()
    shot(page, "editor-list")
    page.goto(f"{system.base_url}/staff/articles/new")
    page.get_by_role("textbox", name="Title, in").fill("Borrow a Fernway telescope")
    page.get_by_role("textbox", name="How customers ask").fill(
        "can I borrow the telescope\ndo you lend telescopes\ntelescope loan"
    )
    page.get_by_role("textbox", name="Context").fill("Members may borrow our telescope.")
    page.get_by_role("textbox", name="Action").fill("Book it under **My account**.")
    page.get_by_role("textbox", name="Outcome").fill("It arrives within 3 working days.")
    page.get_by_role("button", name="Publish", exact=True).click()
    # What changes is asked about first, where anything does.
    changes = page.get_by_role("dialog", name=re.compile("what changes"))
    published = page.get_by_text("published", exact=True).first
    expect(changes.or_(published).first).to_be_visible()
    if changes.is_visible():
        changes.get_by_role("button", name="Publish", exact=True).click()
    expect(published).to_be_visible()
    page.get_by_role("textbox", name="As a customer would type it").fill("do you lend telescopes?")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.get_by_text("Borrow a Fernway telescope").last).to_be_visible()
    shot(page, "editor-article")

    customer = window(browser)
    customer.goto(system.base_url)
    customer.get_by_role("button", name="Open chat").click()
    field = customer.get_by_role("textbox", name="Write a message")
    field.fill("can I borrow the telescope")
    field.press("Enter")
    expect(customer.get_by_role("log").get_by_text("telescope").last).to_be_visible()
    expect(customer.get_by_role("log").get_by_text("Borrow a Fernway telescope")).to_be_visible()


def test_a_trainer_sees_what_customers_really_wrote(system: Trial, browser: Browser) -> None:
    page = window(browser)
    sign_in(page, system, "/staff/training")
    page.get_by_role("searchbox", name="Search the messages").fill("reset my password")
    expect(page.get_by_text("reset my password").first).to_be_visible()
    shot(page, "trainer")
