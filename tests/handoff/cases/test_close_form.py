"""The form that closes a chat asks what the house requires before the server does; real Chromium, no server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright

from server.settings import ROOT
from tests.chromium import ARGUMENTS, executable

FILES = {"/staff/console/": "handoff/static", "/widget/": "widget/static"}
PAGE = """<!doctype html><html lang="en"><title>Close</title><script type="module">
import { openClose } from "/staff/console/case_form.js";
window.answer = undefined;
openClose("c1").then((answer) => { window.answer = answer; });
</script></html>"""
SHEET: dict[str, Any] = {
    "questions": {"acceptable": None, "acceptable_from": None},
    "limit": {"level": "front_line", "amount": 25, "currency": "EUR", "higher": [],
              "customer": {"amount": 150, "days": 30, "left": 20}},
    "recurs": {"cases": 7, "days": 30, "after": 5, "asks": True, "required": 3},
    "causes": [{"id": "k1", "text": "Bank file was cut", "explained": True}],
    "topic": "refund_status", "topic_words": "Refund status", "colleagues": [],
}  # fmt: skip


def answer(route: Route) -> None:
    path = "/" + route.request.url.split("/", 3)[3].split("?")[0]
    for prefix, folder in FILES.items():
        if path.startswith(prefix):
            file = ROOT / folder / path.removeprefix(prefix)
            route.fulfill(path=file, content_type="text/javascript")
            return
    if path.endswith("/case"):
        route.fulfill(json=SHEET)
    elif path == "/api/desk/causes":
        route.fulfill(json=SHEET["causes"])
    else:
        route.fulfill(body=PAGE, content_type="text/html")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        page = browser.new_page()
        page.route("**/*", answer)
        yield page
        browser.close()


def opened(page: Page) -> Any:
    page.goto("http://desk.example/")
    dialog = page.get_by_role("dialog", name="Close this chat")
    expect(dialog).to_contain_text("Please say at least the first 3")
    return dialog


def test_three_whys_and_a_cause_are_asked_for_before_it_closes(page: Page) -> None:
    dialog = opened(page)
    close = dialog.get_by_role("button", name="Close chat")
    dialog.locator("summary", has_text="Root cause").click()  # folded away, it opens again to ask
    close.click()
    expect(dialog).to_be_visible()
    whys = [dialog.get_by_label("Why did it happen?"), *dialog.get_by_label("And why that?").all()]
    expect(whys[0]).to_be_visible()
    for why in whys[:3]:
        why.fill("because")
    close.click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("Root cause").fill("A new one")
    close.click()
    expect(dialog).to_be_hidden()
    assert page.evaluate("window.answer.cause.whys") == ["because"] * 3


def test_an_explained_cause_or_a_customer_who_has_gone_needs_none(page: Page) -> None:
    dialog = opened(page)
    dialog.get_by_label("Root cause").fill("bank file was cut")
    dialog.get_by_role("button", name="Close chat").click()
    expect(dialog).to_be_hidden()
    dialog = opened(page)
    dialog.get_by_label("No reply").check()
    dialog.get_by_role("button", name="Close chat").click()
    expect(dialog).to_be_hidden()


def test_what_is_left_for_the_customer_is_said_and_asked_for(page: Page) -> None:
    dialog = opened(page)
    dialog.locator("summary", has_text="Remedy").click()
    dialog.get_by_role("combobox", name="Remedy").select_option("credit")
    rest = dialog.get_by_role("status")
    expect(rest).to_contain_text("20 of 150 EUR left for this customer this month.")
    dialog.get_by_label("Worth in EUR").fill("21")
    expect(rest).to_have_text("20 of 150 EUR left for this customer this month.")
    dialog.get_by_label("No reply").check()
    dialog.get_by_role("button", name="Close chat").click()
    expect(dialog).to_be_visible()
