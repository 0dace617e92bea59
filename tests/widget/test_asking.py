"""What stands before and after a chat: consent, form, whom to ask, thumbs and scales, in a real Chromium."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.widget.conftest import Customer
from tests.widget.fake_server import FakeServer
from widget.config import WidgetConfig

TERMS = {
    "text": {"en": "We keep this chat for 90 days.", "de": "Wir bewahren diesen Chat 90 Tage auf."},
    "link": "https://shop.example/privacy",
    "version": 3,
}
FORM = [
    {"name": "name", "required": True},
    {"name": "email", "kind": "email"},
    {"name": "order_number", "label": {"en": "Order number"}},
    {
        "name": "topic",
        "label": {"en": "Topic"},
        "kind": "choice",
        "choices": ["Delivery", "<b>Bill</b>"],
    },
]
ARTICLE: dict[str, Any] = {
    "kind": "answer",
    "parts": {"action": "Unplug the lamp for ten seconds."},
    "source": {"article_id": "a", "title": "A lamp that flickers", "url": "/help/lamp"},
}
PHONE_DARK = {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}


@pytest.fixture
def house(server: FakeServer) -> Callable[..., None]:
    def set_up(**values: Any) -> None:
        server.settings = WidgetConfig.model_validate({"language": "auto", **values})

    return set_up


def bubble(customer: Customer) -> Locator:
    return customer.page.get_by_role("button", name="Open chat")


def button(customer: Customer, name: str) -> Locator:
    return customer.panel.get_by_role("button", name=name, exact=True)


def wait_for(page: Page, condition: Callable[[], Any]) -> None:
    for _ in range(160):
        if condition():
            return
        page.wait_for_timeout(25)
    raise AssertionError("it did not happen")


def no_sideways(page: Page) -> bool:
    return bool(
        page.evaluate("""() => {
        const panel = document.querySelector("handrail-widget").shadowRoot.querySelector(".panel");
        return [...panel.querySelectorAll("*")].every((node) => node.scrollWidth <= node.clientWidth + 1
            || getComputedStyle(node).overflowX === "visible" || node.matches(".unseen, textarea, input"))
          && panel.scrollWidth <= innerWidth;
    }""")
    )


# ---- consent ----


def test_before_consent_nobody_is_made_and_nothing_leaves(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(consent=TERMS)
    asked: list[str] = []
    customer.page.on("request", lambda request: asked.append(request.url))
    customer.visit()
    customer.page.evaluate("Handrail.identify('x.y.z', {plan: 'pro'})")
    bubble(customer).click()
    expect(customer.panel.get_by_role("heading", name="Before we begin")).to_be_focused()
    expect(customer.panel.get_by_text("We keep this chat for 90 days.")).to_be_visible()
    expect(customer.panel.get_by_role("link")).to_have_accessible_name(
        "Read the full text (opens in a new tab)"
    )
    expect(customer.field).to_be_hidden()
    expect(button(customer, "Articles")).to_be_hidden()
    customer.page.evaluate("document.querySelector('handrail-widget').ask('My order is late')")
    expect(customer.panel.locator(".write textarea")).to_have_value("My order is late")
    assert (server.visitors, server.frames) == (0, [])
    assert not [url for url in asked if "/api/" in url or "/ws/" in url]

    button(customer, "Agree").click()
    expect(customer.field).to_be_focused()
    # What was asked before waits in the field; the customer sends it.
    expect(customer.field).to_have_value("My order is late")
    wait_for(customer.page, lambda: server.said("identify"))
    assert (server.visitors, server.agreed) == (1, [3])
    customer.field.press("Enter")
    wait_for(customer.page, lambda: server.texts() == ["My order is late"])


def test_no_thank_you_closes_and_asks_again_next_time(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(consent=TERMS)
    customer.visit()
    bubble(customer).click()
    button(customer, "No, thank you").click()
    expect(customer.panel).to_be_hidden()
    expect(bubble(customer)).to_be_focused()
    bubble(customer).click()
    expect(button(customer, "Agree")).to_be_visible()
    assert server.visitors == 0


def test_a_raised_version_is_asked_of_who_is_here_already(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(consent=TERMS)
    server.say("agent", "Your parcel is on its way.", name="Ada")
    server.state["consent"] = 3
    customer.visit()
    customer.page.evaluate("token => localStorage.setItem('handrail:token', token)", "t" * 43)
    customer.visit()
    bubble(customer).click()
    expect(customer.log.get_by_text("Your parcel is on its way.")).to_be_visible()
    expect(button(customer, "Agree")).to_be_visible()
    expect(customer.field).to_be_hidden()
    customer.page.keyboard.press("Tab")  # from the heading to the link, and on
    customer.page.keyboard.press("Tab")
    customer.page.keyboard.press("Enter")
    wait_for(customer.page, lambda: server.said("agree") == [{"type": "agree", "version": 3}])
    server.change(consent=None)
    expect(customer.field).to_be_focused()
    assert server.visitors == 0


def test_who_agrees_in_two_tabs_can_write_in_both(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(consent=TERMS)
    customer.visit()
    bubble(customer).click()
    expect(button(customer, "Agree")).to_be_visible()
    # Meanwhile another tab agreed, and made the visitor that is this one's, too.
    customer.page.evaluate("token => localStorage.setItem('handrail:token', token)", "t" * 43)
    button(customer, "Agree").click()
    wait_for(customer.page, lambda: server.said("agree") == [{"type": "agree", "version": 3}])
    customer.say("My order is late")
    wait_for(customer.page, lambda: server.texts() == ["My order is late"])


def test_a_page_with_the_old_text_says_so(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(consent=TERMS)
    customer.expected_errors = ["403"]
    customer.visit()
    house(consent={**TERMS, "version": 4})
    bubble(customer).click()
    button(customer, "Agree").click()
    expect(customer.panel.get_by_text("This text has changed.")).to_be_visible()
    expect(button(customer, "Agree")).to_be_hidden()
    assert server.visitors == 0


# ---- the form ----


def test_the_form_helps_and_is_sent_once(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(form=FORM)
    server.state["form"] = True
    customer.visit()
    claims = base64.urlsafe_b64encode(json.dumps({"email": "jörg@example.com"}).encode()).decode()
    customer.page.evaluate("token => Handrail.identify(token)", f"x.{claims.rstrip('=')}.z")
    bubble(customer).click()
    name = customer.panel.get_by_role("textbox", name="Your name")
    expect(name).to_be_focused()
    mail = customer.panel.get_by_role("textbox", name="Your e-mail (optional)")
    expect(mail).to_have_value("jörg@example.com")
    button(customer, "Start the chat").click()
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description("This one we need before we can begin.")
    name.fill("Jörg")
    mail.fill("no address")
    button(customer, "Start the chat").click()
    expect(mail).to_be_focused()
    mail.fill("joerg@example.com")
    customer.panel.get_by_role("combobox", name="Topic (optional)").select_option("<b>Bill</b>")
    mail.press("Enter")
    expect(customer.field).to_be_focused()
    wait_for(customer.page, lambda: server.said("details"))
    assert server.said("details")[0]["answers"] == {
        "name": "Jörg", "email": "joerg@example.com", "topic": "<b>Bill</b>",
    }  # fmt: skip
    server.change(form=False)
    expect(customer.field).to_be_visible()


def test_what_the_server_refuses_is_shown_at_its_field(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(form=[FORM[2]])
    server.state["form"] = True
    customer.visit()
    bubble(customer).click()
    field = customer.panel.get_by_role("textbox", name="Order number (optional)")
    field.fill("a strange one")
    button(customer, "Start the chat").click()
    wait_for(customer.page, lambda: server.said("details"))
    details = {"field": "order_number"}
    server.push({"type": "error", "code": "invalid", "message": "?", "details": details})
    expect(field).to_have_accessible_description("Please check this answer.")
    # A question that the page asks for them waits, too.
    customer.page.evaluate("document.querySelector('handrail-widget').ask('My order is late')")
    button(customer, "Skip").click()
    wait_for(customer.page, lambda: server.said("details")[-1]["answers"] == {})
    expect(customer.field).to_have_value("My order is late")
    assert server.said() == []


# ---- whom to ask ----


def test_a_person_first_with_one_line_even_when_the_bot_is_down(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(first="choose")
    server.state["bot"] = "down"
    server.state["people"] = {
        "online": False, "opens_at": "2030-03-04T09:00:00Z", "closes_at": None, "wait_seconds": None,
    }  # fmt: skip
    customer.visit().open()
    assistant = customer.panel.get_by_role("button", name=re.compile("Ask the assistant"))
    expect(assistant).to_have_attribute("aria-disabled", "true")
    person = customer.panel.get_by_role("group").get_by_role(
        "button", name=re.compile("Talk to a person")
    )
    expect(person).to_contain_text("back 4 March at")
    # Said by the choice itself, and not once more above it.
    expect(customer.panel.get_by_text("A person can help you.")).to_be_hidden()
    person.click()
    about = customer.panel.get_by_role("textbox", name="What is it about?")
    expect(about).to_be_focused()
    expect(customer.field).to_be_hidden()
    customer.page.keyboard.press("Escape")
    expect(person).to_be_focused()
    expect(customer.field).to_be_visible()
    person.click()
    about.fill("A broken lamp")
    about.press("Enter")
    wait_for(customer.page, lambda: server.said())
    assert (server.said()[0]["text"], server.said()[0]["person"]) == ("A broken lamp", True)
    expect(customer.field).to_be_focused()


def test_without_a_line_a_person_is_asked_all_the_same(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(first="choose")
    server.state["people"] = {
        "online": True, "opens_at": None, "closes_at": None, "wait_seconds": 180,
    }  # fmt: skip
    customer.visit().open()
    expect(customer.panel.get_by_role("button", name=re.compile("about 3 minutes"))).to_be_visible()
    customer.panel.get_by_role("group").get_by_role("button", name=re.compile("Talk to")).click()
    button(customer, "Ask without it").click()
    wait_for(customer.page, lambda: server.said("person"))
    assert server.said() == []


def test_the_assistant_first_leads_to_the_suggested_questions(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(first="choose")
    customer.visit().open()
    starter = customer.panel.get_by_role("button", name="How long does a refund take?")
    expect(starter).to_be_hidden()
    customer.panel.get_by_role("button", name=re.compile("Ask the assistant")).click()
    expect(starter).to_be_visible()
    expect(customer.field).to_be_focused()


# ---- thumbs ----


def test_thumbs_stand_under_answers_from_articles_only(
    customer: Customer, server: FakeServer
) -> None:
    server.say("bot", "Hello!")
    server.say("bot", "", **ARTICLE)
    server.say(
        "bot", "Did this solve it?", kind="ask", buttons=[{"title": "Yes", "style": "primary"}]
    )
    server.say("bot", "", **ARTICLE)
    server.thumbs = {4: True}
    customer.visit().open()
    up, down = (
        customer.panel.get_by_role("button", name=name)
        for name in ("Yes, this helped", "No, this did not help")
    )
    expect(up).to_have_count(2)
    expect(up.last).to_have_attribute("aria-pressed", "true")
    expect(down.last).to_have_attribute("aria-pressed", "false")
    down.first.click()
    why = customer.panel.get_by_role("textbox", name="What was missing? (optional)")
    expect(why).to_have_count(1)
    why.fill("<img src=x onerror=ran++> no")
    why.press("Enter")
    expect(customer.panel.get_by_text("Thank you.")).to_be_focused()
    up.first.click()
    expect(up.first).to_have_attribute("aria-pressed", "true")
    up.first.click()  # the same again is not sent
    wait_for(customer.page, lambda: len(server.said("thumb")) >= 3)
    assert [(one["seq"], one["up"], one.get("comment")) for one in server.said("thumb")] == [
        (2, False, None), (2, False, "<img src=x onerror=ran++> no"), (2, True, None),
    ]  # fmt: skip


def test_thumbs_on_two_answers_survive_a_lost_connection(
    customer: Customer, server: FakeServer
) -> None:
    server.say("bot", "", **ARTICLE)
    server.say("bot", "", **ARTICLE)
    customer.visit().open()
    up = customer.panel.get_by_role("button", name="Yes, this helped")
    expect(up).to_have_count(2)
    server.open = False
    server.drop()
    wait_for(customer.page, lambda: not server.sockets)
    up.first.click()
    up.last.click()
    server.open = True
    customer.page.evaluate("dispatchEvent(new Event('online'))")
    wait_for(customer.page, lambda: len(server.said("thumb")) == 2)
    assert {one["seq"] for one in server.said("thumb")} == {1, 2}


def test_a_house_without_thumbs_shows_none(
    customer: Customer, server: FakeServer, house: Callable[..., None]
) -> None:
    house(thumbs=False)
    server.say("bot", "", **ARTICLE)
    customer.visit().open()
    expect(customer.log.get_by_text("Unplug the lamp")).to_be_visible()
    expect(customer.panel.get_by_role("button", name="Yes, this helped")).to_have_count(0)


# ---- scales ----


def test_one_question_after_the_other_each_noted_when_shown(
    customer: Customer, server: FakeServer
) -> None:
    customer.visit().open()
    server.change(owner="closed", rateable=1, survey="csat")
    customer.panel.get_by_role("radio", name="4 of 5: Good").check(force=True)
    button(customer, "Send rating").click()
    server.change(rateable=None, rated=True, survey="ces")
    ease = customer.panel.get_by_role("radiogroup", name="How easy was it to get help today?")
    expect(ease.get_by_role("radio")).to_have_count(7)
    ease.get_by_role("radio", name="7 of 7: Very easy").focus()
    customer.page.keyboard.press("Space")
    customer.panel.get_by_role("textbox", name="What should we know? (optional)").last.fill("quick")
    button(customer, "Send").first.click()
    expect(customer.panel.get_by_text("Thank you.", exact=True)).to_be_focused()
    server.change(survey="nps")
    scale = customer.panel.get_by_role("radiogroup", name=re.compile("recommend us"))
    expect(scale.get_by_role("radio")).to_have_count(11)
    expect(scale.get_by_role("radio").first).to_have_accessible_name("0 of 10: Not at all likely")
    button(customer, "Skip").click()
    expect(scale).to_have_count(0)
    server.change(survey=None)
    wait_for(customer.page, lambda: len(server.said("survey")) == 5)
    assert [
        (one["kind"], one.get("score"), one.get("comment"), one.get("skip"))
        for one in server.said("survey")
    ] == [
        ("csat", None, None, None), ("ces", None, None, None), ("ces", 7, "quick", None),
        ("nps", None, None, None), ("nps", None, None, True),
    ]  # fmt: skip


# ---- how it looks ----


@pytest.mark.parametrize("window", [{}, PHONE_DARK], ids=["desktop", "phone-dark"])
def test_everything_fits_and_is_photographed(
    customer: Customer, server: FakeServer, house: Callable[..., None], shots: Path,
    window: dict[str, Any],
) -> None:  # fmt: skip
    name = "phone-dark" if window else "desktop"
    page = customer.page

    def shoot(what: str) -> None:
        moving = "document.querySelector('handrail-widget').shadowRoot.getAnimations().length"
        wait_for(page, lambda: page.evaluate(moving) == 0)
        assert no_sideways(page), what
        page.screenshot(path=shots / f"asking-{what}-{name}.png")

    house(consent=TERMS, form=FORM, first="choose", house="Fernway")
    server.state["form"] = True
    server.state["people"] = {
        "online": True, "opens_at": None, "closes_at": None, "wait_seconds": 180,
    }  # fmt: skip
    customer.visit()
    bubble(customer).click()
    button(customer, "Agree").wait_for()
    shoot("consent")
    button(customer, "Agree").click()
    button(customer, "Start the chat").click()
    shoot("form")
    customer.panel.get_by_role("textbox", name="Your name").fill("Ann")
    button(customer, "Start the chat").click()
    server.change(form=False)
    person = customer.panel.get_by_role("group").get_by_role("button", name=re.compile("Talk to"))
    person.wait_for()
    shoot("choice")
    person.click()
    shoot("about")
    button(customer, "Ask without it").click()
    server.say("bot", "", **ARTICLE)
    customer.panel.get_by_role("button", name="No, this did not help").click()
    shoot("thumbs")
    server.change(owner="closed", survey="nps")
    customer.panel.get_by_role("radio", name="9 of 10").check(force=True)
    shoot("nps")
