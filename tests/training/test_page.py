"""The trainer's page in a real browser: label by keyboard, train, promote, roll back; hostile text stays text."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from server.auth import COOKIE
from server.settings import ROOT
from server.trial import free_port
from tests.chromium import ARGUMENTS, executable

DESK: ViewportSize = {"width": 1366, "height": 850}
PHONE: ViewportSize = {"width": 390, "height": 844}


@dataclass
class Site:
    folder: Path
    url: str
    tokens: dict[str, str]
    browser: Browser
    errors: list[str] = field(default_factory=list)

    async def open(self, viewport: ViewportSize, role: str = "trainer", **options: str) -> Page:
        context = await self.browser.new_context(viewport=viewport, **options)  # type: ignore[arg-type]
        await context.add_cookies([{"name": COOKIE, "value": self.tokens[role], "url": self.url}])
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        for attempt in range(100):
            try:
                await page.goto(f"{self.url}/staff/training")
                break
            except Exception:
                if attempt == 99:
                    raise
                await asyncio.sleep(0.1)
        return page


@asynccontextmanager
async def site(folder: Path, **environment: str) -> AsyncIterator[Site]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.training.page_server", str(folder), str(port),
        stdout=subprocess.PIPE, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        tokens = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable(), args=list(ARGUMENTS)
            )
            opened = Site(folder, f"http://127.0.0.1:{port}", tokens, browser)
            yield opened
            await browser.close()
            assert opened.errors == []
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@pytest.fixture
def results() -> Path:
    folder = ROOT / "results" / "training"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def test_from_a_misread_message_to_a_better_model(tmp_path: Path, results: Path) -> None:
    async with site(tmp_path) as opened:
        page = await opened.open(DESK)
        await expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible(timeout=20_000)
        await expect(page.get_by_text("name@example.com")).to_be_visible()
        await expect(page.get_by_text("ann.peeters")).to_have_count(0)
        await expect(page.get_by_text("9 messages")).to_be_visible()
        await page.screenshot(path=results / "inbox.png")

        # Label one by keyboard: the focus goes on to the next message.
        await page.get_by_label("Right intent for: wheres my prcel").focus()
        await page.keyboard.type("order sta")
        await expect(page.get_by_role("option", name="order status")).to_be_visible()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("is now an example of “order status”")).to_be_visible()
        await expect(page.get_by_label("Right intent for: my mail is")).to_be_focused()
        await expect(page.get_by_text("8 messages")).to_be_visible()
        file = tmp_path / "nlu" / "order_status.yml"
        assert file.read_text("utf-8").endswith("    - wheres my prcel FW-000000\n")

        # Take it back, then label two at once and ignore one.
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_text("No new labels since")).to_be_visible()
        assert "wheres my prcel" not in file.read_text("utf-8")
        for text in ("the hub blinks", "wheres my prcel"):
            await page.get_by_role("checkbox", name=f"Select: {text}").click()
        await page.get_by_label("Right intent for all selected").fill("technical")
        await page.get_by_role("option", name="technical problem").click()
        await page.get_by_role("button", name="Label 2 selected").click()
        await expect(page.get_by_text("2 messages are now examples")).to_be_visible()
        await (
            page.get_by_role("row", name="super annoying")
            .get_by_role("button", name="Ignore")
            .click()
        )
        await expect(page.get_by_text("1 message ignored.")).to_be_visible()
        await expect(page.get_by_text("2 labels are not trained yet.")).to_be_visible()

        await page.get_by_role("button", name="Train", exact=True).click()
        await expect(page.get_by_role("button", name="Stop")).to_be_visible()
        await expect(
            page.get_by_text(re.compile(r"The new model is \d\.\d points better\."))
        ).to_be_visible(timeout=30_000)
        await page.screenshot(path=results / "result.png")
        await page.get_by_role("button", name="Promote").click()
        await expect(page.get_by_text("The new model is in service since")).to_be_visible(
            timeout=15_000
        )
        await page.get_by_role("button", name="Roll back…").click()
        await expect(page.get_by_role("button", name="Roll back", exact=True)).to_be_disabled()
        await page.get_by_label("Why").fill("it reads returns worse")
        await page.get_by_role("button", name="Roll back", exact=True).click()
        await expect(page.get_by_text("The model before is back in service")).to_be_visible(
            timeout=15_000
        )
        await expect(page.get_by_text("In service: old.tar.gz")).to_be_visible()


async def test_filters_pages_and_a_phone_in_the_dark(tmp_path: Path, results: Path) -> None:
    async with site(tmp_path) as opened:
        page = await opened.open(PHONE, color_scheme="dark")
        await expect(page.get_by_text("9 messages")).to_be_visible(timeout=20_000)
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not await page.evaluate(wide)
        await page.screenshot(path=results / "phone.png")
        await page.get_by_role("checkbox", name="Only doubtful").click()
        await expect(page.get_by_text("Page 1 of 2")).to_be_visible()
        await page.get_by_role("button", name="Next").click()
        await expect(page.get_by_text("Page 2 of 2")).to_be_visible()
        await page.get_by_label("Search the messages").fill("PRCEL")
        await expect(page.get_by_text("1 message", exact=True)).to_be_visible()
        await page.get_by_label("Search the messages").fill("zzz")
        await expect(page.get_by_text("Nothing matches these filters")).to_be_visible()


async def test_an_empty_inbox_says_what_to_do_and_agents_stay_out(tmp_path: Path) -> None:
    async with site(tmp_path, PAGE_EMPTY="1") as opened:
        page = await opened.open(DESK)
        await expect(page.get_by_text("No messages yet")).to_be_visible(timeout=20_000)
        await expect(page.get_by_text("ask a question to see one")).to_be_visible()
        page = await opened.open(DESK, role="agent")
        answer = await page.goto(f"{opened.url}/staff/training")
        assert answer is not None and answer.status == 403
