"""Complaint: unusable with a screen reader. The console as it is heard, and its accessibility tree."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.people import Customer
from tests.complaints.conftest import Agent
from tests.complaints.ears import EARS, count

Agents = Callable[[str], Agent]
Customers = Callable[[str], Customer]


def test_a_chat_that_is_opened_is_not_read_out_from_its_beginning(
    agent: Agents, customer: Customers
) -> None:
    zoe = customer("Zoe")
    ada = agent("ada")
    ada.context.add_init_script(EARS)
    ada.opens_chat(zoe)
    expect(ada.page.get_by_role("log").get_by_text("Zoe needs help", exact=True)).to_be_visible()
    ada.page.wait_for_timeout(300)
    assert count(ada.page, "re: Zoe needs help") == 0
