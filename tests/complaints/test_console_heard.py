"""Complaint: unusable with a screen reader. The console as it is heard, and its accessibility tree."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.people import Customer
from tests.complaints.conftest import Agent
from tests.complaints.ears import EARS, count, nameless

Agents = Callable[[str], Agent]
Customers = Callable[[str], Customer]


def test_what_happens_is_heard_once_and_everything_has_a_name(
    agent: Agents, customer: Customers
) -> None:
    ada, nia = agent("ada"), customer("Nia")
    ada.claims(nia)
    ada.context.add_init_script(EARS)
    ada.opens_chat(nia)
    page = ada.page
    log = page.get_by_role("log", name="Conversation")
    expect(log.get_by_text("Nia needs help", exact=True)).to_be_visible()

    nia.says("my lamp is broken")
    expect(log.get_by_text("my lamp is broken")).to_be_visible()
    assert count(page, "my lamp is broken") == 1

    customer("Tom")
    page.wait_for_function("window.heard.some(({ text }) => text.startsWith('Tom waits'))")
    assert count(page, "Tom waits: Tom needs help", urgent=False) == 1

    ada.releases(nia)
    expect(
        page.get_by_role("region", name="Nia").get_by_text("Waiting in the queue")
    ).to_be_visible()
    page.wait_for_function("window.heard.some(({ text }) => text === 'Waiting in the queue')")

    assert nameless(page) == []
    for role, name in (
        ("region", "Queue"),
        ("list", "Waiting customers"),
        ("region", "Chats"),
        ("complementary", "About this chat"),
        ("group", "What to do with this chat"),
    ):
        expect(page.get_by_role(role, name=name, exact=True)).to_have_count(1)  # type: ignore[arg-type]
