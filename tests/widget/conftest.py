"""A real Chromium and a scripted server for the widget.

The browser lives as long as one module: while the synchronous Playwright runs, this thread has a running
event loop, and asynchronous tests of other modules need their own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.chromium import ARGUMENTS, executable
from tests.widget.fake_server import FakeServer, Running
from widget.modules import modules

# Counts what must never happen: a policy violation, or a script from somebody's text.
WATCH = """
window.violations = [];
window.ran = 0;
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@dataclass
class Customer:
    """A customer's browser window with the widget in it."""

    page: Page
    server: FakeServer
    errors: list[str] = field(default_factory=list)
    expected_errors: list[str] = field(default_factory=list)
    """Parts of console errors that this test provokes."""

    def visit(self, path: str = "/") -> Customer:
        self.page.goto(self.server.url + path)
        return self

    def open(self) -> Customer:
        self.page.get_by_role("button", name="Open chat").click()
        self.field.wait_for()
        for _ in range(100):
            if self.server.sockets:
                return self
            self.page.wait_for_timeout(50)
        raise AssertionError("the widget did not connect")

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Write a message")

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    def say(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def row(self, text: str) -> Locator:
        return self.page.locator(".row", has_text=text)

    def wait(self, condition: str) -> None:
        self.page.wait_for_function(condition)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    modules()  # made small once in each process: seconds on a busy machine, which no page's patience covers
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with Running() as fake:
        yield fake


@pytest.fixture
def window() -> dict[str, Any]:
    """Options of the browser window; tests override it by parametrizing."""
    return {}


@pytest.fixture
def context(browser: Browser, window: dict[str, Any]) -> Iterator[BrowserContext]:
    options: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}, "locale": "en-GB"}
    context = browser.new_context(**{**options, **window})
    context.set_default_timeout(8000)
    context.add_init_script(WATCH)
    yield context
    context.close()


@pytest.fixture
def customer(context: BrowserContext, server: FakeServer) -> Iterator[Customer]:
    """A window; afterwards nothing may have gone wrong in it unnoticed."""
    page = context.new_page()
    customer = Customer(page, server)
    page.on("pageerror", lambda error: customer.errors.append(f"uncaught: {error}"))
    page.on("dialog", lambda dialog: customer.errors.append(f"dialog: {dialog.message}"))
    page.on(
        "console",
        lambda message: customer.errors.append(message.text) if message.type == "error" else None,
    )
    yield customer
    assert page.evaluate("window.violations ?? []") == []
    assert page.evaluate("window.ran ?? 0") == 0
    unexpected = [
        error
        for error in customer.errors
        if not any(part in error for part in customer.expected_errors)
    ]
    assert unexpected == []


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where screenshots go: HANDRAIL_SHOTS, or a folder that pytest clears away."""
    folder = Path(os.environ.get("HANDRAIL_SHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
