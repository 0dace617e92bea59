"""The help centre in a real browser against the whole running system: by keyboard, on a phone, into the chat.

Saves what was seen under results/screenshots/.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

from server.trial import Trial
from tests.chromium import ARGUMENTS, executable

SHOTS = Path(__file__).resolve().parents[2] / "results" / "screenshots"
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
#: What is wrong with a page for somebody who can't see it, or has only a keyboard or a phone.
LOOK = """() => {
  const found = [];
  const one = (selector) => document.querySelectorAll(selector).length === 1 || found.push(`not one ${selector}`);
  ["h1", "main", "header", "footer", "[role=search]", "title"].forEach(one);
  if (!document.documentElement.lang) found.push("no language");
  for (const field of document.querySelectorAll("input, textarea, select"))
    if (!field.labels?.length && !field.ariaLabel) found.push(`no label: ${field.outerHTML}`);
  for (const image of document.querySelectorAll("img"))
    if (!image.getAttribute("alt")) found.push(`no alt: ${image.src}`);
  for (const control of document.querySelectorAll("a, button"))
    if (!control.textContent.trim()) found.push(`no name: ${control.outerHTML}`);
  const levels = [...document.querySelectorAll("h1, h2, h3")].map((heading) => Number(heading.localName[1]));
  if (levels.some((level, at) => level > (levels[at - 1] ?? 0) + 1)) found.push(`headings ${levels}`);
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  if (new Set(ids).size !== ids.length) found.push("an id twice");
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`${wide} wide`);
  // Links within an article's own sentences may be as small as their words (WCAG 2.5.8).
  for (const control of document.querySelectorAll("button, li > a:not(article *), .button"))
    if (control.getBoundingClientRect().height < 24) found.push(`too small: ${control.textContent}`);
  return found;
}"""
FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  return [document.activeElement.textContent.trim(), style.outlineStyle, parseFloat(style.outlineWidth)];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window in which nothing may go wrong unnoticed."""
    context = browser.new_context(viewport={"width": 1200, "height": 860}, locale="en-GB")
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: problems.append(message.text) if message.type == "error" else None,
    )
    yield page
    assert page.evaluate("window.violations") == []
    assert problems == []
    context.close()


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"help-{name}.png", full_page=True)


def sound(page: Page) -> None:
    assert page.evaluate(LOOK) == [], page.url
    assert page.evaluate("window.violations") == [], page.url


def test_from_a_search_to_an_article_and_into_the_chat_by_keyboard_only(
    system: Trial, page: Page
) -> None:
    page.goto(f"{system.base_url}/help")
    sound(page)
    shot(page, "home")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)[0] == "Skip to the content"
    assert page.evaluate(FOCUS)[1:] == ["solid", 3]
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("how long does a refund take")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This answers")).to_be_visible()
    sound(page)
    shot(page, "answer")

    page.get_by_role("article").get_by_role("link").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="You are here")).to_be_visible()
    title = page.get_by_role("heading", level=1).inner_text()
    assert "efund" in title
    sound(page)
    shot(page, "article")
    page.get_by_role("button", name="No", exact=True).focus()
    assert page.evaluate(FOCUS)[1:] == ["solid", 3]
    page.keyboard.press("Enter")
    expect(page.get_by_label("What were you looking for?")).to_be_visible()
    sound(page)
    shot(page, "not-helped")

    page.get_by_role("link", name="Ask in chat").focus()
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Write a message")
    expect(field).to_have_value(f"About “{title}”: ")
    expect(field).to_be_focused()
    shot(page, "chat")
    page.keyboard.type("and by bank?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("and by bank?")


def test_nothing_found_says_so_and_leads_to_the_chat(system: Trial, page: Page) -> None:
    page.goto(f"{system.base_url}/help?q=qwertz+uiop+asdfgh")
    expect(page.get_by_role("heading", level=1)).to_contain_text("No article answers")
    sound(page)
    shot(page, "nothing")
    page.get_by_role("link", name="Ask in chat").click()
    field = page.get_by_role("textbox", name="Write a message")
    expect(field).to_have_value("qwertz uiop asdfgh")


def test_every_kind_of_page_fits_a_phone(system: Trial, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, is_mobile=True)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(f"{system.base_url}/help")
    sound(page)
    shot(page, "phone-home")
    category = page.locator(".categories h2 a").first.get_attribute("href")
    article = page.locator(".categories li a").first.get_attribute("href")
    for path in (category, article, "/help/nowhere", "/help?q=where+is+my+parcel", "/help?q=xyzzy"):
        page.goto(f"{system.base_url}{path}")
        sound(page)
    page.goto(f"{system.base_url}{article}")
    shot(page, "phone-article")
    context.close()


def drawing() -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", (900, 300), "#e6eee4")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((300, 110, 600, 190), 30, fill="#1d6245")
    image.save(out, "PNG")
    return out.getvalue()


def add(page: Page, file: FilePayload) -> None:
    with page.expect_file_chooser() as window:
        page.get_by_role("button", name="Add a file").click()
    window.value.set_files([file])


def test_an_editors_picture_reaches_readers_and_the_chat_names_it(
    system: Trial, page: Page
) -> None:
    at = f"{system.base_url}/api/articles"
    password = system.settings.first_password.get_secret_value()
    page.goto(f"{system.base_url}/staff/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/staff(?!/login)"))

    def call(method: str, path: str, **sent: Any) -> Any:
        answer = page.request.fetch(
            f"{at}{path}", method=method, headers={"X-Handrail": "1"}, **sent
        )
        assert answer.ok, answer.text()
        return answer.json()

    words = {
        "title": "Wind up the cuckoo clock",
        "category": "clocks",
        "questions": ["how do I wind up my cuckoo clock", "my cuckoo clock stands still"],
        "context": "Cuckoo clocks run for 8 days.",
        "action": "Pull the chain.",
        "outcome": "It runs for another 8 days.",
    }
    article = call("POST", "", data=words)
    page.goto(f"{system.base_url}/staff/articles/{article['slug']}")
    panel = page.get_by_role("region", name="Files")
    add(page, {"name": "page.txt", "mimeType": "text/plain", "buffer": b"<svg onload=alert(1)>"})
    expect(panel.get_by_role("alert")).to_contain_text("SVG drawings are not allowed")
    add(page, {"name": "chain.png", "mimeType": "image/png", "buffer": drawing()})
    insert = panel.get_by_role("button", name="Insert chain.png")
    insert.click()
    expect(panel.get_by_role("alert")).to_contain_text("Say first what the picture shows")
    panel.get_by_label("What it shows").fill("The chain, on the left")
    page.wait_for_timeout(500)  # a field tells the server what stands in it a moment later
    insert.click()
    expect(page.get_by_role("img", name="The chain, on the left")).to_be_visible()
    shot(page, "panel")
    (file,) = call("GET", f"/{article['id']}/files")
    mark = f"![The chain, on the left](file:{file['id']})"
    fields = [field.input_value() for field in page.locator("textarea").all()]
    assert any(mark in text for text in fields)
    words["action"] = f"Pull the chain.\n\n{mark}"
    saved = call("PUT", f"/{article['id']}", data={**words, "expected": 1})
    call("POST", f"/{article['id']}/publish", data={"expected": saved["newest"]})

    page.context.clear_cookies()
    page.goto(f"{system.base_url}/help/{article['slug']}")
    picture = page.get_by_role("img", name="The chain, on the left")
    expect(picture).to_be_visible()
    picture.scroll_into_view_if_needed()
    # Not `wait_for_function`: it evaluates text inside the page, which this page's policy refuses.
    expect(page.locator("article img")).to_have_js_property("naturalWidth", 900)
    sound(page)
    shot(page, "picture")
    page.goto(f"{system.base_url}/help/chat/open?q=how+do+I+wind+up+my+cuckoo+clock")
    field = page.get_by_role("textbox", name="Write a message")
    expect(field).to_have_value("how do I wind up my cuckoo clock")
    field.press("Enter")
    link = page.get_by_role("link", name="Image: The chain, on the left")
    expect(link).to_have_attribute("href", f"{system.base_url}/help/files/{file['id']}")
    assert page.request.get(str(link.get_attribute("href"))).ok
    shot(page, "picture-in-chat")
    page.goto(f"{system.base_url}/help")
