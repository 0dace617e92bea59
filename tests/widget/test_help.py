"""Articles in the panel: found, read, asked about; suggested while typing; hours; by keyboard and on a phone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.widget.conftest import Customer
from tests.widget.fake_help import EXCHANGE, REFUND, article
from tests.widget.test_access import CONTRAST, focused
from widget.config import WidgetConfig

PHONES = [
    {"viewport": {"width": 320, "height": 568}},
    {"viewport": {"width": 375, "height": 667}, "color_scheme": "dark"},
    {"viewport": {"width": 320, "height": 256}},  # 1280 × 1024 at 400 %
]


def search_button(customer: Customer) -> Locator:
    return customer.page.locator(".head").get_by_role("button", name="Search our articles")


def field_of(customer: Customer) -> Locator:
    return customer.page.get_by_role("searchbox", name="What are you looking for?")


def hits(customer: Customer) -> Locator:
    return customer.page.locator(".hit")


def pause(customer: Customer) -> None:
    """Let the pause after the last key pass; what was asked for at its end has reached the server then."""
    customer.page.clock.run_for(900)
    customer.page.evaluate("fetch('/tests/blank.html').then((answer) => answer.text())")


def suggestions(customer: Customer) -> Locator:
    return customer.page.get_by_role("region", name="These articles may help")


def test_an_article_is_found_read_and_asked_about(customer: Customer) -> None:
    customer.visit().open()
    search_button(customer).click()
    expect(field_of(customer)).to_be_focused()
    expect(customer.page.get_by_role("status").filter(has_text="Read most often")).to_be_visible()
    field_of(customer).fill("refund")
    expect(customer.page.get_by_text("1 article found")).to_be_visible()
    expect(hits(customer)).to_have_count(1)
    expect(hits(customer)).to_contain_text("Best match")
    hits(customer).click()
    title = customer.page.get_by_role("heading", name="How long a refund takes")
    expect(title).to_be_focused()
    expect(customer.page.locator(".reading strong")).to_have_text("a while")
    expect(customer.page.locator(".reading ol > li")).to_have_count(2)
    outside = customer.page.get_by_role("link", name="Open in the help centre")
    assert outside.get_attribute("href") == f"{customer.server.url}/help/refund-time"
    customer.page.get_by_role("button", name="Ask about this").click()
    expect(customer.field).to_be_focused()
    expect(customer.field).to_have_value("refund")
    expect(customer.page.locator(".scroll")).to_be_visible()
    assert customer.server.help.read == [(REFUND, "a" * 16)]
    assert customer.server.help.asked == ["refund"], "counted once, and as it was meant"


def test_escape_goes_back_one_step_at_a_time(customer: Customer) -> None:
    customer.visit().open()
    press = customer.page.keyboard.press
    search_button(customer).focus()
    press("Enter")
    expect(hits(customer)).to_have_count(2)
    hits(customer).nth(1).focus()
    press("Enter")
    expect(customer.page.get_by_role("heading", name="Exchange an item")).to_be_focused()
    press("Escape")
    expect(hits(customer).nth(1)).to_be_focused()
    press("Escape")
    expect(search_button(customer)).to_be_focused()
    expect(search_button(customer)).to_have_attribute("aria-expanded", "false")
    press("Escape")
    expect(customer.panel).to_be_hidden()


def test_the_welcome_leads_to_the_articles_and_a_vote_is_counted(customer: Customer) -> None:
    customer.visit().open()
    customer.page.locator(".welcome").get_by_role("button", name="Search our articles").click()
    hits(customer).first.click()
    customer.page.get_by_role("button", name="Yes", exact=True).click()
    expect(customer.page.get_by_text("Good to hear. Thank you.")).to_be_visible()
    back = customer.page.get_by_role("button", name="Back to the chat", exact=True)
    expect(back.last).to_be_focused()
    customer.page.keyboard.press("Enter")
    expect(customer.page.locator(".scroll")).to_be_visible()
    assert customer.server.help.judged == [(REFUND, True)]
    search_button(customer).click()
    hits(customer).last.click()
    customer.page.get_by_role("button", name="No", exact=True).click()
    expect(customer.page.get_by_role("button", name="Ask about this")).to_be_focused()
    customer.page.keyboard.press("Enter")
    expect(customer.field).to_have_value("About “Exchange an item”: ")
    assert customer.server.help.judged == [(REFUND, True), (EXCHANGE, False)]


def test_nothing_found_and_nothing_reached_say_what_to_do(customer: Customer) -> None:
    customer.expected_errors += ["503", "429"]
    customer.visit().open()
    search_button(customer).click()
    field_of(customer).fill("pizza")
    expect(customer.page.get_by_text("No article found.")).to_be_visible()
    customer.server.help.error = (429, "too_many_requests")
    field_of(customer).fill("pizza with")
    expect(customer.page.get_by_text("Please wait a moment and try again.")).to_be_visible()
    customer.server.help.error = (503, "unavailable")
    customer.page.get_by_role("button", name="Try again").click()
    expect(customer.page.locator(".help").get_by_text("can’t be loaded right now")).to_be_visible()
    customer.server.help.error = None
    customer.page.get_by_role("button", name="Try again").click()
    expect(customer.page.get_by_text("No article found.")).to_be_visible()
    customer.page.get_by_role("button", name="Ask this in the chat").click()
    expect(customer.field).to_have_value("pizza with")


def test_an_article_that_can_not_be_loaded_is_tried_again(customer: Customer) -> None:
    customer.expected_errors += ["503", "404"]
    customer.visit().open()
    search_button(customer).click()
    expect(hits(customer)).to_have_count(2)
    customer.server.help.error = (503, "unavailable")
    hits(customer).first.click()
    expect(customer.page.locator(".help").get_by_text("can’t be loaded right now")).to_be_visible()
    customer.server.help.error = None
    customer.page.get_by_role("button", name="Try again").click()
    expect(customer.page.locator(".reading")).to_contain_text("It takes")
    customer.server.help.error = (404, "not_found")
    customer.page.get_by_role("button", name="Back to the results").click()
    hits(customer).last.click()
    expect(customer.page.get_by_text("This article is no longer there.")).to_be_visible()


def test_hostile_articles_are_text(customer: Customer) -> None:
    bad = "<img src=x onerror='window.ran=1'><script>window.ran=1</script>"
    link = "[press](javascript:window.ran=1) [me](https://ok.example/a) [x](data:text/html,1)"
    customer.server.help.articles = [
        {
            **article(REFUND, f"{bad} & title", "x", context=f"{bad} {link}"),
            "snippet": bad,
            "language": '"><b>',
            "url": "javascript:window.ran=1",
        }
    ]
    customer.visit().open()
    search_button(customer).click()
    expect(hits(customer)).to_contain_text("<script>")
    hits(customer).click()
    expect(customer.page.locator(".reading")).to_contain_text("onerror")
    assert customer.page.locator(".reading img, .reading script").count() == 0
    links = customer.page.locator(".help a")
    expect(links).to_have_count(1)
    assert links.get_attribute("href") == "https://ok.example/a"


def test_a_list_keeps_its_numbers_in_a_language_of_the_other_direction(customer: Customer) -> None:
    customer.server.settings = WidgetConfig(language="ar")
    customer.visit()
    customer.page.locator(".launch").click()
    customer.page.locator(".head [data-icon=search]").click()
    hits(customer).first.click()
    expect(customer.page.locator(".reading")).to_have_attribute("dir", "ltr")
    assert (
        customer.page.locator(".reading ol").evaluate("ol => getComputedStyle(ol).direction")
        == "ltr"
    )


def test_a_message_that_comes_meanwhile_is_said_and_not_seen_yet(customer: Customer) -> None:
    customer.visit().open()
    search_button(customer).click()
    expect(hits(customer)).to_have_count(2)
    told = len(customer.server.said("seen"))
    customer.server.say("agent", "Here I am", "Anna")
    news = customer.page.get_by_role("button", name="1 new message")
    expect(news).to_be_visible()
    assert len(customer.server.said("seen")) == told, "nobody has seen it"
    news.click()
    expect(customer.row("Here I am")).to_be_visible()
    search_button(customer).click()
    customer.say("I read on")
    expect(customer.row("I read on")).to_be_visible()


def test_suggestions_come_after_a_pause_and_keep_the_draft(customer: Customer) -> None:
    customer.page.clock.install()
    customer.visit().open()
    customer.field.press_sequentially("my refund")
    pause(customer)
    assert customer.server.help.drafts == [], "two words say too little"
    customer.field.press_sequentially(" takes long")
    expect(suggestions(customer)).to_be_visible()
    assert customer.server.help.drafts == ["my refund takes long"], "asked once, after the last key"
    expect(customer.field).to_be_focused()
    status = customer.page.locator(".suggest [role=status]")
    expect(status).to_have_text("2 articles may help. They stand above the message field.")
    suggestions(customer).get_by_role("button", name="How long a refund takes").click()
    expect(customer.page.get_by_role("heading", name="How long a refund takes")).to_be_focused()
    expect(suggestions(customer)).to_be_hidden()
    expect(customer.field).to_have_value("my refund takes long")
    assert customer.server.help.asked == [], "a draft is no search"
    customer.page.keyboard.press("Escape")
    expect(customer.field).to_be_focused()
    customer.field.press("Enter")
    assert customer.server.help.judged == []
    expect(customer.row("my refund takes long")).to_be_visible()


def test_suggestions_can_be_sent_away_for_this_chat(customer: Customer) -> None:
    customer.page.clock.install()
    customer.visit().open()
    customer.field.press_sequentially("where is my parcel")
    customer.page.get_by_role("button", name="Don’t suggest articles in this chat").click()
    expect(suggestions(customer)).to_be_hidden()
    expect(customer.field).to_be_focused()
    customer.field.press_sequentially(" please")
    pause(customer)
    expect(suggestions(customer)).to_be_hidden()
    assert len(customer.server.help.drafts) == 1
    customer.server.change(episode=2)
    customer.field.press_sequentially(" now")
    expect(suggestions(customer)).to_be_visible()


@pytest.mark.parametrize("why", ["agent", "offline", "nothing", "off"])
def test_suggestions_stay_away(customer: Customer, why: str) -> None:
    if why == "off":
        customer.server.settings = WidgetConfig(language="auto", help=False)
    customer.page.clock.install()
    customer.visit().open()
    if why == "agent":
        customer.server.change(owner="agent", agent="Anna")
        expect(customer.page.locator(".head")).to_contain_text("Anna")
    elif why == "offline":
        customer.server.open = False
        customer.server.drop()
    elif why == "nothing":
        customer.server.help.suggested = []
    customer.field.press_sequentially("where is my parcel")
    pause(customer)
    expect(suggestions(customer)).to_be_hidden()
    assert customer.server.help.drafts == (["where is my parcel"] if why == "nothing" else [])
    assert search_button(customer).count() == (0 if why == "off" else 1)


def test_suggestions_go_when_an_agent_takes_the_chat(customer: Customer) -> None:
    customer.visit().open()
    customer.field.press_sequentially("where is my parcel")
    expect(suggestions(customer)).to_be_visible()
    customer.server.change(owner="agent", agent="Anna")
    expect(suggestions(customer)).to_be_hidden()


def people(**changes: Any) -> dict[str, Any]:
    return {"online": True, "opens_at": None, "closes_at": None, "wait_seconds": None, **changes}


def test_the_welcome_says_whether_people_are_here(customer: Customer) -> None:
    customer.visit().open()
    now = datetime.now(timezone.utc).astimezone()
    welcome = customer.page.locator(".welcome")
    customer.server.change(people=people(wait_seconds=170))
    expect(welcome).to_contain_text("Our team is here now. A person answers in about 3 min")
    closes = now + timedelta(days=1)
    customer.server.change(people=people(closes_at=closes.isoformat()))
    expect(welcome).to_contain_text(f"Our team is here until tomorrow at {closes:%H:%M}.")
    opens = (now + timedelta(days=1)).replace(hour=8, minute=0)
    customer.server.change(online=False, people=people(online=False, opens_at=opens.isoformat()))
    expect(welcome).to_contain_text("Our team is back tomorrow at 08:00.")
    customer.server.change(online=False, people=people(online=False))
    expect(welcome).to_contain_text("Nobody of our team is here right now.")
    customer.server.change(owner="queued", position=1, online=True, people=people())
    expect(customer.page.locator(".notice:visible")).to_contain_text("Our team is here now.")


@pytest.mark.parametrize("window", PHONES)
def test_it_can_be_used_on_a_small_screen(customer: Customer, shots: Any) -> None:
    page = customer.page
    name = re.sub(r"\W+", "-", str(page.viewport_size))
    customer.visit().open()
    page.screenshot(path=shots / f"help-welcome{name}.png")
    search_button(customer).click()
    expect(hits(customer)).to_have_count(2)
    page.screenshot(path=shots / f"help-found{name}.png")
    short = page.evaluate(CONTRAST)
    hits(customer).first.scroll_into_view_if_needed()
    hits(customer).first.click()
    expect(page.locator(".reading")).to_contain_text("It takes")
    page.screenshot(path=shots / f"help-article{name}.png")
    short += page.evaluate(CONTRAST)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    customer.field.press_sequentially("where is my parcel")
    expect(suggestions(customer)).to_be_visible()
    page.screenshot(path=shots / f"help-suggested{name}.png")
    expect(customer.field).to_be_in_viewport()
    assert short + page.evaluate(CONTRAST) == []
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    assert focused(page) == "Write a message"
