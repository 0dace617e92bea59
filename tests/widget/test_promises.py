"""Nobody there: the form for an address, what was seen, the time zone, and the way back from a mail."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from playwright.sync_api import expect

from tests.widget.conftest import Customer

LINK = "l" * 43


def alone(customer: Customer, **state: object) -> None:
    customer.server.change(**{"owner": "queued", "online": False, "mail": "ask", **state})


def test_within_the_hours_the_promised_time_is_said(customer: Customer) -> None:
    soon = datetime.now(timezone.utc).astimezone() + timedelta(days=1)
    soon = soon.replace(hour=9, minute=20, second=0, microsecond=0)
    customer.visit().open()
    alone(customer, promised_at=soon.isoformat())
    expect(customer.panel).to_contain_text("You get an answer by tomorrow at 09:20.")


def test_the_address_is_asked_only_when_mail_is_sent_and_may_be_skipped(
    customer: Customer,
) -> None:
    customer.visit().open()
    field = customer.page.get_by_role("textbox", name="E-mail (optional)")
    alone(customer, mail=None)
    expect(customer.panel).to_contain_text("Nobody is here right now.")
    expect(field).to_be_hidden()
    alone(customer, mail="known")
    expect(field).to_be_hidden()
    alone(customer)
    expect(field).to_be_visible()
    customer.page.get_by_role("button", name="No, thank you").click()
    expect(field).to_be_hidden()
    customer.page.reload()
    expect(customer.panel).to_contain_text("Nobody is here right now.")
    expect(field).to_be_hidden()
    assert customer.server.said("details") == []


def test_only_what_the_open_panel_has_shown_is_told_as_seen(customer: Customer) -> None:
    customer.visit().open()
    customer.server.say("agent", "Hello", "Anna")
    expect(customer.row("Hello")).to_be_visible()
    customer.page.get_by_role("button", name="Close chat").first.click()
    last = customer.server.say("agent", "Still there?", "Anna")
    customer.page.wait_for_timeout(200)
    told = [frame["seq"] for frame in customer.server.said("seen")]
    assert told
    assert max(told) == last - 1
    customer.page.get_by_role("button", name="Open chat").click()
    expect(customer.row("Still there?")).to_be_visible()
    customer.page.wait_for_timeout(200)
    told = [frame["seq"] for frame in customer.server.said("seen")]
    assert told[-1] == last
    assert told == sorted(set(told))


def test_the_greeting_names_the_time_zone(customer: Customer) -> None:
    customer.visit().open()
    zone = customer.page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert customer.server.said("hello")[-1]["zone"] == zone


def test_a_mails_link_opens_the_chat_and_leaves_the_address(customer: Customer) -> None:
    customer.server.links.add(LINK)
    customer.server.commit(author="agent", text="It left today", name="Anna")
    customer.visit(f"/#handrail-resume={LINK}")
    expect(customer.row("It left today")).to_be_visible()
    assert "#" not in customer.page.url
    assert customer.server.links_tried == [LINK]
    assert customer.server.visitors == 0
    customer.page.reload()  # the new key is kept
    expect(customer.row("It left today")).to_be_visible()
    assert customer.server.links_tried == [LINK]


def test_a_link_that_is_over_says_so_and_the_chat_works(customer: Customer) -> None:
    customer.expected_errors.append("410")
    customer.visit(f"/#handrail-resume={LINK}")
    expect(customer.panel).to_contain_text("This link was used already, or is too old.")
    customer.say("hello")
    expect(customer.row("hello")).to_contain_text("Sent")
    assert customer.server.links_tried == [LINK]
