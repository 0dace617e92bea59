"""Complaint: unusable with a screen reader. The widget as it is heard, and its accessibility tree."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.complaints.ears import EARS, count, nameless
from tests.widget.conftest import Customer
from tests.widget.test_access import fill


@pytest.fixture
def heard(context: BrowserContext, customer: Customer) -> Customer:
    """A customer who listens instead of looking."""
    context.add_init_script(EARS)
    return customer


def test_each_message_is_heard_once_and_the_history_is_not(heard: Customer) -> None:
    heard.server.commit(author="bot", text="an earlier answer")
    heard.visit().open()
    expect(heard.row("an earlier answer")).to_be_visible()
    heard.server.say("bot", "Your parcel is on its way.")
    expect(heard.row("Your parcel is on its way.")).to_be_visible()
    heard.server.drop()
    heard.page.wait_for_function("window.heard.length > 0")
    heard.say("and now?")
    expect(heard.row("and now?")).to_contain_text("Sent")
    heard.server.say("agent", "It is at your door.", "Anna")
    expect(heard.row("It is at your door.")).to_be_visible()
    parts = ("an earlier answer", "Your parcel is on its way.", "It is at your door.")
    assert [count(heard.page, part) for part in parts] == [0, 1, 1]


def test_who_has_the_chat_and_what_one_waits_for_is_heard(heard: Customer) -> None:
    heard.visit().open()
    for state, words in (
        ({"owner": "queued", "position": 2, "wait_seconds": 60}, "number 2"),
        ({"owner": "queued", "position": 1, "wait_seconds": 60}, "number 1"),
        ({"owner": "agent", "agent": "Anna", "position": None}, "Anna"),
        ({"owner": "bot", "agent": None, "bot": "down"}, "Not available right now"),
    ):
        before = count(heard.page, words)
        heard.server.change(**state)
        expect(heard.panel).to_contain_text(words)
        heard.page.wait_for_timeout(50)
        assert count(heard.page, words) > before, words


def test_a_message_that_was_not_sent_is_heard(heard: Customer) -> None:
    heard.visit().open()
    heard.server.errors["fails"] = {"code": "invalid", "message": "?"}
    heard.say("fails")
    expect(heard.row("fails")).to_contain_text("Not sent.")
    assert count(heard.page, "Not sent.") == 1


def test_the_accessibility_tree_names_everything(heard: Customer) -> None:
    heard.visit()
    heard.page.get_by_role("button", name="Open chat").wait_for()
    assert nameless(heard.page) == []
    heard.open()
    fill(heard)
    heard.server.change(owner="closed", rateable=1, survey="csat")
    expect(heard.page.get_by_role("button", name="Skip")).to_be_visible()
    assert nameless(heard.page) == []
    expect(heard.panel).to_have_accessible_name(re.compile("Chat"))
    expect(heard.log).to_have_accessible_name("Messages")
