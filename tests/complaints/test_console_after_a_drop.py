"""Complaint: after a reconnect the console is stale, and two agents answer one customer."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.browser.people import Customer
from tests.complaints.conftest import Agent

Agents = Callable[[str], Agent]
Customers = Callable[[str], Customer]


def said(page: Page) -> list[str]:
    """What people wrote, in the order of the open chat's log."""
    return page.get_by_role("log").locator(".hc-message .hc-text").all_inner_texts()


def test_what_happened_during_a_drop_is_on_the_screen_after_it(
    agent: Agents, customer: Customers
) -> None:
    mia, bob = customer("Mia"), agent("bob")
    ada = agent("ada")
    ada.claims(mia)
    leo = customer("Leo")
    ada.opens_chat(mia)
    log = ada.page.get_by_role("log")
    expect(log.get_by_text("Mia needs help", exact=True)).to_be_visible()
    waiting = ada.page.get_by_role("list", name="Waiting customers")
    expect(waiting.get_by_text("Leo needs help")).to_be_visible()

    ada.context.set_offline(True)
    expect(ada.page.get_by_text("Connection lost. Trying again")).to_be_visible()
    mia.says("one while you were gone")
    mia.says("two while you were gone")
    bob.claims(leo)
    customer("Zoe")
    ada.context.set_offline(False)

    expect(log.get_by_text("two while you were gone")).to_be_visible()
    expect(waiting.get_by_text("Zoe needs help")).to_be_visible()
    expect(waiting.get_by_text("Leo needs help")).to_have_count(0)
    mia.says("three, live again")
    expect(log.get_by_text("three, live again")).to_be_visible()
    assert said(ada.page) == [
        "Mia needs help",
        "re: Mia needs help",
        "one while you were gone",
        "two while you were gone",
        "three, live again",
    ]


def test_who_lost_the_chat_during_a_drop_does_not_answer_it_too(
    agent: Agents, customer: Customers
) -> None:
    kim = customer("Kim")
    ada, bob = agent("ada"), agent("bob")
    ada.claims(kim)
    ada.opens_chat(kim)
    reply = ada.page.get_by_role("textbox", name="Reply to the customer")
    expect(reply).to_be_visible()

    ada.context.set_offline(True)
    expect(ada.page.get_by_text("Connection lost. Trying again")).to_be_visible()
    reply.fill("An answer from Ada")
    reply.press("Enter")
    expect(ada.page.get_by_text("Sending…")).to_be_visible()
    ada.releases(kim)  # as the desk does when she has been gone too long
    bob.claims(kim)
    ada.context.set_offline(False)

    expect(ada.page.get_by_text("With Bob Colleague")).to_be_visible()
    expect(reply).to_be_hidden()
    expect(ada.page.get_by_role("log").get_by_text("Not sent.")).to_be_visible()
    bob.opens_chat(kim)
    bob.page.get_by_role("textbox", name="Reply to the customer").fill("An answer from Bob")
    bob.page.keyboard.press("Enter")
    expect(bob.page.get_by_text("Sent", exact=True)).to_be_visible()
    assert [m["text"] for m in kim.log() if m["author"] == "agent"] == ["An answer from Bob"]


def test_of_two_who_claim_at_once_the_slower_is_told_and_can_not_write(
    agent: Agents, customer: Customers
) -> None:
    sam = customer("Sam")
    ada, bob = agent("ada"), agent("bob")
    ada.opens_chat(sam)
    claim = ada.page.get_by_role("button", name="Claim", exact=True)
    expect(claim).to_be_visible()
    # Her press is on its way while his arrives.
    held: list[Route] = []
    ada.page.route("**/claim", lambda route: held.append(route))
    claim.click()
    bob.claims(sam)
    held[0].continue_()
    expect(ada.page.get_by_role("alert").filter(visible=True)).to_have_count(1)
    expect(ada.page.get_by_role("textbox", name="Reply to the customer")).to_be_hidden()
    expect(ada.page.get_by_text("With Bob Colleague")).to_be_visible()
