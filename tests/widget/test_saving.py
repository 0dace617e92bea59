"""Saving the chat: as a file, by e-mail, and what is said when that does not work; the wait that is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.widget.conftest import Customer
from tests.widget.fake_server import TOKEN
from widget.config import WidgetConfig


def begin(customer: Customer) -> None:
    customer.server.commit(author="bot", text="Hello")
    customer.visit().open()
    expect(customer.row("Hello")).to_be_visible()
    customer.page.get_by_role("button", name="More options").click()
    customer.page.locator(".menu").get_by_role("button", name="Save this chat").click()
    expect(customer.page.get_by_role("heading", name="Save this chat")).to_be_focused()


def test_the_chat_is_downloaded_in_both_forms(customer: Customer) -> None:
    begin(customer)
    for label, end in (("Download as a web page", ".html"), ("Download as text", ".txt")):
        with customer.page.expect_download() as started:
            customer.page.get_by_role("button", name=label).click()
        assert started.value.suggested_filename.endswith(end)
        assert Path(started.value.path()).read_text() == "the chat"
    expect(customer.page.get_by_text("The file is in your downloads.")).to_be_visible()
    assert customer.server.help.saved == [f"html Bearer {TOKEN}", f"text Bearer {TOKEN}"]
    customer.page.keyboard.press("Escape")
    expect(customer.row("Hello")).to_be_visible()
    expect(customer.page.get_by_role("button", name="More options")).to_be_focused()


def test_the_chat_is_mailed_to_an_address_that_is_one(customer: Customer) -> None:
    begin(customer)
    mail = customer.page.get_by_role("textbox", name="Your e-mail")
    mail.fill("mia")
    mail.press("Enter")
    expect(customer.page.get_by_text("Please check this e-mail address.")).to_be_visible()
    expect(mail).to_be_focused()
    mail.fill("mia@example.org")
    mail.press("Enter")
    expect(customer.page.get_by_text("It is on its way to mia@example.org.")).to_be_visible()
    assert customer.server.help.mailed == ["mia@example.org"]


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (409, "mail_off", "We can’t send e-mails from here."),
        (429, "too_many_transcripts", "was sent often enough today"),
        (409, "nothing_to_save", "There is no answer in this chat yet."),
        (503, "unavailable", "That did not work."),
    ],
)
@pytest.mark.parametrize("window", [{"viewport": {"width": 320, "height": 400}}])
def test_what_does_not_work_is_said_kindly(
    customer: Customer, status: int, code: str, words: str
) -> None:
    customer.expected_errors.append(str(status))
    begin(customer)
    customer.server.help.error = (status, code)
    mail = customer.page.get_by_role("textbox", name="Your e-mail")
    mail.fill("mia@example.org")
    mail.press("Enter")
    expect(customer.page.get_by_text(words)).to_be_visible()
    expect(customer.page.get_by_text(words)).to_be_in_viewport()


def test_a_chat_that_has_ended_can_be_saved_and_an_empty_one_not(customer: Customer) -> None:
    customer.visit().open()
    customer.page.get_by_role("button", name="More options").click()
    save = customer.page.locator(".menu").get_by_role("button", name="Save this chat")
    expect(save).to_be_hidden()
    customer.server.say("agent", "Goodbye", "Anna")
    customer.server.change(owner="closed")
    expect(save).to_be_visible()


def test_a_house_that_wants_no_transcripts_has_none(customer: Customer) -> None:
    customer.server.settings = WidgetConfig(language="auto", transcript=False)
    customer.server.commit(author="bot", text="Hello")
    customer.visit().open()
    expect(customer.row("Hello")).to_be_visible()
    customer.page.get_by_role("button", name="More options").click()
    assert customer.page.get_by_role("button", name="Save this chat").count() == 0


@pytest.mark.parametrize("window", [{"viewport": {"width": 320, "height": 568}, "has_touch": True}])
def test_the_wait_is_left_on_a_phone(customer: Customer, shots: Path) -> None:
    customer.server.state.update(owner="queued", position=3, wait_seconds=170)
    customer.server.state.update(wait_low_seconds=100, wait_high_seconds=320)
    customer.visit().open()
    head = customer.page.locator(".head")
    expect(head).to_contain_text("You are number 3")
    customer.page.screenshot(path=shots / "waiting-phone.png")
    leave = customer.page.locator(".notice").get_by_role("button", name="Leave the queue")
    box = leave.bounding_box()
    assert box is not None
    assert box["height"] >= 24, "WCAG 2.2, 2.5.8"
    leave.tap()
    customer.server.change(owner="bot", position=None, wait_seconds=None)
    expect(leave).to_be_hidden()
    assert [frame["type"] for frame in customer.server.said("cancel")] == ["cancel"]
