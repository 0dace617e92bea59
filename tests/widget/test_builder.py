"""The builder in a real browser: set up, seen, published once, brought back; on a phone, in the dark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, ViewportSize, expect

from tests.pictures import keep
from tests.training.page_site import PHONE, Site, serving

PATH = "/staff/widget"
DESK: ViewportSize = {"width": 1440, "height": 900}


@contextmanager
def served(browser: Browser, folder: Path) -> Iterator[Site]:
    origins = '["https://shop.example"]'
    with serving(folder, browser, "tests.widget.builder_server", ORIGINS=origins) as site:
        yield site
        assert site.errors == []


@pytest.fixture(scope="module")
def shared(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """For tests that publish nothing."""
    with served(browser, tmp_path_factory.mktemp("builder")) as site:
        yield site


@pytest.fixture
def site(browser: Browser, tmp_path: Path) -> Iterator[Site]:
    with served(browser, tmp_path) as site:
        yield site


def opened(site: Site, viewport: ViewportSize = DESK, *, dark: bool = False) -> Page:
    page = site.open(viewport, path=PATH, role="supervisor", dark=dark)
    page.get_by_role("heading", name="Preview", exact=True).wait_for()
    return page


def preview(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def section(page: Page, name: str) -> None:
    page.get_by_role("heading", name=name, exact=True).click()


def publish(page: Page, note: str) -> None:
    page.get_by_role("button", name="Publish…").click()
    page.get_by_label("What did you change, and why?").fill(note)
    page.get_by_role("button", name="Publish", exact=True).click()


def entry(site: Site) -> str:
    with urlopen(f"{site.url}/widget/handrail.js") as answer:
        text: str = answer.read().decode()
    return text


def test_a_house_sets_up_its_widget(site: Site) -> None:
    page = opened(site)
    shown = preview(page)
    expect(shown.get_by_role("dialog", name="Chat", exact=True)).to_be_visible()

    page.get_by_label("As a code").fill("#FFCC00")
    expect(page.get_by_text("Text on #ffcc00 is black (13.8:1)")).to_be_visible()
    expect(page.get_by_text("has only 1.3:1, less than 4.5:1")).to_be_visible()
    expect(shown.locator(".launch")).to_have_css("background-color", "rgb(255, 204, 0)")
    assert page.evaluate("document.activeElement.value") == "#FFCC00", "the preview takes no focus"

    section(page, "Welcome")
    page.get_by_label("Your name").fill("Fernway")
    page.get_by_role("button", name="Add a question").press("Enter")
    page.keyboard.type("Where is my order?")
    expect(shown.get_by_role("button", name="Where is my order?")).to_be_visible()
    expect(shown.get_by_role("dialog", name="Chat with Fernway")).to_be_visible()

    section(page, "Wording")
    page.get_by_label("Search the sentences").fill("how can we help")
    page.get_by_label("Hello! How can we help?", exact=True).fill("Ahoy! What do you need?")
    expect(shown.get_by_text("Ahoy! What do you need?")).to_be_visible()
    page.get_by_label("Search the sentences").fill("Chat with {house}")
    page.get_by_label("Chat with {house}", exact=True).fill("Talk to us")
    expect(page.get_by_text("Without {house} something is missing here.")).to_be_visible()
    page.get_by_role("button", name="Reset: Chat with {house}").click()
    expect(page.get_by_label("Chat with {house}", exact=True)).to_have_value("Chat with {house}")

    section(page, "Consent")
    page.get_by_label("Ask for consent before the first message").check()
    expect(page.get_by_text("The preview waits until")).to_be_visible()
    page.get_by_label("What the customer agrees to").fill("We keep your chat for 12 months.")
    expect(shown.get_by_text("We keep your chat for 12 months.")).to_be_visible()

    section(page, "Questions before the chat")
    page.get_by_role("button", name="Add: a choice").click()
    page.get_by_label("Label", exact=True).fill("What is it about?")
    page.get_by_label("Kept as").fill("topic")
    page.get_by_label("Choices, one a line").fill("An order\nSomething else")

    # Nothing is live, and nothing is lost by a reload.
    assert "Fernway" not in entry(site)
    expect(page.get_by_text("Not published yet: Look, Welcome, Consent,")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Not published yet: Look, Welcome, Consent,")).to_be_visible()
    publish(page, "The first set-up")
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()
    told = json.loads(entry(site).split("start(")[1].rsplit(")", 1)[0])
    assert (told["house"], told["starters"]) == ("Fernway", ["Where is my order?"])
    assert told["wording"] == {"en": {"greeting": "Ahoy! What do you need?"}}
    assert told["consent"]["text"] == {"en": "We keep your chat for 12 months."}
    assert (told["form"][0]["name"], told["form"][0]["choices"]) == (
        "topic",
        ["An order", "Something else"],
    )


def test_the_preview_shows_every_moment_and_reaches_nobody(shared: Site) -> None:
    page = opened(shared)
    shown = preview(page)
    moment = page.get_by_label("Moment")
    for name, words in [
        ("An answer", "How long a refund takes"),
        ("Waiting for a person", "You are number 2"),
        ("With a person", "I am looking at your order now."),
        ("After the chat", "How was your chat?"),
    ]:
        moment.select_option(name)
        expect(shown.get_by_role("dialog")).to_contain_text(words)
    moment.select_option("The welcome")
    field = shown.get_by_role("textbox", name="Write a message")
    field.fill("hello")
    field.press("Enter")
    expect(shown.locator(".row", has_text="hello")).to_contain_text("Sent")
    expect(shown.get_by_text("Send the parcel.")).to_be_visible()
    page.locator("#preview").get_by_label("Language").select_option("ar")
    expect(shown.locator("html")).to_have_attribute("dir", "rtl")
    expect(shown.get_by_role("dialog")).to_have_attribute("dir", "rtl")
    page.get_by_role("radio", name="Dark").check()
    expect(shown.locator("handrail-widget")).to_have_attribute("theme", "dark")
    page.get_by_role("radio", name="Phone").check()
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert box["width"] <= 375
    with urlopen(f"{shared.url}/tests/heard") as answer:
        heard = json.loads(answer.read())
    assert "/staff/widget-preview" in heard
    reached = [path for path in heard if path.startswith(("/api/chat", "/api/widget/help", "/ws"))]
    assert reached == []
    kept = "Object.keys(localStorage).concat(Object.keys(sessionStorage))"
    assert [key for key in page.evaluate(kept) if "handrail:" in key] == []


def test_of_two_supervisors_the_second_is_told_and_loses_nothing(site: Site) -> None:
    page, other = opened(site), opened(site)
    page.get_by_label("Light or dark").select_option("Always dark")
    publish(page, "Dark, as our shop")
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()

    section(other, "Welcome")
    other.get_by_label("Your name").fill("Fernway")
    other.get_by_label("Side of the page").select_option("Left")
    publish(other, "Our name")
    expect(
        other.get_by_text("Supervisor published meanwhile (“Dark, as our shop”).")
    ).to_be_visible()
    other.get_by_role("button", name="Publish", exact=True).click()
    expect(other.get_by_text("Version 2 is published.")).to_be_visible()
    told = json.loads(entry(site).split("start(")[1].rsplit(")", 1)[0])
    assert (told["theme"], told["house"], told["side"]) == ("dark", "Fernway", "start")

    section(other, "Versions")
    other.get_by_role("button", name="Bring back version 1").click()
    expect(other.get_by_text("Not published yet: Look, Welcome.")).to_be_visible()
    publish(other, "Dark alone was better")
    expect(other.get_by_text("Version 3 is published.")).to_be_visible()
    expect(other.get_by_text("brought back version 1")).to_be_visible()
    told = json.loads(entry(site).split("start(")[1].rsplit(")", 1)[0])
    assert (told["theme"], told["house"], told["side"]) == ("dark", "", "end")


def test_the_snippet_the_sites_and_a_mistake(shared: Site) -> None:
    page = opened(shared)
    section(page, "On your site")
    snippet = page.get_by_label("Put this before </body> on every page")
    expect(snippet).to_have_value(
        f'<script type="module" src="{shared.url}/widget/handrail.js"></script>'
    )
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == snippet.input_value()
    expect(page.get_by_text("https://shop.example", exact=True)).to_be_visible()
    expect(page.get_by_text("No site is listed")).to_have_count(0)

    section(page, "Look")  # shut: the mistake opens it again
    page.get_by_label("As a code").evaluate(
        "node => { node.value = '#12'; node.dispatchEvent(new Event('input')); }"
    )
    expect(page.get_by_text("The preview waits until")).to_be_visible()
    page.get_by_role("button", name="Publish…").click()
    field = page.get_by_label("As a code")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("This does not have the right form."))
    page.get_by_role("button", name="Discard changes").click()
    expect(field).to_have_value("")
    expect(page.get_by_text("Nothing is changed.")).to_be_visible()


def test_the_builder_shows_settings_and_widget_side_by_side(shared: Site, shots: Path) -> None:
    page = opened(shared)
    page.get_by_label("As a code").fill("#0f766e")
    section(page, "Welcome")
    page.get_by_label("Your name").fill("Fernway")
    page.get_by_label("Moment").select_option("An answer")
    shown = preview(page)
    expect(shown.locator(".launch")).to_have_css("background-color", "rgb(15, 118, 110)")
    expect(shown.locator(".answer")).to_be_visible()
    left, right = (
        page.locator("#preview").bounding_box(),
        page.get_by_label("Your name").bounding_box(),
    )
    assert left and right and left["x"] > right["x"] + right["width"]
    shown.locator(".panel").evaluate(
        "node => Promise.all(node.getAnimations().map((one) => one.finished))"
    )
    keep(page.screenshot(), shots / "widget-builder.png")


def test_on_a_phone_in_the_dark_nothing_is_cut_off(shared: Site, shots: Path) -> None:
    page = opened(shared, PHONE, dark=True)
    for name in ("Welcome", "Consent", "Questions before the chat", "Wording", "On your site"):
        section(page, name)
    page.get_by_role("button", name="Add: a question").click()
    page.get_by_label("Ask for consent before the first message").check()
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.screenshot(path=shots / "builder-phone.png", full_page=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll(`.builder :is(
             button, select, summary, input:not([type=checkbox], [type=radio]))`)]
             .filter((node) => node.offsetParent && node.offsetHeight < 40).map((node) => node.outerHTML)"""
    )
    assert small == []


def test_others_of_the_staff_may_not_open_it(shared: Site) -> None:
    page = shared.open(DESK, path=PATH, role="agent")
    expect(page.get_by_role("heading", name="You may not open this page")).to_be_visible()
    assert page.locator("handrail-builder").count() == 0


def test_an_invitation_is_set_up_and_seen_before_anybody_gets_it(site: Site, shots: Path) -> None:
    page = opened(site)
    section(page, "Invitations")
    page.get_by_role("button", name="Add an invitation").click()
    said = page.get_by_label("What it says")
    expect(said).to_be_focused()
    expect(page.get_by_text("Something is missing here.")).to_be_visible()
    said.fill("Any questions about delivery?")
    page.get_by_label("Answers to press, one a line").fill("How long does it take?")
    page.get_by_label("On which page").fill("checkout*")
    expect(page.get_by_text("A path begins with / or *.")).to_be_visible()
    page.get_by_label("On which page").fill("/checkout*")
    page.get_by_label("After so many seconds").fill("45")
    page.get_by_label("Only customers of the segment").fill("at_risk")
    expect(page.get_by_text("it was shown to nobody")).to_be_visible()
    page.get_by_label("Moment").select_option("The first invitation")
    shown = preview(page).locator(".teaser")
    expect(shown.get_by_role("button", name="Any questions about delivery?")).to_be_visible()
    page.screenshot(path=shots / "widget-invitations.png")
    shown.get_by_role("button", name="How long does it take?").click()
    expect(preview(page).locator(".row", has_text="Any questions")).to_be_visible()
    publish(page, "Help at the checkout")
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()
    told = json.loads(entry(site).split("start(")[1].rsplit(")", 1)[0])["invitations"]
    assert told == [
        {
            "id": "invitation_1",
            "page": "/checkout*",
            "seconds": 45,
            "event": None,
            "visitor": "any",
            "text": {"en": "Any questions about delivery?"},
            "starters": ["How long does it take?"],
            "ask": True,
        }
    ]
    # A removed one leaves its number behind: what is remembered of it is not another's.
    page.get_by_role("button", name="Remove “Any questions").click()
    page.get_by_role("button", name="Add an invitation").click()
    missing = page.get_by_text("Something is missing here.")
    expect(missing).to_be_visible()
    page.get_by_label("What it says").fill("Need help?")
    expect(missing).to_be_hidden()
    publish(page, "Another")
    expect(page.get_by_text("Version 2 is published.")).to_be_visible()
    assert '"invitation_2"' in entry(site)
