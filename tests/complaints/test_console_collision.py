"""Complaint: two agents answer one customer. Whoever has a chat sees that a colleague has it open, too."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.people import Customer
from tests.complaints.conftest import Agent

Agents = Callable[[str], Agent]
Customers = Callable[[str], Customer]


def test_a_colleague_who_opens_the_same_chat_is_seen(agent: Agents, customer: Customers) -> None:
    eli = customer("Eli")
    ada, bob = agent("ada"), agent("bob")
    ada.claims(eli)
    ada.opens_chat(eli)
    expect(ada.page.get_by_role("log").get_by_text("Eli needs help", exact=True)).to_be_visible()
    bob.opens_chat(eli)
    here = ada.page.get_by_text("has this chat open")
    expect(here).to_be_visible()
    bob.page.goto(f"{bob.url}/staff/queue?elsewhere")
    bob.page.close()
    expect(here).to_be_hidden()
