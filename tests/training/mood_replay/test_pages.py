"""Both pages in a real browser: slide by keyboard, see the chats, save; mend, settle, look again."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from server.auth import COOKIE
from server.settings import ROOT
from server.trial import free_port
from tests.chromium import ARGUMENTS, executable

DESK: ViewportSize = {"width": 1366, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 800}
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Site:
    def __init__(self, url: str, token: str, browser: Browser) -> None:
        self.url, self._token, self._browser = url, token, browser
        self.errors: list[str] = []

    async def open(self, path: str, viewport: ViewportSize, **options: str) -> Page:
        context = await self._browser.new_context(viewport=viewport, **options)  # type: ignore[arg-type]
        await context.add_cookies([{"name": COOKIE, "value": self._token, "url": self.url}])
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        for attempt in range(100):
            try:
                await page.goto(f"{self.url}/staff/training/{path}")
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
        sys.executable, "-m", "tests.training.mood_replay.page_server", str(folder), str(port),
        stdout=subprocess.PIPE, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        token = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable(), args=list(ARGUMENTS)
            )
            opened = Site(f"http://127.0.0.1:{port}", token, browser)
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


async def test_slide_see_and_save_then_mend_the_data(tmp_path: Path, results: Path) -> None:
    async with site(tmp_path) as opened:
        page = await opened.open("frustration", DESK)
        await expect(page.get_by_text("0.60 holds now.")).to_be_visible(timeout=20_000)
        # The score that was missing is worked out without being asked for.
        await expect(page.get_by_text("an older model")).to_be_hidden(timeout=15_000)
        slider = page.get_by_role("slider")
        await slider.focus()
        for threshold in ("0.59", "0.58", "0.57"):
            await page.keyboard.press("ArrowLeft")
            await expect(page.get_by_role("button", name=f"Save {threshold}")).to_be_visible()
        await expect(page.get_by_text(re.compile(r"^Now .* a week → .* a week\.$"))).to_be_visible()
        await expect(page.get_by_text("single angry message")).to_be_visible()
        await expect(page.get_by_text("<script>alert(1)</script> name@example.com")).to_be_visible()
        await expect(page.get_by_text("how it is said +0.53").first).to_be_visible()
        await page.screenshot(path=results / "frustration.png")

        save = page.get_by_role("button", name="Save 0.57")
        await expect(save).to_be_disabled()
        await page.get_by_label("Why").fill("too many gave up before a person came")
        await save.click()
        await expect(page.get_by_text("0.57 holds now.")).to_be_visible()
        await expect(page.get_by_text("0.60 → 0.57")).to_be_visible()
        await page.get_by_role("button", name="Bring 0.60 back").click()
        await page.get_by_role("dialog").get_by_label("Why").fill("it was a try only")
        await page.get_by_role("dialog").get_by_role("button", name="Bring back").click()
        await expect(page.get_by_text("0.60 holds now.")).to_be_visible()

        page = await opened.open("health", DESK)
        await expect(page.get_by_text("The same example under two intents (")).to_be_visible(
            timeout=30_000
        )
        await page.screenshot(path=results / "health.png", full_page=True)
        double = page.get_by_role("region", name="The same example under two intents")
        await double.get_by_role("button", name="Take out: where is my order").first.click()
        await expect(page.get_by_text("is no example of greet any more")).to_be_visible()
        await expect(double).to_be_hidden()
        settle = page.get_by_role("button", name=re.compile("^Not a problem: ")).first
        await settle.click()
        await expect(page.get_by_text("It will not be shown again.")).to_be_visible()
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_text("Said to be no problem")).to_be_hidden()


async def test_empty_and_on_a_phone_in_the_dark(tmp_path: Path, results: Path) -> None:
    async with site(tmp_path, PAGE_EMPTY="1") as opened:
        page = await opened.open("frustration", PHONE, color_scheme="dark")
        await expect(page.get_by_text("No chats in this time")).to_be_visible(timeout=20_000)
        await page.get_by_role("button", name="Last 90 days").click()
        await expect(page.get_by_text("No chats yet")).to_be_visible()
        assert not await page.evaluate(WIDE)
        await page.screenshot(path=results / "frustration-phone.png", full_page=True)
        page = await opened.open("health", PHONE, color_scheme="dark")
        await expect(page.get_by_role("region", name="Intents that are confused")).to_be_visible(
            timeout=30_000
        )
        assert not await page.evaluate(WIDE)
        await page.screenshot(path=results / "health-phone.png", full_page=True)
