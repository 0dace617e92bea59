"""Files in the widget, as far as they need no server that keeps any."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.widget.conftest import Customer
from widget.config import WidgetConfig

FILE: dict[str, Any] = {
    "id": "f", "name": "<img src=x onerror=ran=1>.pdf", "type": "application/pdf", "size": 120_000,
}  # fmt: skip


def test_a_files_name_is_only_text_and_its_address_our_own(customer: Customer) -> None:
    customer.visit().open()
    customer.server.say("agent", FILE["name"], "Anna", file={**FILE, "url": "/api/chat/files/f/x"})
    link = customer.page.get_by_role("link", name="onerror=ran=1")
    expect(link).to_have_attribute("href", f"{customer.server.url}/api/chat/files/f/x")
    expect(link).to_contain_text("120 kB")


def test_an_address_elsewhere_is_no_link_and_a_file_that_is_gone_says_so(
    customer: Customer,
) -> None:
    for url in ("https://evil.example/x", "javascript:alert(1)", "//evil.example/x"):
        customer.server.commit(author="agent", text="a.pdf", payload={"file": {**FILE, "url": url}})
    gone = {**FILE, "gone": True, "width": 40, "height": 30}
    customer.server.commit(author="agent", text="b.png", payload={"file": gone})
    customer.visit().open()
    expect(customer.page.get_by_text("no longer kept")).to_be_visible()
    expect(customer.page.locator(".chip")).to_have_count(4)
    assert customer.page.locator(".chip[href]").count() == 0


def test_a_picture_that_does_not_come_is_its_name(customer: Customer) -> None:
    customer.expected_errors.append("404")
    lost = {**FILE, "name": "a.png", "type": "image/png", "width": 900, "height": 600}
    lost["url"] = "/api/chat/files/f/a.png"
    customer.server.commit(author="agent", text="a.png", payload={"file": lost})
    customer.visit().open()
    expect(customer.page.locator("a.chip", has_text="a.png")).to_be_visible()


def test_a_house_that_takes_none_has_no_button(customer: Customer) -> None:
    customer.server.settings = WidgetConfig(language="auto", files=False)
    customer.visit().open()
    assert customer.page.get_by_role("button", name="Attach a file").count() == 0
    assert customer.page.locator('input[type="file"]').count() == 0


def test_the_button_is_reached_by_keyboard_and_opens_the_dialog(customer: Customer) -> None:
    customer.visit().open()
    customer.field.focus()
    customer.page.keyboard.press("Shift+Tab")
    attach = customer.page.get_by_role("button", name="Attach a file")
    expect(attach).to_be_focused()
    with customer.page.expect_file_chooser() as asked:
        attach.press("Enter")
    assert asked.value.is_multiple()
